package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.Phase;
import org.graphbert.config.RecordedProgress;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DamagedRecords;
import org.graphbert.data.PairOptions;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.train.Pretraining.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.op.Ops;

/** Runs that meet what guards are for, and runs whose length or schedule is not the plain one; killed and resumed too. */
class GuardedRunsTest {

    private static final long BAD_RECORD = 7;

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path data;
    private static Path longer;
    private static Path damaged;

    @BeforeAll
    static void prepare() throws IOException {
        model = Tiny.shallowFile(directory, 0.1);
        Path vocabulary = Tiny.vocabulary(directory.resolve("tokenizer"));
        data = Tiny.dataSet(directory, "data", vocabulary);
        longer = Tiny.dataSet(directory, "data-32", vocabulary, PairOptions.nextSentence(32, 0.9, 0.5));
        damaged = DamagedRecords.notANumber(data, directory.resolve("damaged.tfrecord"), BAD_RECORD);
    }

    /** The process ends there and then, as far as the files can tell. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    void aStepThatIsNotFiniteEndsTheRunOrIsSkipped() throws IOException {
        Object[] keys = {"model", model, "data", damaged, "steps", 30, "batch_size", 4, "log_every", 1, "checkpoint_every", 1,
            "keep_checkpoints", 99, "vocab_size", 50};
        long bad;
        String records;
        try (Plan plan = new Plan(config("nan", keys))) {
            PhasePlan phase = plan.phases().get(0);
            bad = LongStream.range(0, 30).filter(step -> contains(phase.loader().batch(step).records(), BAD_RECORD)).findFirst().orElseThrow();
            records = Arrays.toString(phase.loader().batch(bad).records());
        }
        Failure stopped = assertThrows(Failure.class, () -> run(config("nan", keys)));
        assertEquals(4, stopped.exitCode());
        assertTrue(stopped.getMessage().startsWith("step " + (bad + 1) + ": masked LM loss NaN, "), stopped.getMessage());
        assertTrue(stopped.getMessage().contains("on records " + records + " of " + damaged + " (in damaged.tfrecord)"), stopped.getMessage());
        assertTrue(stopped.getMessage().contains("; the weights are finite, the gradients of "), stopped.getMessage());
        assertEquals(1, stopped.getMessage().lines().count());
        assertEquals(bad, newest("nan"), "the step before is intact");

        RecordedProgress said = new RecordedProgress();
        try (Plan plan = new Plan(config("nan", with(keys, "on_nan", "skip")))) {
            assertEquals(Outcome.FINISHED, Pretraining.run(plan, said));
        }
        assertTrue(said.lines().stream().anyMatch(line -> line.startsWith("Warning: step " + (bad + 1) + ": ") && line.endsWith("its update is skipped")),
                said::toString);
        assertEquals("The updates of 1 of 30 steps were skipped, as they were not finite.", said.lines().get(said.lines().size() - 1));
        Map<String, ByteBuffer> before = checkpoint("nan", bad);
        Map<String, ByteBuffer> after = checkpoint("nan", bad + 1);
        before.forEach((name, bytes) -> assertEquals(!name.equals("global_step"), bytes.equals(after.get(name)), name));
        assertTrue(!checkpoint("nan", bad + 2).equals(after), "it goes on learning");
        List<JsonNode> finish = lines("nan", "finish");
        assertEquals(1, finish.get(0).get("skipped_updates").asInt());
    }

    @Test
    void weightsThatAreNotFiniteAreNamed() throws IOException {
        Path planted = directory.resolve("planted.ckpt");
        String name = "bert/encoder/layer_0/intermediate/dense/kernel";
        try (Plan plan = new Plan(config("x", "model", model, "data", data, "steps", 1));
                TrainingSession session = new TrainingSession(plan.buildGraph(plan.phases().get(0)), 1, 1)) {
            session.initialise();
            Variable variable = session.graph().variables().get(name);
            Ops tf = Ops.create(session.graph().graph());
            session.session().runner().addTarget(tf.assignVariableOp(
                    variable.handle(), tf.fill(tf.constant(variable.shape()), tf.constant(Float.NaN)))).run().close();
            try (Snapshot snapshot = session.snapshot()) {
                snapshot.save(planted.toString());
            }
        }
        for (String onNan : List.of("stop", "skip")) {
            Failure failure = assertThrows(Failure.class, () -> run(config("planted-" + onNan, "model", model, "data", data, "steps", 90,
                    "init", planted, "on_nan", onNan)));
            assertEquals(4, failure.exitCode());
            assertTrue(failure.getMessage().contains("; 1 of 30 weights are not finite, " + name + " the first, on "), failure.getMessage());
            assertTrue(failure.getMessage().startsWith("step " + (onNan.equals("stop") ? 1 : StepGuard.MOST_IN_A_ROW) + ": "), failure.getMessage());
        }
    }

    /** Killed when the checkpoint of the best was written, and best.json still named the one before. */
    @Test
    void theBestIsNamedWhereAKilledProcessDidNotComeToIt() throws IOException {
        Object[] keys = {"model", model, "data", data, "eval_data", data + "-held-out", "steps", 20, "batch_size", 4,
            "learning_rate", 5e-3, "warmup_steps", 0, "eval_every", 5, "log_every", 1, "checkpoint_every", 5, "keep_checkpoints", 9};
        Checkpoints checkpoints = new RunDirectory(path("best")).checkpoints();
        for (long kill : new long[] {11, 13}) {
            assertThrows(Killed.class, () -> run(config("best", keys), step -> {
                if (step == kill) {
                    throw new Killed();
                }
            }));
            double loss = lines("best", "held_out").get(1).get("masked_lm_loss").asDouble();
            if (kill == 11) {
                checkpoints.markBest(new Checkpoints.Best(5, loss + 1, checkpoints.best().orElseThrow().heldOut()));
            } else {
                Checkpoints.Best best = checkpoints.best().orElseThrow();
                assertEquals(10, best.step());
                assertEquals(loss, best.maskedLmLoss(), 1e-6);
            }
        }
        assertEquals(List.of(5L, 10L), lines("best", "held_out").stream().map(line -> line.get("step").asLong()).toList());
    }

