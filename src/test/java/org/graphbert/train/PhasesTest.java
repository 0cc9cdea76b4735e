package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.graphbert.cli.Main;
import org.graphbert.config.Activation;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Phase;
import org.graphbert.config.RecordedProgress;
import org.graphbert.config.RunConfig;
import org.graphbert.data.PairOptions;
import org.graphbert.train.Pretraining.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two lengths in one run, packed or not: one schedule, one set of weights, and wherever it is cut off the same end. */
class PhasesTest {

    private static final long STEPS = 20;
    private static final long BOUNDARY = 14;

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path vocabulary;
    private static Path shorter;
    private static Path longer;
    private static Map<String, ByteBuffer> whole;

    @BeforeAll
    static void prepare() throws IOException {
        ModelConfig config = new ModelConfig(50, 8, 1, 2, 16, Activation.GELU, 0.1, 0.1, 32, 2, 0.02, 1e-12);
        model = Files.writeString(directory.resolve("model.json"), Json.write(config));
        vocabulary = Tiny.vocabulary(directory.resolve("tokenizer"));
        shorter = Tiny.dataSet(directory, "data-16", vocabulary, PairOptions.nextSentence(16, 0.1, 0.5));
        longer = Tiny.dataSet(directory, "data-32", vocabulary, PairOptions.nextSentence(32, 0.9, 0.5));
        run(config("whole", false), "");
        whole = variables("whole");
    }

