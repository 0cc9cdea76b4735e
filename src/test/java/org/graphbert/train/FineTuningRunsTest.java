package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.config.RecordedProgress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of fine-tuning: what they leave, and that they end as if nothing had happened to them. */
class FineTuningRunsTest {

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path vocabulary;
    private static Path train;
    private static Path dev;
    private static Path test;

    @BeforeAll
    static void write() throws IOException {
        model = Tiny.shallowFile(directory, 0.1);
        vocabulary = Tiny.vocabulary(directory.resolve("tokenizer"));
        train = TinyTasks.labelled(directory.resolve("train.tsv"), 90, 1);
        dev = TinyTasks.labelled(directory.resolve("dev.tsv"), 40, 2);
        test = TinyTasks.labelled(directory.resolve("test.tsv"), 40, 3);
    }

    private static Object[] keys(String output, Object... more) {
        Object[] keys = {"task", "classify", "model", model, "tokenizer", vocabulary, "train", train, "dev", dev, "test", test,
            "output", directory.resolve(output), "steps", 24, "batch_size", 8, "eval_every", 5, "checkpoint_every", 4, "threads", 1,
            "learning_rate", 3e-3};
        Object[] all = Arrays.copyOf(keys, keys.length + more.length);
        System.arraycopy(more, 0, all, keys.length, more.length);
        return all;
    }

    private static FineTuningResults run(Progress progress, Object... keys) throws IOException {
        return FineTuning.run(new FineTuningPlan(TinyTasks.config(keys), progress::say), progress).orElseThrow();
    }

    private static RunDirectory directory(String output) {
        return new RunDirectory(directory.resolve(output));
    }

    /** Ends the process, as far as a run can tell, when the training of its so-manieth start has come to a step. */
    private static final class Crash implements Progress {

        private final int start;
        private final long step;
        private int starts;

        Crash(int start, long step) {
            this.start = start;
            this.step = step;
        }

        @Override
        public void start(String task, long total, String unit) {
            starts++;
        }

        @Override
        public void at(long done, String detail) {
            if (starts == start && done >= step) {
                throw new IllegalStateException("the end of the world");
            }
        }

        @Override
        public void done() {}

        @Override
        public void say(String line) {}
    }

    private static void crash(int start, long step, Object... keys) {
        assertThrows(IllegalStateException.class, () -> run(new Crash(start, step), keys));
    }

    private static List<JsonNode> devLines(String output) throws IOException {
        return MetricsLog.read(directory(output).metricsFile()).stream()
                .filter(line -> line.path("event").asText().equals("held_out"))
                .map(line -> ((ObjectNode) line.deepCopy()).without(List.of("seconds", "tokens")))
                .map(JsonNode.class::cast)
                .toList();
    }

    @Test
    void aCrashedRunEndsAsOneThatWasNot() throws IOException {
        Object[] more = {"accumulation_steps", 2, "class_weights", "up=2,down=0.5", "log_every", 1};
        FineTuningResults expected = run(Progress.SILENT, keys("whole", more));
        crash(1, 3, keys("broken", more));
        crash(1, 10, keys("broken", more));
        crash(1, 22, keys("broken", more));
        assertEquals(expected, run(Progress.SILENT, keys("broken", more)));
        assertEquals(
                Tiny.variables(directory("whole").checkpoints().requireBest().prefix()),
                Tiny.variables(directory("broken").checkpoints().requireBest().prefix()));
        assertEquals(devLines("whole"), devLines("broken"));
        assertEquals(
                Files.readString(directory("whole").path().resolve("predictions-test.tsv")),
                Files.readString(directory("broken").path().resolve("predictions-test.tsv")));
    }

    @Test
    void aFinishedRunSaysSoAndAnotherIsRefused() throws IOException {
        FineTuningResults first = run(Progress.SILENT, keys("finished"));
        RecordedProgress progress = new RecordedProgress();
        assertEquals(first, run(progress, keys("finished")));
        assertTrue(progress.lines().stream().anyMatch(line -> line.endsWith("finished is finished.")), progress.lines().toString());
        Failure other = assertThrows(Failure.class, () -> run(Progress.SILENT, keys("finished", "learning_rate", 1e-3)));
        assertEquals(Failure.Kind.USAGE, other.kind());
        assertTrue(other.getMessage().contains("exists with learning_rate 0.003, now it is 0.001"), other.getMessage());
        RunDirectory run = directory("finished");
        Failure asked = assertThrows(Failure.class, run::model);
        assertTrue(asked.getMessage().contains("'graphbert finetune classify'"), asked.getMessage());
        assertEquals(List.of("down", "up"), run.fineTuned().labels());
        assertTrue(Files.exists(run.tokenizer().resolve("vocab.txt")));
        assertTrue(Files.list(run.path().resolve("tensorboard")).count() == 2);
    }