    @Test
    void aPlateauEndsTheRunHoweverOftenItIsKilled() throws IOException {
        Object[] keys = {"model", model, "data", data, "eval_data", data + "-held-out", "steps", 60, "batch_size", 4, "learning_rate", 1e-30,
            "eval_every", 5, "log_every", 1, "early_stopping", 2, "checkpoint_every", 4, "threads", 1};
        for (long kill : new long[] {6, 10, 13}) {
            assertThrows(Killed.class, () -> run(config("plateau", keys), step -> {
                if (step == kill) {
                    throw new Killed();
                }
            }));
        }
        assertEquals(Outcome.STOPPED_EARLY, run(config("plateau", keys)));
        assertEquals(15, newest("plateau"));
        assertEquals(15, lines("plateau", "early_stop").get(0).get("step").asLong());
        RecordedProgress said = new RecordedProgress();
        try (Plan plan = new Plan(config("plateau", keys))) {
            assertEquals(Outcome.FINISHED_BEFORE, Pretraining.run(plan, said));
        }
        assertTrue(said.lines().get(0).contains("Stopped early at step 15: 2 evaluations in a row"), said::toString);
        keys[Arrays.asList(keys).indexOf("early_stopping") + 1] = 4;
        assertEquals(Outcome.STOPPED_EARLY, run(config("plateau", keys)));
        assertEquals(25, newest("plateau"));
    }

    @Test
    void aShardThatTurnsUnreadableLosesNothing() throws IOException {
        Object[] keys = {"model", model, "data", data, "steps", 40, "batch_size", 4, "log_every", 1, "checkpoint_every", 100, "threads", 1};
        run(config("readable", keys));
        Path shard = data.resolve("data-00000-of-00001.tfrecord");
        byte[][] whole = new byte[1][];
        Failure failure = assertThrows(Failure.class, () -> run(config("unreadable", keys), step -> {
            if (step == 8) {
                whole[0] = cut(shard);
            }
        }));
        Files.write(shard, whole[0]);
        long saved = newest("unreadable");
        assertEquals(3, failure.exitCode());
        assertTrue(saved >= 8 && saved < 40, "saved " + saved);
        assertTrue(failure.getMessage().matches("(?s)\\Q" + shard + "\\E: damaged TFRecord at byte \\S+: .* \\(record \\d+ of \\Q" + data
                + "\\E\\); the state of step " + saved + " is saved, and the same command goes on from there"), failure.getMessage());
        assertEquals(Outcome.FINISHED, run(config("unreadable", keys)));
        assertEquals(checkpoint("readable", 40), checkpoint("unreadable", 40));
    }

