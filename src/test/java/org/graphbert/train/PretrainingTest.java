package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Progress;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.data.PairOptions;
import org.graphbert.evaluate.Evaluation;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.Metrics;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs from configuration to checkpoints: what they start from, what they resolve, how they fail. */
class PretrainingTest {

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path data;

    @BeforeAll
    static void prepare() throws IOException {
        model = Tiny.modelFile(directory, 0.1);
        data = Tiny.dataSet(directory, "data");
    }

    @Test
    void initialWeightsAreAGoogleCheckpoints() throws IOException {
        Path run = directory.resolve("from-google");
        train("model", Golden.DIRECTORY.resolve("config.json"), "data", data, "run", run, "vocab_size", 97, "steps", 1,
                "batch_size", 4, "learning_rate", 1e-30, "warmup_steps", 0, "init", Golden.CHECKPOINT);
        String prefix = new RunDirectory(run).newest().prefix();
        Map<String, ByteBuffer> found = Tiny.variables(prefix);
        Map<String, ByteBuffer> expected = Tiny.variables(Golden.CHECKPOINT.toString());
        assertEquals(3 * expected.size() + 1, found.size());
        // A step at a rate that rounds away: the weights are the checkpoint's to the last bit.
        expected.forEach((name, bytes) -> assertEquals(bytes, found.get(name), name));
        JsonNode forward = Golden.json("forward.json");
        try (InferenceSession session = InferenceSession.load(Golden.model(), prefix, 1)) {
            Metrics metrics = session.measure(Golden.batch()).sums().metrics();
            assertEquals(forward.get("masked_lm_loss").asDouble(), metrics.maskedLmLoss(), 1e-5);
            assertEquals(forward.get("next_sentence_loss").asDouble(), metrics.nextSentenceLoss(), 1e-5);
        }
    }

    @Test
    void initialWeightsThatDoNotFitAreRefusedByName() {
        fails(Failure.Kind.USAGE, "bert/embeddings/word_embeddings has shape [97, 32], the model's is [50, 16]",
                "model", model, "data", data, "run", directory.resolve("x"), "steps", 1, "init", Golden.CHECKPOINT);
        fails(Failure.Kind.USAGE, "none.index: no such file",
                "model", model, "data", data, "run", directory.resolve("x"), "steps", 1, "init", directory.resolve("none"));
        assertFalse(Files.exists(directory.resolve("x")), "nothing is written before everything is checked");
    }

    @Test
    void divergenceNamesStepAndRecordsAndSavesNothing() throws IOException {
        Path run = directory.resolve("diverged");
        Object[] keys = {"model", model, "data", data, "run", run, "steps", 20, "batch_size", 3, "learning_rate", 1e30,
            "warmup_steps", 0, "seed", 3, "checkpoint_every", 100};
        Batch second;
        try (Plan plan = new Plan(Tiny.config(keys))) {
            second = plan.phases().get(0).loader().batch(1);
        }
        Failure failure = assertThrows(Failure.class, () -> train(keys));
        assertEquals(Failure.Kind.DIVERGED, failure.kind());
        assertEquals(4, failure.exitCode());
        assertTrue(failure.getMessage().startsWith("step 2: masked LM loss "), failure.getMessage());
        String records = "on records [" + second.records()[0] + ", " + second.records()[1] + ", " + second.records()[2] + "]";
        assertTrue(failure.getMessage().contains(records), failure.getMessage() + " / " + records);
        assertEquals(List.of(), new RunDirectory(run).checkpoints().list());
    }

    @Test
    void whatIsLeftOpenIsResolvedFromTheData() throws IOException {
        try (Plan plan = new Plan(Tiny.config(
                "model", model, "data", data, "run", directory.resolve("y"), "epochs", 2.5, "batch_size", 4))) {
            long records = plan.record().data().get(0).records();
            long steps = (long) Math.ceil(2.5 * records / 4);
            assertEquals(steps, plan.config().duration().steps());
            assertEquals(Math.round(0.1 * steps), plan.config().optimization().warmupSteps());
            assertEquals(5e-4, plan.config().optimization().learningRate());
            assertEquals(50, plan.model().vocabSize());
        }
        Path shorter = Tiny.dataSet(directory, "shorter", Tiny.vocabulary(directory.resolve("shorter-tokenizer")),
                PairOptions.nextSentence(32, 0.9, 0.5));
        try (Plan plan = new Plan(Tiny.config("model", model, "data", shorter, "run", directory.resolve("y"), "epochs", 2.5,
                "batch_size", 4, "pack", true))) {
            long sequences = plan.phases().get(0).loader().sequences();
            assertTrue(sequences < plan.record().data().get(0).records(), "packed: " + sequences);
            assertEquals((long) Math.ceil(2.5 * sequences / 4), plan.config().duration().steps(), "an epoch is one of sequences");
        }
        ModelConfig base = Tiny.model(0);
        Path larger = Files.writeString(directory.resolve("larger.json"),
                Json.write(base.withVocabSize(1000)));
        try (Plan plan = new Plan(Tiny.config(
                "model", larger, "data", data, "run", directory.resolve("y"), "steps", 1_000_000))) {
            assertEquals(50, plan.model().vocabSize(), "the tokenizer's");
            assertEquals(10_000, plan.config().optimization().warmupSteps());
            assertTrue(plan.describe().get(0).contains("50"), plan.describe().toString());
        }
        try (Plan plan = new Plan(Tiny.config(
                "model", model, "data", data, "run", directory.resolve("y"), "steps", 1, "vocab_size", 64))) {
            assertEquals(64, plan.model().vocabSize());
        }
        fails(Failure.Kind.USAGE, "vocab_size is 49, but the tokenizer of " + data + " has 50 entries",
                "model", model, "data", data, "run", directory.resolve("y"), "steps", 1, "vocab_size", 49);
    }

