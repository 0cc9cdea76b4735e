package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.StepStats;

/** Which times of a trace are a step's. */
class StepProfileTest {

    private static final DeviceStepStats HOST = device("/job:localhost/replica:0/task:0/device:GPU:0",
            "q = MatMul(x, w)", 1_000, "n = Mul(x, y)", 3_000);
    private static final DeviceStepStats KERNELS = device("/device:GPU:0/stream:all", "q = MatMul(x, w)", 8_000);

    @Test
    void kernelsOfTheStepAreGroupedByTheirType() {
        StepProfile profile = StepProfile.of(List.of(trace(HOST), trace(HOST)));
        assertEquals(4e-6, profile.kernelSeconds(), 1e-12);
        assertEquals(0.25, profile.productShare(), 1e-12);
        assertEquals(List.of("Mul", "MatMul"), profile.types().stream().map(StepProfile.Cost::name).toList());
        assertEquals(1, profile.types().get(0).count());
    }

    /** What the host took to ask a GPU for its kernels is no time of theirs. */
    @Test
    void ofAGpuItsOwnKernelsCountWhereTheyAreTraced() {
        StepProfile profile = StepProfile.of(List.of(trace(HOST, KERNELS)));
        assertEquals(8e-6, profile.kernelSeconds(), 1e-12);
        assertEquals(1, profile.productShare(), 1e-12);
    }

    private static RunMetadata trace(DeviceStepStats... devices) {
        return RunMetadata.newBuilder()
                .setStepStats(StepStats.newBuilder().addAllDevStats(List.of(devices)))
                .build();
    }

    private static DeviceStepStats device(String name, Object... labelsAndNanos) {
        DeviceStepStats.Builder device = DeviceStepStats.newBuilder().setDevice(name);
        for (int i = 0; i < labelsAndNanos.length; i += 2) {
            device.addNodeStats(NodeExecStats.newBuilder()
                    .setTimelineLabel((String) labelsAndNanos[i])
                    .setOpEndRelNanos((int) labelsAndNanos[i + 1]));
        }
        return device.build();
    }
}