    /** The process ends there and then, as far as the files can tell. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void cutOffAnywhereItEndsTheSame() throws IOException {
        Map<Boolean, List<String>> kills = Map.of(
                false, List.of(
                        "step 5", // in the first phase
                        "step " + BOUNDARY, // its last step is done, its checkpoint not yet written
                        "Step " + BOUNDARY + ": phase 2 of 2.", // the checkpoint between the two is the newest
                        "step " + (BOUNDARY + 1), // the second's first step is done
                        "step " + (STEPS - 1)),
                true, List.of("step " + BOUNDARY, "Step " + BOUNDARY + ": phase 2 of 2.", "step " + (BOUNDARY + 2)));
        for (boolean pack : kills.keySet()) {
            RunConfig config = config("killed-" + pack, pack);
            for (String kill : kills.get(pack)) {
                assertThrows(Killed.class, () -> run(config, kill), kill);
            }
            run(config, "");
            Map<String, ByteBuffer> expected = pack ? packed() : whole;
            Map<String, ByteBuffer> found = variables("killed-" + pack);
            assertEquals(expected.keySet(), found.keySet());
            expected.forEach((variable, bytes) -> assertEquals(bytes, found.get(variable), variable + ", pack " + pack));
        }
    }

    private static Map<String, ByteBuffer> packed() throws IOException {
        run(config("packed", true), "");
        return variables("packed");
    }

    @Test
    void theLogSaysWhichPhaseAndTheScheduleIsOne() throws IOException {
        List<String> events = new ArrayList<>();
        List<Long> checkpoints = new ArrayList<>();
        for (var line : MetricsLog.read(path("whole").resolve("metrics.jsonl"))) {
            String event = line.get("event").asText();
            long step = line.get("step").asLong();
            if (event.equals("train")) {
                double rate = step - 1 < 2 ? 1e-3 * (step - 1) / 2 : 1e-3 * (1 - (step - 1.0) / STEPS);
                assertEquals(rate, line.get("learning_rate").asDouble(), 1e-12, "step " + step);
                assertEquals(step <= BOUNDARY ? 1 : 2, line.get("phase").asInt());
            } else if (event.equals("checkpoint")) {
                checkpoints.add(step); // when it is on the disk, some steps later
            } else {
                events.add(event + (line.has("phase") ? " " + line.get("phase") : "") + " at " + step);
            }
        }
        assertEquals(List.of("start at 0", "phase 1 at 0", "held_out at " + BOUNDARY, "phase 2 at " + BOUNDARY, "held_out at 20",
                "finish at 20"), events);
        assertEquals(List.of(5L, 10L, BOUNDARY, 15L, 20L), checkpoints);
        String record = Files.readString(path("whole").resolve("run.json"));
        assertTrue(record.contains("\"max_seq_length\" : 16") && record.contains("\"max_seq_length\" : 32"), record);
        String report = RunReport.of(path("whole")).text();
        assertTrue(report.contains("data of phase 2"), report);
        assertTrue(report.contains("\"share\":0.3"), report);
    }

    @Test
    void aCheckpointOfTheOtherPhaseIsFallenBackTo() throws IOException {
        assertThrows(Killed.class, () -> run(config("fallen", false), "step " + (BOUNDARY + 1)));
        List<Checkpoints.Checkpoint> all = new RunDirectory(path("fallen")).checkpoints().list();
        assertEquals(List.of(10L, BOUNDARY), all.subList(all.size() - 2, all.size()).stream().map(Checkpoints.Checkpoint::step).toList());
        Files.delete(Path.of(all.get(all.size() - 1).prefix() + ".index"));
        run(config("fallen", false), "");
        assertEquals(whole, variables("fallen"));
    }

    @Test
    void aChangedPhaseIsRefused() throws IOException {
        ObjectNode flags = Json.MAPPER.valueToTree(config("whole", false));
        Phase second = config("whole", false).phases().get(1);
        flags.set("phases", Json.MAPPER.valueToTree(List.of(phase(shorter, 0.5), phase(longer, 0.5))));
        Failure refused = assertThrows(Failure.class, () -> run(RunConfig.of(null, flags), ""));
        assertTrue(refused.getMessage().contains("exists with phases [{\"share\":0.7,"), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
        // Where the same data lie decides nothing.
        Path moved = directory.resolve("moved");
        Files.createSymbolicLink(moved, shorter);
        flags.set("phases", Json.MAPPER.valueToTree(List.of(phase(moved, 0.7), second)));
        assertEquals(Outcome.FINISHED_BEFORE, run(RunConfig.of(null, flags), ""));
        flags.set("phases", Json.MAPPER.valueToTree(List.of(phase(longer, 0.7), second)));
        refused = assertThrows(Failure.class, () -> run(RunConfig.of(null, flags), ""));
        assertTrue(refused.getMessage().contains("exists with data set "), refused.getMessage());
    }

    @Test
    void everyPhaseIsCheckedBeforeAnythingStarts() throws IOException {
        Path other = Tiny.vocabulary(directory.resolve("other-tokenizer"));
        Files.writeString(other, Files.readString(other).replace("bababa", "x").replaceFirst("\n([a-z])", "\nz$1"));
        Path foreign = Tiny.dataSet(directory, "data-other", other, PairOptions.nextSentence(32, 0.9, 0.5));
        Path tooLong = Tiny.dataSet(directory, "data-64", vocabulary, PairOptions.nextSentence(64, 0.9, 0.5));
        refused("was prepared with another tokenizer", List.of(phase(shorter, 0.7), phase(foreign, 0.3)));
        refused("data-64 has sequences of 64 tokens, the model has max_position_embeddings 32",
                List.of(phase(shorter, 0.7), phase(tooLong, 0.3)));
        refused("has no step: its share is 0.01 of 20 steps", List.of(phase(shorter, 0.99), phase(longer, 0.01)));
        refused("nowhere", List.of(phase(shorter, 0.7), phase(directory.resolve("nowhere"), 0.3)));
    }

    private static void refused(String message, List<Phase> phases) {
        Failure failure = assertThrows(Failure.class, () -> new Plan(Tiny.config(
                "model", model, "run", path("refused"), "steps", STEPS, "phases", phases)).close());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertFalse(Files.exists(path("refused")));
    }

    @Test
    void aDryRunPrintsThePhases() throws IOException {
        try (Plan plan = new Plan(config("dry", true))) {
            String text = String.join("\n", plan.describe());
            assertTrue(text.contains("Phase 1 of 2: steps 1 to 14, sequences of 16 tokens from " + shorter), text);
            assertTrue(text.contains("Phase 2 of 2: steps 15 to 20, sequences of 32 tokens from " + longer), text);
            assertTrue(text.contains("Pack:  "), text);
        }
        Path yaml = Files.writeString(directory.resolve("run.yaml"), String.join("\n",
                "model: " + model, "run: " + path("dry"), "steps: 20", "batch_size: 4", "phases:",
                "  - {data: " + shorter + ", share: 0.7}", "  - {data: " + longer + ", share: 0.3, batch_size: 2}", ""));
        assertEquals(0, Main.run("pretrain", "--config", yaml.toString(), "--dry-run", "--pack"));
        assertFalse(Files.exists(path("dry")));
    }

    private static RunConfig config(String name, boolean pack) {
        Phase second = Phase.of(longer.toString(), 0.3, 2, 1, longer + "-held-out");
        return Tiny.config(
                "model", model, "run", path(name), "steps", STEPS, "batch_size", 4, "accumulation_steps", 2,
                "phases", List.of(phase(shorter, 0.7), second), "eval_data", shorter + "-held-out", "eval_every", 1000,
                "learning_rate", 1e-3, "warmup_steps", 2, "seed", 3, "checkpoint_every", 5, "log_every", 1, "threads", 1,
                "dynamic_masking", true, "pack", pack);
    }

    private static Phase phase(Path data, double share) {
        return Phase.of(data.toString(), share, null, null, null);
    }

    private static Outcome run(RunConfig config, String kill) throws IOException {
        try (Plan plan = new Plan(config)) {
            Consumer<String> killer = event -> {
                if (event.equals(kill)) {
                    throw new Killed();
                }
            };
            return Pretraining.run(plan, new RecordedProgress(killer, done -> killer.accept("step " + done)));
        }
    }

    private static Map<String, ByteBuffer> variables(String name) throws IOException {
        Checkpoints.Checkpoint last = new RunDirectory(path(name)).newest();
        assertEquals(STEPS, last.step());
        return Tiny.variables(last.prefix());
    }

    private static Path path(String name) {
        return directory.resolve("runs").resolve(name);
    }
}