    /** A model of dropout 0.3 trained without any is one of none, and stays one of 0.3 for whoever takes it from the run. */
    @Test
    void dropoutWhilePretrainingIsNotTheModels() throws IOException {
        Path dropping = Tiny.modelFile(Files.createDirectories(directory.resolve("dropping")), 0.3);
        Path none = Tiny.modelFile(Files.createDirectories(directory.resolve("none-dropped")), 0);
        Map<String, Object> found = new TreeMap<>();
        Object[][] runs = {{"own", dropping, null}, {"without", dropping, 0.0}, {"never", none, null}, {"raised", none, 0.3}};
        for (Object[] each : runs) {
            Path run = directory.resolve("dropout-" + each[0]);
            train("model", each[1], "data", data, "run", run, "steps", 3, "batch_size", 4, "threads", 1, "dropout", each[2],
                    "tensorboard", false);
            found.put((String) each[0], Tiny.variables(new RunDirectory(run).newest().prefix()));
            RunDirectory trained = new RunDirectory(run);
            assertEquals(each[1] == dropping ? 0.3 : 0, trained.model().hiddenDropoutProb());
            assertEquals(each[1] == dropping ? 0.3 : 0, trained.model().attentionProbsDropoutProb());
            assertEquals(each[2], trained.record().config().dropout());
        }
        assertEquals(found.get("never"), found.get("without"));
        assertEquals(found.get("own"), found.get("raised"));
        assertNotEquals(found.get("own"), found.get("without"));
        try (Plan plan = new Plan(Tiny.config(
                "model", dropping, "data", data, "run", directory.resolve("y"), "steps", 1, "dropout", 0.25))) {
            assertTrue(plan.describe().contains(
                    "Dropout: 0.25 while pre-training; the model keeps its own, hidden 0.3 and attention 0.3"));
        }
    }

    @Test
    void anEvaluationIsTheMeanOverAllRecordsWhateverTheBatch() throws IOException {
        Path run = directory.resolve("evaluated");
        train("model", model, "data", data, "run", run, "steps", 3, "batch_size", 4, "seed", 1);
        RunDirectory trained = new RunDirectory(run);
        try (InferenceSession session = InferenceSession.load(trained.model(), trained.newest().prefix(), 1);
                var set = DataSet.open(data)) {
            Evaluation[] found = new Evaluation[2];
            for (int i = 0; i < 2; i++) {
                found[i] = Evaluation.of(Loader.sequential(set, i == 0 ? 32 : 7), set.size(), null,
                        Optional.empty(), batch -> session.measure(batch).sums(), Progress.SILENT);
            }
            assertEquals(set.size(), found[0].examples());
            assertEquals(found[0].predictions(), found[1].predictions());
            assertEquals(found[0].maskedLmLoss(), found[1].maskedLmLoss(), 1e-5);
            assertEquals(found[0].nextSentenceLoss(), found[1].nextSentenceLoss(), 1e-5);
            assertEquals(found[0].maskedLmAccuracy(), found[1].maskedLmAccuracy(), 1e-9);
            assertEquals(Math.exp(found[0].maskedLmLoss()), found[0].perplexity(), 1e-9);
        }
    }

    private static void train(Object... keys) throws IOException {
        try (Plan plan = new Plan(Tiny.config(keys))) {
            assertEquals(Pretraining.Outcome.FINISHED, Pretraining.run(plan, Progress.SILENT));
        }
    }

    private static void fails(Failure.Kind kind, String message, Object... keys) {
        Failure failure = assertThrows(Failure.class, () -> train(keys));
        assertEquals(kind, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage() + " / expected: " + message);
    }
}
