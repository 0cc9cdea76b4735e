package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.graphbert.config.Failure;
import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;
import org.graphbert.device.Accelerator;
import org.graphbert.device.Device;
import org.graphbert.device.XlaTools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What auto resolves to on which device. */
class ComputeTest {

    private static final Device CPU = cpu(List.of("avx512_bf16"));
    private static final XlaTools TOOLS =
            new XlaTools(Optional.of(Path.of("/usr/bin/ptxas")), Optional.of(Path.of("/cuda/nvvm/libdevice/libdevice.10.bc")));

    @TempDir
    private Path directory;

    private static Device gpu(OptionalDouble capability, boolean tools) {
        return new Device("a GPU", true, capability, 1L << 36, List.of(), tools ? TOOLS : XlaTools.NONE);
    }

    private static Device cpu(List<String> bfloat16) {
        return new Device("Some Processor", false, OptionalDouble.empty(), 0, bfloat16, XlaTools.NONE);
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
    void aProcessorTakesBfloat16WhereItHasTheInstructions() {
        Compute.Choice choice = Compute.choose("auto", "auto", CPU);
        assertEquals(new Compute(Precision.BFLOAT16, false), choice.compute());
        assertEquals("Compute: bfloat16 (auto: the processor has avx512_bf16), XLA off (auto: TensorFlow's own kernels are "
                + "faster on a CPU), on Some Processor", choice.text());
        assertEquals(Compute.FLOAT32, Compute.choose("auto", "auto", cpu(List.of())).compute());
    }

    @Test
    void whatIsAskedForIsTaken() {
        Compute.Choice choice = Compute.choose("float16", "on", CPU);
        assertEquals(new Compute(Precision.FLOAT16, true), choice.compute());
        assertEquals("Compute: float16, XLA on, on Some Processor", choice.text());
    }

    @Test
    void xlaIsNotAskedToDoWhatItWouldEndTheProcessOver() {
        Failure without = assertThrows(
                Failure.class, () -> Compute.choose("bfloat16", "on", gpu(OptionalDouble.of(9.0), false)));
        assertEquals(2, without.exitCode());
        assertTrue(without.getMessage().startsWith("xla is on, but XLA compiles nothing for the GPU here: no ptxas in PATH"),
                without.getMessage());
        assertEquals(new Compute(Precision.FLOAT32, true), Compute.choose("float32", "on", CPU).compute());
    }

    @Test
    void float32IsExactAndWhoWantsSpeedIsToldOfTf32() {
        String text = Compute.choose("float32", "off", gpu(OptionalDouble.of(8.0), true)).text();
        assertEquals("Compute: float32, XLA off, on a GPU (its tensor cores multiply tf32 and bfloat16, several times as fast)", text);
        Compute.Choice tf32 = Compute.choose("tf32", "off", gpu(OptionalDouble.of(8.0), true));
        assertEquals(new Compute(Precision.TF32, false), tf32.compute());
        assertEquals("Compute: tf32, XLA off, on a GPU", tf32.text());
        assertEquals("Compute: float32, XLA off, on a GPU",
                Compute.choose("float32", "off", gpu(OptionalDouble.of(7.5), true)).text(), "no TF32 before Ampere");
    }

    /** This machine, whichever it is: what is recorded leaves nothing open. */
    @Test
    void aRunRecordsWhatAutoCameTo() throws IOException {
        Path data = Tiny.dataSet(directory, "data");
        RunConfig config = Tiny.config(
                "model", Tiny.modelFile(directory, 0.1).toString(), "data", data.toString(), "run",
                directory.resolve("run").toString(), "steps", 2, "batch_size", 4, "precision", "auto", "xla", "auto");
        try (Plan plan = new Plan(config)) {
            Compute expected = Compute.choose("auto", "auto", Accelerator.device()).compute();
            assertEquals(expected.precision().toString(), plan.record().config().precision());
            assertEquals(expected.xla() ? "on" : "off", plan.record().config().xla());
            assertEquals(1, plan.describe().stream().filter(line -> line.startsWith("Compute: ")).count());
        }
    }
}
