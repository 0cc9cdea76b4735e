package org.graphbert.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.DeviceChoice;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

/** What a process computes on, on a machine without a GPU; in the build for CPUs and in that for GPUs. */
class AcceleratorTest {

    @Test
    void aGpuThatIsAskedForAndNotThereIsRefusedInOneLine() {
        assumeTrue(NvidiaDriver.here().missing().isPresent(), "there is a GPU here");
        Failure refused = assertThrows(Failure.class, () -> Accelerator.use(DeviceChoice.GPU, text -> {}));
        assertEquals(2, refused.exitCode());
        assertEquals(1, refused.getMessage().lines().count());
        assertTrue(refused.getMessage().startsWith("--device gpu: "), refused.getMessage());
        List<String> said = new ArrayList<>();
        Device auto = Accelerator.use(DeviceChoice.AUTO, said::add);
        assertFalse(auto.gpu());
        assertEquals(auto, Accelerator.device());
        assertFalse(Accelerator.use(DeviceChoice.CPU, said::add).gpu());
    }

    /** As every native library of this process reads it; Java's own copy stays what it was. */
    @Test
    void theNativeEnvironmentIsSet() {
        String name = "GRAPHBERT_TEST_" + System.nanoTime();
        assertNull(NativeEnvironment.get(name));
        NativeEnvironment.set(name, "one=1 two");
        assertEquals("one=1 two", NativeEnvironment.get(name));
        NativeEnvironment.set(name, "ü");
        assertEquals("ü", NativeEnvironment.get(name));
        assertNull(System.getenv(name));
        assertEquals(System.getenv("PATH"), NativeEnvironment.get("PATH"));
    }

    @Test
    void theFactsOfDoctorNameWhatIsMissing() {
        assumeTrue(NvidiaDriver.here().gpus().isEmpty(), "there is a GPU here");
        Nvidia facts = Nvidia.look(text -> {});
        assertEquals(List.of(), facts.gpus());
        assertEquals(Accelerator.gpuBuild(), facts.problem() != null);
        assertEquals(Accelerator.gpuBuild() ? List.of("CPU:0") : List.of(), facts.devices());
    }
}
