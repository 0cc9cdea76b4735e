package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.graphbert.config.Failure;
import org.graphbert.config.GuardConfig;
import org.graphbert.config.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spikes, plateaus and the room that a machine has. */
class GuardsTest {

    @TempDir
    private Path directory;

    @Test
    void aSpikeIsSaidOnceAndNoiseNever() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        LossSpikes spikes = new LossSpikes();
        List<Long> warned = new ArrayList<>();
        for (long step = 1; step <= 2000; step++) {
            // Falls from 9 to 5 with the noise of a small batch; five bad steps at 700, and an isolated one at 1500.
            double loss = 5 + 4 * Math.exp(-step / 300.0) + 0.1 * random.nextGaussian();
            loss += step >= 700 && step < 705 || step == 1500 ? 2 : 0;
            spikes.see(step, loss).ifPresent(warning -> warned.add(Long.parseLong(warning.split("[ :]")[1].replace(",", ""))));
        }
        assertEquals(List.of(700L, 1500L), warned, "seed " + seed);
    }

    @Test
    void theFirstStepsAndNotANumberAreNoSpikes() {
        LossSpikes spikes = new LossSpikes();
        for (long step = 1; step <= 49; step++) {
            assertTrue(spikes.see(step, step == 20 ? 100 : 9).isEmpty());
        }
        assertTrue(spikes.see(50, Double.NaN).isEmpty());
        assertTrue(spikes.see(51, 9).isEmpty());
        assertTrue(spikes.see(52, 9.5).orElseThrow().startsWith("step 52: loss 9.500, of the 50 steps before it 9.000 ± 0.000"));
    }

    @Test
    void aPlateauIsSoManyEvaluationsWithoutABetterOne() {
        EarlyStopping stopping = EarlyStopping.of(new GuardConfig("stop", 2, null, null), List.of(), 0);
        stopping.phase(1);
        double[] losses = {5, 4, 4.5, 3.9, 3.9, 4.1};
        for (int i = 0; i < losses.length; i++) {
            assertFalse(stopping.plateau(), "before " + i);
            stopping.heldOut(10 * (i + 1), losses[i]);
            stopping.probe(10 * (i + 1), i); // of a run without a probe
        }
        assertTrue(stopping.plateau());
        assertEquals("Stopped early at step 60: 2 evaluations in a row were no better than the held-out masked LM loss of 3.9000 at step "
                + "40. A larger --early-stopping than 2 goes on.", stopping.text());
    }

    @Test
    void aProbesScoreRisesAndAnotherPhaseBeginsAnew() {
        EarlyStopping probed = EarlyStopping.of(new GuardConfig("stop", 1, "task", 5L), List.of(), 0);
        probed.probe(5, 0.5);
        probed.heldOut(5, 1);
        probed.heldOut(6, 2);
        assertFalse(probed.plateau());
        probed.probe(10, 0.5);
        assertTrue(probed.plateau());

        EarlyStopping heldOut = EarlyStopping.of(new GuardConfig("stop", 1, null, null), List.of(), 0);
        heldOut.phase(1);
        heldOut.heldOut(5, 1);
        heldOut.phase(2);
        heldOut.heldOut(10, 2);
        assertFalse(heldOut.plateau(), "other data");
        heldOut.phase(2);
        heldOut.heldOut(15, 2);
        assertTrue(heldOut.plateau());
        EarlyStopping never = EarlyStopping.of(new GuardConfig("stop", null, null, null), List.of(), 0);
        for (int i = 0; i < 9; i++) {
            never.heldOut(i, 1);
        }
        assertFalse(never.plateau());
    }

    @Test
    void aResumedRunDecidesAsOneThatWasNeverInterrupted() throws IOException {
        double[] losses = {5, 4, 3, 3.5, 3.2, 2.9, 3, 3.1, 3.2};
        List<JsonNode> lines = new ArrayList<>();
        lines.add(Json.MAPPER.readTree("{\"event\":\"phase\",\"step\":0,\"phase\":1}"));
        for (int i = 0; i < losses.length; i++) {
            lines.add(Json.MAPPER.readTree("{\"event\":\"held_out\",\"step\":" + 10 * (i + 1) + ",\"masked_lm_loss\":" + losses[i] + "}"));
        }
        GuardConfig guards = new GuardConfig("stop", 3, null, null);
        for (int from = 0; from <= 9; from++) {
            EarlyStopping stopping = EarlyStopping.of(guards, lines, 10L * from);
            assertEquals(from == 9, stopping.plateau(), "from " + from);
            for (int i = from; i < 9; i++) {
                stopping.heldOut(10L * (i + 1), losses[i]);
            }
            assertTrue(stopping.plateau());
            assertTrue(stopping.text().contains("loss of 2.9000 at step 60"), stopping.text());
        }
    }

    @Test
    void memoryIsTheMachinesOrTheControlGroups() throws IOException {
        Path meminfo = Files.writeString(directory.resolve("meminfo"),
                "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:   12000000 kB\n");
        assertEquals(new MachineMemory(16_384_000_000L, 12_288_000_000L), MachineMemory.of(meminfo, directory.resolve("none")));
        Path cgroup = Files.createDirectories(directory.resolve("cgroup"));
        Files.writeString(cgroup.resolve("memory.max"), "max\n");
        assertEquals(16_384_000_000L, MachineMemory.of(meminfo, cgroup).totalBytes());
        Files.writeString(cgroup.resolve("memory.max"), "8000000000\n");
        Files.writeString(cgroup.resolve("memory.current"), "5000000000\n");
        Files.writeString(cgroup.resolve("memory.stat"), "anon 1\ninactive_file 1000000000\nactive_file 7\n");
        assertEquals(new MachineMemory(8_000_000_000L, 4_000_000_000L), MachineMemory.of(meminfo, cgroup));
        Path older = Files.createDirectories(directory.resolve("older/memory"));
        Files.writeString(older.resolve("memory.limit_in_bytes"), "9000000000\n");
        Files.writeString(older.resolve("memory.usage_in_bytes"), "2000000000\n");
        assertEquals(new MachineMemory(9_000_000_000L, 7_000_000_000L), MachineMemory.of(meminfo, older.getParent()));
        assertEquals(new MachineMemory(0, 0), MachineMemory.of(directory.resolve("nothing"), cgroup));
    }

    @Test
    void aRunThatHasNoRoomIsRefusedAndATightOneWarned() throws IOException {
        Path model = Tiny.modelFile(directory, 0.1);
        Path data = Tiny.dataSet(directory, "data");
        Path run = directory.resolve("run");
        try (Plan plan = new Plan(Tiny.config("model", model, "data", data, "run", run, "steps", 10, "batch_size", 3072));
                TrainingGraph graph = plan.buildGraph(plan.phases().get(0))) {
            PhasePlan phase = plan.phases().get(0);
            long needed = MemoryEstimate.of(graph).totalBytes();
            Preflight roomy = new Preflight(run, new MachineMemory(4 * needed, 2 * needed), 1L << 40);
            assertEquals(1, roomy.memory(plan.model(), phase, graph, 0).size());
            assertEquals(1, roomy.disk(graph, plan.config().checkpoints(), 10, 0).size());

            Preflight tight = new Preflight(run, new MachineMemory(4 * needed, needed - 1), Checkpointer.bytes(graph) + 1);
            String warning = tight.memory(plan.model(), phase, graph, 0).get(1);
            assertEquals("Warning: that is more memory than is free now; raise accumulation_steps to 2 for the same batch in smaller parts, "
                    + "or lower batch_size.", warning);
            assertTrue(tight.disk(graph, plan.config().checkpoints(), 10, 0).get(1).startsWith("Warning: that is more than is free;"));
            assertEquals(1, tight.disk(graph, plan.config().checkpoints(), 10, 1L << 40).size(), "what is there already counts");

            Preflight none = new Preflight(run, new MachineMemory(needed - 1, needed - 1), Checkpointer.bytes(graph) - 1);
            Failure memory = assertThrows(Failure.class, () -> none.memory(plan.model(), phase, graph, 0));
            assertEquals(2, memory.exitCode());
            assertTrue(memory.getMessage().matches("training takes about \\S+ GB of memory, this machine has \\S+; raise accumulation_steps to "
                    + "2 for the same batch in smaller parts, or lower batch_size"), memory.getMessage());
            Failure disk = assertThrows(Failure.class, () -> none.disk(graph, plan.config().checkpoints(), 10, 0));
            assertEquals(2, disk.exitCode());
            assertTrue(disk.getMessage().startsWith("--run " + run + ": a checkpoint takes "), disk.getMessage());
            // A probe that takes what a step does changes nothing; one that takes more does.
            long step = MemoryEstimate.allocated(MemoryEstimate.of(graph).stepBytes());
            assertEquals(1, roomy.memory(plan.model(), phase, graph, step).size());
            assertEquals(
                    roomy.memory(plan.model(), phase, graph, step).get(0).substring(0, 25),
                    roomy.memory(plan.model(), phase, graph, 0).get(0).substring(0, 25));
            long snapshot = Checkpointer.bytes(graph);
            Preflight justRight = new Preflight(run, new MachineMemory(4 * needed, needed + snapshot), 1L << 40);
            assertEquals(1, justRight.memory(plan.model(), phase, graph, step).size());
            assertEquals("Warning: that is more memory than is free now; without the probe it would not be.",
                    justRight.memory(plan.model(), phase, graph, step + 1).get(1));
            Preflight full = new Preflight(run, new MachineMemory(needed + snapshot, needed), 1L << 40);
            assertTrue(assertThrows(Failure.class, () -> full.memory(plan.model(), phase, graph, step + 1)).getMessage()
                    .endsWith("; leave out probe"));
            Preflight hopeless = new Preflight(run, new MachineMemory(1000, 1000), 0);
            assertTrue(assertThrows(Failure.class, () -> hopeless.memory(plan.model(), phase, graph, 0)).getMessage()
                    .endsWith("not even one sequence of 24 tokens fits; take a smaller model, or shorter sequences"));
        }
        Path occupied = Files.writeString(directory.resolve("occupied"), "");
        assertTrue(assertThrows(Failure.class, () -> Preflight.now(occupied.resolve("run"))).getMessage()
                .endsWith("occupied is a file; choose another place"));
    }

    /** Said before the data set is so much as opened. */
    @Test
    void aRunThatCannotBeWrittenIsRefusedFirst() throws IOException {
        Path blocked = Files.createDirectories(directory.resolve("blocked"));
        Path file = Files.writeString(blocked.resolve("checkpoints"), "");
        Failure checkpoints = assertThrows(
                Failure.class, () -> new Plan(Tiny.config("model", "none", "data", "none", "run", blocked, "steps", 1)));
        assertEquals("--run " + blocked + ": " + file + " is a file; choose another place", checkpoints.getMessage());
        assertEquals(2, checkpoints.exitCode());
        Path readOnly = Files.createDirectories(directory.resolve("read-only"));
        assumeTrue(readOnly.toFile().setWritable(false) && !Files.isWritable(readOnly), "nobody is kept from writing here");
        Failure run = assertThrows(
                Failure.class, () -> new Plan(Tiny.config("model", "none", "data", "none", "run", readOnly, "steps", 1)));
        assertEquals("--run " + readOnly + ": " + readOnly + " may not be written into; choose another place", run.getMessage());
    }
}