    private static byte[] cut(Path shard) {
        try {
            return DamagedRecords.cut(shard);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void phasesHaveSchedulesOfTheirOwn() throws IOException {
        Object[] keys = {"model", model, "steps", 20, "batch_size", 4, "log_every", 1, "checkpoint_every", 3, "threads", 1,
            "learning_rate", 2e-3, "phases", List.of(
                    Phase.of(data.toString(), 0.6, null, null, null),
                    new Phase(longer.toString(), 0.4, 2, null, null, 1e-3, "cosine", 2L, null))};
        run(config("whole", keys));
        for (JsonNode line : lines("whole", "train")) {
            long step = line.get("step").asLong() - 1;
            double expected = step < 12
                    ? step < 1 ? 0 : 2e-3 * (1 - step / 12.0)
                    : step - 12 < 2 ? 1e-3 * (step - 12) / 2 : 1e-3 * (1 + Math.cos(Math.PI * (step - 14) / 6)) / 2;
            assertEquals(expected, line.get("learning_rate").asDouble(), 1e-15, "step " + step);
        }
        ObjectNode recorded = Json.readObject(path("whole").resolve("run.json"));
        JsonNode phases = recorded.get("config").get("phases");
        assertEquals(2e-3, phases.get(0).get("learning_rate").asDouble());
        assertEquals("linear", phases.get(0).get("schedule").asText());
        assertEquals(1, phases.get(0).get("warmup_steps").asInt());
        assertEquals("cosine", phases.get(1).get("schedule").asText());
        for (long kill : new long[] {5, 12, 13, 19}) {
            assertThrows(Killed.class, () -> run(config("killed", keys), step -> {
                if (step == kill) {
                    throw new Killed();
                }
            }));
        }
        assertEquals(Outcome.FINISHED, run(config("killed", keys)));
        assertEquals(checkpoint("whole", 20), checkpoint("killed", 20));
        Failure tooLong = assertThrows(Failure.class, () -> new Plan(config("x", "model", model, "steps", 20, "phases", List.of(
                Phase.of(data.toString(), 0.6, null, null, null),
                new Phase(longer.toString(), 0.4, 2, null, null, null, null, 9L, null)))));
        assertEquals("phase " + longer + ": warmup_steps is 9, expected 0 to the number of steps (8)", tooLong.getMessage());
    }

    @Test
    void aBudgetIsKeptOverAKill() throws IOException {
        Object[] keys = {"model", model, "data", data, "eval_data", data + "-held-out", "budget", "20s", "batch_size", 4, "log_every", 1,
            "eval_every", 50, "checkpoint_every", 20, "threads", 1};
        // Each look at the clock is a quarter of a tenth of a second later.
        AtomicLong clock = new AtomicLong();
        LongSupplier nanos = () -> clock.addAndGet(25_000_000);
        assertThrows(Killed.class, () -> run(config("budget", keys), nanos, second -> {
            if (second == 10) {
                throw new Killed();
            }
        }));
        assertTrue(newest("budget") >= 20, "a checkpoint");
        assertEquals(Outcome.FINISHED, run(config("budget", keys), nanos, second -> {}));
        JsonNode finish = lines("budget", "finish").get(0);
        assertEquals(20, finish.get("seconds").asDouble(), 0.5);
        List<JsonNode> train = lines("budget", "train");
        assertEquals(finish.get("step").asLong(), train.get(train.size() - 1).get("step").asLong());
        assertTrue(train.get(train.size() - 1).get("learning_rate").asDouble() < 0.03 * 5e-4, train.get(train.size() - 1).toString());
        assertEquals(Outcome.FINISHED_BEFORE, run(config("budget", keys)));
    }

    @Test
    void aRunOfAnOlderVersionGoesOn() throws IOException {
        Object[] keys = {"model", model, "data", data, "steps", 4, "batch_size", 4, "threads", 1};
        run(config("older", keys));
        Path file = path("older").resolve("run.json");
        ObjectNode record = Json.readObject(file);
        List<String> known = List.of("model", "data", "eval_data", "run", "init", "tokenizer", "steps", "epochs", "batch_size",
                "accumulation_steps", "learning_rate", "warmup_steps", "schedule", "weight_decay", "clip_norm", "beta1", "beta2", "epsilon",
                "bias_correction", "dynamic_masking", "vocab_size", "seed", "checkpoint_every", "keep_checkpoints", "eval_every",
                "eval_batches", "log_every", "threads");
        ((ObjectNode) record.get("config")).retain(known);
        Files.writeString(file, Json.write(record));
        assertEquals(Outcome.FINISHED_BEFORE, run(config("older", with(keys, "keep_best", false, "on_nan", "skip", "tensorboard", false))));
        Failure refused = assertThrows(Failure.class, () -> run(config("older", with(keys, "optimizer", "lamb"))));
        assertTrue(refused.getMessage().contains("exists with optimizer adamw, now it is lamb"), refused.getMessage());
    }

    private static boolean contains(long[] values, long value) {
        return LongStream.of(values).anyMatch(v -> v == value);
    }

    private static Object[] with(Object[] keys, Object... more) {
        List<Object> all = new ArrayList<>(List.of(keys));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private static RunConfig config(String name, Object... keys) {
        return Tiny.config(with(keys, "run", path(name)));
    }

    private static Outcome run(RunConfig config) throws IOException {
        return run(config, step -> {});
    }

    private static Outcome run(RunConfig config, LongConsumer at) throws IOException {
        return run(config, System::nanoTime, at);
    }

    private static Outcome run(RunConfig config, LongSupplier nanos, LongConsumer at) throws IOException {
        try (Plan plan = new Plan(config)) {
            return Pretraining.run(plan, new RecordedProgress(line -> {}, at), nanos);
        }
    }

    private static List<JsonNode> lines(String run, String event) throws IOException {
        return MetricsLog.read(path(run).resolve("metrics.jsonl")).stream().filter(l -> l.get("event").asText().equals(event)).toList();
    }

    private static long newest(String run) throws IOException {
        return new RunDirectory(path(run)).checkpoints().latest().orElseThrow().step();
    }

    private static Map<String, ByteBuffer> checkpoint(String run, long step) throws IOException {
        return Tiny.variables(new RunDirectory(path(run)).checkpoints().list().stream()
                .filter(c -> c.step() == step).findFirst().orElseThrow().prefix());
    }

    private static Path path(String name) {
        return directory.resolve("runs").resolve(name);
    }
}
