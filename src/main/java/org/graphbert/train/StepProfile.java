package org.graphbert.train;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/**
 * Where a step's time goes, by TensorFlow's trace of its kernels: from a kernel's start to its end, those that run beside each
 * other each counted whole.
 *
 * @param kernelSeconds a step's kernels together
 * @param productShare of them the matrix products' share
 * @param types the time of each type of operation, the longest first
 * @param nodes the operations that take longest
 */
public record StepProfile(double kernelSeconds, double productShare, List<Cost> types, List<Cost> nodes) {

    /**
     * What some kernels of a step take.
     *
     * @param name a type of operation, or an operation's name with its type
     * @param count kernels in a step
     * @param share of all kernels
     */
    public record Cost(String name, double count, double seconds, double share) {}

    private static final int SHOWN_NODES = 25;

    /** TensorFlow's name for the work of all of a GPU's streams (xplane_to_step_stats.cc). */
    private static final String GPU_KERNELS = "/stream:all";

    /** NAME = TYPE(INPUTS), as the executor labels a kernel; what it adds in front of the name goes. */
    private static final Pattern LABEL = Pattern.compile("(?:\\[[^]]*] ?)?(\\S+) = (\\w+)\\(.*", Pattern.DOTALL);

    private static final Set<String> PRODUCTS = Set.of(
            "MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "_FusedMatMul", "_MklMatMul", "_MklFusedMatMul",
            "_MklBatchMatMul", "_MklBatchMatMulV2", "_MklFusedBatchMatMulV2", "Einsum", "_FusedBatchMatMulV2",
            "_MklNativeMatMul", "_MklNativeFusedMatMul", "_MklNativeBatchMatMulV2");

    private record Kernel(String node, String type, double seconds) {

        static Kernel of(NodeExecStats stats) {
            Matcher matcher = LABEL.matcher(stats.getTimelineLabel());
            double seconds = (stats.getOpEndRelNanos() - stats.getOpStartRelNanos()) / 1e9;
            return matcher.matches()
                    ? new Kernel(matcher.group(1), matcher.group(2), seconds)
                    : new Kernel(stats.getNodeName(), "other", seconds);
        }
    }

    /** Of the traces of several steps, the mean. */
    static StepProfile of(List<RunMetadata> traces) {
        List<Kernel> kernels = traces.stream()
                .flatMap(trace -> devices(trace.getStepStats().getDevStatsList()).stream())
                .flatMap(device -> device.getNodeStatsList().stream())
                .map(Kernel::of)
                .toList();
        double total = seconds(kernels);
        double products = seconds(kernels.stream().filter(k -> PRODUCTS.contains(k.type())).toList());
        return new StepProfile(
                total / traces.size(),
                total == 0 ? 0 : products / total,
                costs(kernels, Kernel::type, traces.size(), total),
                costs(kernels, k -> k.node() + " (" + k.type() + ")", traces.size(), total).stream().limit(SHOWN_NODES).toList());
    }

    /** Where a GPU's own kernels were traced, they alone: what is written down for the GPU itself is the asking for them. */
    private static List<DeviceStepStats> devices(List<DeviceStepStats> all) {
        List<DeviceStepStats> kernels = all.stream().filter(device -> device.getDevice().endsWith(GPU_KERNELS)).toList();
        return kernels.isEmpty() ? all : kernels;
    }

    private static List<Cost> costs(List<Kernel> kernels, Function<Kernel, String> name, int steps, double total) {
        Map<String, List<Kernel>> groups =
                kernels.stream().collect(Collectors.groupingBy(name, LinkedHashMap::new, Collectors.toList()));
        return groups.entrySet().stream()
                .map(group -> new Cost(
                        group.getKey(),
                        (double) group.getValue().size() / steps,
                        seconds(group.getValue()) / steps,
                        total == 0 ? 0 : seconds(group.getValue()) / total))
                .sorted(Comparator.comparingDouble(Cost::seconds).reversed())
                .toList();
    }

    private static double seconds(List<Kernel> kernels) {
        return kernels.stream().mapToDouble(Kernel::seconds).sum();
    }
}