    @Test
    void theBestOfSeveralTrainingsIsKept() throws IOException {
        Object[] more = {"restarts", 3, "log_every", 1, "steps", 12};
        FineTuningResults whole = run(Progress.SILENT, keys("three", more));
        assertEquals(List.of(12345L, 12346L, 12347L), whole.restarts().stream().map(FineTuningResult::seed).toList());
        double most = whole.restarts().stream().mapToDouble(result -> result.dev().get("accuracy")).max().orElseThrow();
        assertEquals(most, whole.best().dev().get("accuracy"));
        assertEquals(whole.restarts().stream().mapToDouble(result -> result.test().get("accuracy")).average().orElseThrow(),
                whole.test().get("accuracy").mean(), 1e-12);
        FineTuningResults alone = run(Progress.SILENT, keys("alone", "steps", 12, "seed", whole.best().seed()));
        assertEquals(whole.best(), alone.best());
        assertEquals(
                Tiny.variables(directory("alone").checkpoints().requireBest().prefix()),
                Tiny.variables(directory("three").checkpoints().requireBest().prefix()));
        crash(2, 9, keys("broken-three", more));
        assertEquals(whole, run(Progress.SILENT, keys("broken-three", more)));
        assertFalse(Files.exists(directory("three").restarts().resolve("12345/checkpoints")));
        assertTrue(Files.exists(directory("three").restarts().resolve("12345/metrics.jsonl")));
        assertEquals(whole, run(Progress.SILENT, keys("three", more)));
        Object[] four = {"restarts", 4, "log_every", 1, "steps", 12};
        FineTuningResults another = run(Progress.SILENT, keys("three", four));
        assertEquals(whole.restarts(), another.restarts().subList(0, 3));
        assertEquals(another.best().bestStep(), directory("three").checkpoints().requireBest().step());
    }

    @Test
    void everyTaskIsLearnt() throws IOException {
        Object[] longer = {"steps", 60, "learning_rate", 1e-2, "dropout", 0.0, "eval_every", 20};
        assertTrue(run(Progress.SILENT, keys("learnt", longer)).best().test().get("accuracy") > 0.9);
        Object[] mean = Arrays.copyOf(longer, longer.length + 2);
        mean[longer.length] = "pooling";
        mean[longer.length + 1] = "mean";
        assertTrue(run(Progress.SILENT, keys("by-the-mean", mean)).best().test().get("accuracy") > 0.9);
        assertTrue(Tiny.variables(directory("by-the-mean").checkpoints().requireBest().prefix()).keySet().stream()
                .noneMatch(name -> name.startsWith("bert/pooler")));
        FineTuningResults numbers = run(Progress.SILENT, keys("numbers", "regression", true, "steps", 120, "learning_rate", 1e-2,
                "dropout", 0.0, "eval_every", 40, "train", TinyTasks.numbered(directory.resolve("n-train.tsv"), 200, 1),
                "dev", TinyTasks.numbered(directory.resolve("n-dev.tsv"), 50, 2),
                "test", TinyTasks.numbered(directory.resolve("n-test.tsv"), 50, 3)));
        assertEquals("pearson", numbers.metric());
        assertTrue(numbers.best().test().get("pearson") > 0.9, numbers.toString());
        FineTuningResults tags = run(Progress.SILENT, keys("tags", "task", "tag", "steps", 60, "learning_rate", 1e-2, "dropout", 0.0,
                "eval_every", 20,
                "train", TinyTasks.tagged(directory.resolve("t-train.txt"), 120, 1),
                "dev", TinyTasks.tagged(directory.resolve("t-dev.txt"), 40, 2),
                "test", TinyTasks.tagged(directory.resolve("t-test.txt"), 40, 3)));
        assertEquals("f1", tags.metric());
        assertTrue(tags.best().test().get("f1") > 0.9, tags.toString());
    }

