package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalDouble;
import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What auto resolves to on which device. */
class ComputeTest {

    private static final List<String> PROCESSOR = List.of(
            "processor\t: 0", "model name\t: Some Processor", "flags\t\t: fpu sse2 avx512f avx512_bf16 fsrm", "");

    @TempDir
    private Path directory;

    private static Device gpu(OptionalDouble capability, boolean ptxas) {
        return new Device("a GPU", true, capability, List.of(), ptxas);
    }

    @ParameterizedTest
    @CsvSource({"6.1, FLOAT32", "7.0, FLOAT16", "7.5, FLOAT16", "8.0, BFLOAT16", "9.0, BFLOAT16", "12.0, BFLOAT16"})
    void aGpuTakesWhatItsTensorCoresDo(double capability, Precision expected) {
        Compute.Choice choice = Compute.choose("auto", "auto", gpu(OptionalDouble.of(capability), true));
        assertEquals(new Compute(expected, true), choice.compute());
        assertEquals("Compute: " + expected + " (auto: compute capability " + capability
                + "), XLA on (auto: ptxas found), on a GPU", choice.text());
    }

    @Test
    void withoutWhatItNeedsAGpuComputesPlainly() {
        assertEquals(Compute.FLOAT32, Compute.choose("auto", "auto", gpu(OptionalDouble.empty(), false)).compute());
    }

    @Test
    void aProcessorTakesBfloat16WhereItHasTheInstructionsAndTheKernels() {
        Compute.Choice choice = Compute.choose("auto", "auto", Device.cpu(PROCESSOR, null));
        assertEquals(new Compute(Precision.BFLOAT16, false), choice.compute());
        assertEquals("Compute: bfloat16 (auto: the processor has avx512_bf16), XLA off (auto: TensorFlow's own kernels are "
                + "faster on a CPU), on Some Processor", choice.text());
        assertEquals(Compute.FLOAT32, Compute.choose("auto", "auto", Device.cpu(PROCESSOR, "0")).compute());
        List<String> without = PROCESSOR.stream().map(line -> line.replace(" avx512_bf16", "")).toList();
        assertEquals(Compute.FLOAT32, Compute.choose("auto", "auto", Device.cpu(without, null)).compute());
        assertEquals(Compute.FLOAT32, Compute.choose("auto", "auto", Device.cpu(List.of(), null)).compute());
    }

    @Test
    void whatIsAskedForIsTaken() {
        Compute.Choice choice = Compute.choose("float16", "on", Device.cpu(PROCESSOR, null));
        assertEquals(new Compute(Precision.FLOAT16, true), choice.compute());
        assertEquals("Compute: float16, XLA on, on Some Processor", choice.text());
    }

    @Test
    void nvidiaSmiIsRead() {
        assertEquals(OptionalDouble.of(9.0), Device.capability("9.0\n8.6\n"));
        assertEquals(OptionalDouble.empty(), Device.capability("NVIDIA-SMI has failed\n"));
        assertEquals(OptionalDouble.empty(), Device.capability(""));
    }

    @Test
    void ptxasIsLookedForInTheToolkitAndOnThePath() throws IOException {
        Path bin = Files.createDirectories(directory.resolve("cuda/bin"));
        Files.createFile(bin.resolve("ptxas"), PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwxr-xr-x")));
        assertTrue(Device.ptxas(null, "", directory.resolve("cuda").toString()));
        assertTrue(Device.ptxas(directory + ":" + bin));
        assertFalse(Device.ptxas(directory.toString(), directory.toString()));
    }

    /** This machine, whichever it is: what is recorded leaves nothing open. */
    @Test
    void aRunRecordsWhatAutoCameTo() throws IOException {
        Path data = Tiny.dataSet(directory, "data");
        RunConfig config = Tiny.config(
                "model", Tiny.modelFile(directory, 0.1).toString(), "data", data.toString(), "run",
                directory.resolve("run").toString(), "steps", 2, "batch_size", 4, "precision", "auto", "xla", "auto");
        try (Plan plan = new Plan(config)) {
            Compute expected = Compute.choose("auto", "auto", Device.here()).compute();
            assertEquals(expected.precision().toString(), plan.record().config().precision());
            assertEquals(expected.xla() ? "on" : "off", plan.record().config().xla());
            assertEquals(1, plan.describe().stream().filter(line -> line.startsWith("Compute: ")).count());
        }
    }
}