    @Test
    void questionsAreLearntAndTheThresholdOfNoAnswerIsChosenOnDev() throws IOException {
        FineTuningResults answers = run(Progress.SILENT, keys("answers", "task", "qa", "steps", 100, "learning_rate", 1e-2,
                "dropout", 0.0, "eval_every", 50, "max_query_length", 4,
                "train", TinyTasks.questions(directory.resolve("q-train.json"), 120, true, 1),
                "dev", TinyTasks.questions(directory.resolve("q-dev.json"), 40, true, 2),
                "test", TinyTasks.questions(directory.resolve("q-test.json"), 40, true, 3)));
        assertEquals("best_f1", answers.metric());
        Map<String, Double> dev = answers.best().dev();
        assertEquals(dev.get("best_f1"), dev.get("f1"), 1e-9, "the threshold that is best on dev is that of the scores there");
        assertTrue(answers.best().test().get("f1") > 80, answers.toString());
        assertTrue(Files.exists(directory("answers").path().resolve("predictions-test-null-odds.json")));
        try (FineTunedModel model = FineTunedModel.open(directory("answers").path(), "qa")) {
            Map<String, Double> again = new LinkedHashMap<>();
            model.answer(directory.resolve("q-test.json"), 8, again::putAll, note -> {});
            assertEquals(answers.best().test().get("f1"), again.get("f1"), 1e-9);
            assertEquals("ba", model.answer(List.of(List.of("ma", "bi de fe ge ba ke"))).get(0).json().get("answer").asText());
        }
    }

    @Test
    void theEncoderComesFromARunAndFrozenPartsStay() throws IOException {
        Path data = Tiny.dataSet(directory, "data", vocabulary);
        Path from = directory.resolve("pretrained");
        try (Plan plan = new Plan(Tiny.config("model", model, "data", data, "run", from, "steps", 3, "batch_size", 4, "threads", 1))) {
            Pretraining.run(plan, Progress.SILENT);
        }
        Map<String, ByteBuffer> before = Tiny.variables(new RunDirectory(from).newest().prefix());
        run(Progress.SILENT, keys("frozen", "from", from, "freeze", 1));
        Map<String, ByteBuffer> after = Tiny.variables(directory("frozen").checkpoints().requireBest().prefix());
        for (String name : after.keySet()) {
            boolean slot = name.endsWith("adam_m") || name.endsWith("adam_v");
            if (name.startsWith("bert/embeddings/") || name.startsWith("bert/encoder/")) {
                assertFalse(slot, name);
                assertEquals(before.get(name), after.get(name), name);
            } else if (name.startsWith("bert/pooler/") && !slot) {
                assertNotEquals(before.get(name), after.get(name), name);
            }
        }
        run(Progress.SILENT, keys("scratch", "from", from, "scratch", true, "freeze", 1));
        Map<String, ByteBuffer> scratch = Tiny.variables(directory("scratch").checkpoints().requireBest().prefix());
        assertNotEquals(before.get("bert/embeddings/word_embeddings"), scratch.get("bert/embeddings/word_embeddings"));
    }

    @Test
    void itStopsWhereNothingGetsBetter() throws IOException {
        Object[] more = {"steps", 400, "early_stopping", 2, "learning_rate", 1e-2, "dropout", 0.0, "log_every", 1};
        FineTuningResults stopped = run(Progress.SILENT, keys("stopped", more));
        assertTrue(stopped.best().steps() < 400, stopped.toString());
        assertEquals(stopped.best().bestStep() + 10, stopped.best().steps(), "two evaluations behind the best");
        crash(1, stopped.best().steps() - 2, keys("stopped-broken", more));
        assertEquals(stopped, run(Progress.SILENT, keys("stopped-broken", more)));
    }

    @Test
    void whatIsWrongIsSaidInALineBeforeAnythingIsWritten() throws IOException {
        Path wrong = Files.writeString(directory.resolve("wrong.tsv"), "label\ttext\nup\tba\nsideways\tba\n");
        refused(Failure.Kind.DATA, wrong + ": line 3: the label 'sideways'", "dev", wrong);
        refused(Failure.Kind.DATA, wrong + ": line 3: the label 'sideways'", "test", wrong);
        Path words = Files.writeString(directory.resolve("words.tsv"), "score\ttext\nup\tba\n");
        refused(Failure.Kind.DATA, "line 2: the label 'up' is no number", "test", words, "regression", true,
                "train", TinyTasks.numbered(directory.resolve("w-train.tsv"), 9, 1), "dev", directory.resolve("w-train.tsv"));
        Path large = Files.writeString(directory.resolve("large.tsv"), "score\ttext\n1\tba\n1e39\tbe\n");
        refused(Failure.Kind.DATA, "line 3: the label '1e39' is no number that a model computes with", "train", large, "regression", true);
        refused(Failure.Kind.USAGE, "'up=0,down=0', which leaves nothing to learn", "class_weights", "up=0,down=0");
        refused(Failure.Kind.USAGE, "metric is 'f2', expected one of loss, accuracy, f1", "metric", "f2");
        refused(Failure.Kind.USAGE, "pooling is 'max', expected one of cls, mean", "pooling", "max");
        refused(Failure.Kind.USAGE, "--class-weights: found 'left=1'", "class_weights", "left=1");
        refused(Failure.Kind.USAGE, "--positive is 'left'", "positive", "left");
        refused(Failure.Kind.USAGE, "freeze is 2, and the model has 1 layers", "freeze", 2);
        refused(Failure.Kind.USAGE, "max_seq_length is 64, and the model takes 32 positions", "max_seq_length", 64);
        refused(Failure.Kind.USAGE, "is neither a run", "from", directory.resolve("nowhere"));
        refused(Failure.Kind.USAGE, "dev is not set; give --dev", "dev", null);
    }

    /** Where all examples of a batch weigh nothing there is no loss to divide by. */
    @Test
    void batchesWithoutWeightChangeNothingAndDoNotEndIt() throws IOException {
        FineTuningResults results = run(Progress.SILENT, keys("weightless", "class_weights", "up=0", "batch_size", 1, "log_every", 1));
        assertEquals(24, results.best().steps());
    }

    @Test
    void otherExamplesAreRefused() throws IOException {
        Path mine = TinyTasks.labelled(directory.resolve("mine.tsv"), 90, 1);
        crash(1, 9, keys("changed", "train", mine));
        TinyTasks.labelled(mine, 90, 7);
        Failure changed = assertThrows(Failure.class, () -> run(Progress.SILENT, keys("changed", "train", mine)));
        assertTrue(changed.getMessage().matches(".*exists with examples of --train \\w+, now it is \\w+; .*"), changed.getMessage());
        TinyTasks.labelled(mine, 90, 1);
        assertEquals(24, run(Progress.SILENT, keys("changed", "train", mine)).best().steps());
    }

    @Test
    void otherExamplesToTestAreForPredict() throws IOException {
        run(Progress.SILENT, keys("tested"));
        RecordedProgress progress = new RecordedProgress();
        Path other = TinyTasks.labelled(directory.resolve("other.tsv"), 20, 9);
        run(progress, keys("tested", "test", other));
        assertTrue(progress.lines().contains("It was finished without " + other + "; for its scores and answers: graphbert predict classify "
                + "--run " + directory.resolve("tested") + " --examples " + other), progress.lines().toString());
    }

    @Test
    void theEndIsNotEvaluatedTwice() throws IOException {
        run(Progress.SILENT, keys("ends", "steps", 21, "eval_every", 20));
        assertEquals(List.of(21L), steps("ends"));
        run(Progress.SILENT, keys("ends-later", "steps", 24, "eval_every", 20));
        assertEquals(List.of(20L, 24L), steps("ends-later"));
    }

    private static List<Long> steps(String output) throws IOException {
        return devLines(output).stream().map(line -> line.path("step").asLong()).toList();
    }

    @Test
    void whatIsToBeKnownBeforehandIsSaid() throws IOException {
        run(Progress.SILENT, keys("first", "steps", 2));
        RecordedProgress progress = new RecordedProgress();
        Path conll = Files.writeString(directory.resolve("iob.txt"), "ba I-x\nbe O\n\nbi B-x\nbo I-x\n\n");
        run(progress, keys("second", "from", directory.resolve("first"), "task", "tag", "steps", 2, "train", conll, "dev", conll, "test", conll));
        String said = String.join("\n", progress.lines());
        assertTrue(said.contains("first was fine-tuned to classify: its encoder is trained on, and the head is new."), said);
        assertTrue(said.contains("iob.txt: tags in IOB2; 1 that begin a span with I are taken for B"), said);
        assertTrue(said.matches("(?s).*Memory: about \\d\\.\\d\\d GB, with 8 examples of at most 4 tokens at a time.*"), said);
        RecordedProgress cut = new RecordedProgress();
        run(cut, keys("third", "steps", 2, "max_seq_length", 4));
        assertTrue(String.join("\n", cut.lines()).matches("(?s).*train.tsv: \\d+ examples are longer than 4 tokens, and cut.*"),
                cut.lines().toString());
    }

    private static void refused(Failure.Kind kind, String text, Object... more) {
        Failure failure = assertThrows(Failure.class, () -> run(Progress.SILENT, keys("refused", more)));
        assertTrue(failure.getMessage().contains(text), failure.getMessage());
        assertEquals(kind, failure.kind(), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
        assertFalse(Files.exists(directory.resolve("refused")));
    }

    @Test
    void aStepThatIsNotFiniteNamesItsExamples() {
        Failure diverged = assertThrows(Failure.class, () -> run(Progress.SILENT, keys("diverged", "learning_rate", 1e38,
                "warmup_ratio", 0.0, "clip_norm", 1e30)));
        assertEquals(Failure.Kind.DIVERGED, diverged.kind());
        assertTrue(diverged.getMessage().matches("step \\d+: loss .*, gradient norm .*, on the examples \\d+, .*train.tsv; .*"),
                diverged.getMessage());
    }
}
