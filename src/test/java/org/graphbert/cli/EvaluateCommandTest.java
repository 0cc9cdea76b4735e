package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.config.Batch;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.Likely;
import org.graphbert.evaluate.MeasuredBatch;
import org.graphbert.evaluate.Scorer;
import org.graphbert.train.RunDirectory;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@code evaluate} says of a model, of several, and of text. */
class EvaluateCommandTest {

    private static final int V = 50;

    @TempDir
    private static Path directory;

    private static Path data;
    private static Path run;

    @RegisterExtension
    private final Console console = new Console();

    @BeforeAll
    static void train() throws IOException {
        data = Tiny.dataSet(directory, "data");
        run = directory.resolve("run");
        assertEquals(0, Main.run("pretrain", "--model", Tiny.modelFile(directory, 0.1).toString(), "--data", data.toString(),
                "--run", run.toString(), "--steps", "6", "--batch-size", "4", "--checkpoint-every", "3", "--learning-rate", "1e-2",
                "--warmup-steps", "0"));
    }

    private JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("evaluate", "--run", run.toString(), "--json"));
        all.addAll(List.of(arguments));
        console.exits(0, all.toArray(String[]::new));
        return console.json();
    }

    /** Losses, ranks and confidences against all of the model's probabilities. */
    @Test
    void eachTokenIsMeasuredByTheModelsProbabilities() throws IOException {
        RunDirectory trained = new RunDirectory(run);
        try (InferenceSession session = InferenceSession.load(trained.model(), trained.newest().prefix(), 1);
                DataSet set = DataSet.open(data)) {
            Batch batch = Loader.sequential(set, 5).next();
            MeasuredBatch measured = session.measure(batch);
            for (int b = 0; b < batch.size(); b++) {
                int s = batch.sequenceLength();
                int p = batch.predictions();
                int length = IntStream.range(b * s, (b + 1) * s).map(i -> batch.inputMask()[i]).sum();
                Likely[] likely = session.likeliest(List.of(new Scorer.Query(
                        Arrays.copyOfRange(batch.inputIds(), b * s, b * s + length),
                        Arrays.copyOfRange(batch.segmentIds(), b * s, b * s + length),
                        Arrays.copyOfRange(batch.maskedLmPositions(), b * p, b * p + 1))), V, new float[V])[0];
                int rank = indexOf(likely[0].ids(), batch.maskedLmIds()[b * p]);
                assertEquals(rank, measured.ranks()[b * p]);
                assertEquals(-likely[0].logProbabilities()[rank], measured.losses()[b * p], 1e-5);
                assertEquals(Math.exp(likely[0].logProbabilities()[0]), measured.confidences()[b * p], 1e-5);
            }
        }
    }

    private static int indexOf(int[] ids, int id) {
        return IntStream.range(0, ids.length).filter(i -> ids[i] == id).findFirst().orElseThrow();
    }

    @Test
    void theFiguresOfTheGroupsAreThoseOfAll() throws IOException {
        JsonNode found = json("--data", data.toString());
        long tokens = found.get("predictions").asLong();
        for (String group : List.of("by_mask_kind", "by_frequency", "by_position")) {
            double loss = 0;
            double right = 0;
            double amongFive = 0;
            long sum = 0;
            for (JsonNode part : found.get(group)) {
                sum += part.get("tokens").asLong();
                loss += part.get("tokens").asLong() * part.get("loss").asDouble();
                right += part.get("tokens").asLong() * part.get("accuracy").asDouble();
                amongFive += part.get("tokens").asLong() * part.get("accuracy_at_5").asDouble();
            }
            assertEquals(tokens, sum, group);
            assertEquals(found.get("masked_lm_loss").asDouble(), loss / tokens, 1e-4, group);
            assertEquals(found.get("masked_lm_accuracy").asDouble(), right / tokens, 1e-5, group);
            assertEquals(found.get("masked_lm_accuracy_at_5").asDouble(), amongFive / tokens, 1e-5, group);
        }
        long[] counts = new long[4];
        for (int i = 0; i < 4; i++) {
            counts[i] = found.get("next_sentence_confusion").get("counts").get(i / 2).get(i % 2).asLong();
        }
        assertEquals(found.get("examples").asLong(), Arrays.stream(counts).sum());
        assertEquals(found.get("next_sentence_accuracy").asDouble(),
                (double) (counts[0] + counts[3]) / Arrays.stream(counts).sum(), 1e-6);
        assertTrue(found.get("masked_lm_calibration").get("bins").size() > 0, found::toString);
    }

    @Test
    void tablesForPeople() {
        console.exits(0, "evaluate", "--run", run.toString(), "--data", data.toString());
        for (String text : List.of("masked LM accuracy at 5", "[MASK]", "another token", "the token itself",
                "by occurrences in the training corpus", "0 to 2 ", "21 to 23 ", "masked LM, calibration error", "as NotNext")) {
            console.prints(text);
        }
    }

    @Test
    void textIsPreparedAsThePreparerDoes() throws IOException {
        // The run's data set, and nothing is held out of it.
        Path text = directory.resolve("data.txt");
        console.exits(0, "prepare", "--input", text.toString(), "--tokenizer", data.resolve("tokenizer").toString(), "--output",
                directory.resolve("same").toString(), "--max-seq-length", "24", "--show", "0");
        JsonNode expected = json("--data", directory.resolve("same").toString());
        JsonNode found = json("--input", text.toString(), "--pseudo-perplexity", "100");
        for (String key : List.of("masked_lm_loss", "masked_lm_accuracy", "examples", "predictions", "next_sentence_loss")) {
            assertEquals(expected.get(key), found.get(key), key);
        }
        JsonNode sentences = found.get("pseudo_perplexity");
        assertTrue(sentences.get("tokens").asLong() >= 100 && sentences.get("tokens").asLong() < 130, sentences::toString);
        assertEquals(Math.exp(sentences.get("loss").asDouble()), sentences.get("perplexity").asDouble(), 1e-9);
        assertEquals(sentences, json("--input", text.toString(), "--pseudo-perplexity", "100").get("pseudo_perplexity"));
        try (var left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertEquals(0, left.filter(path -> path.getFileName().toString().startsWith("graphbert-evaluate-")
                    && path.toFile().lastModified() > run.toFile().lastModified()).count(), "what was prepared is gone");
        }
        assertTrue(json("--input", text.toString(), "--pairs", "none", "--pseudo-perplexity", "0").get("next_sentence_loss").isNull());
    }

    @Test
    void checkpointsInOneTable() throws IOException {
        JsonNode rows = json("--data", data.toString(), "--checkpoints", "all");
        assertEquals(2, rows.size());
        assertEquals(3, rows.get(0).get("step").asLong());
        assertEquals(json("--data", data.toString()).get("masked_lm_loss"), rows.get(1).get("masked_lm_loss"));
        console.exits(0, "evaluate", "--run", run.toString(), "--run", run.toString(), "--checkpoints", "6", "--data", data.toString());
        assertEquals(2, console.out().lines().filter(line -> line.startsWith(run + "     6")).count(), console.out());
        console.exitsPrinting(2, "--checkpoints 4: " + run + " has no checkpoint of that step; it has those of 3, 6",
                "evaluate", "--run", run.toString(), "--data", data.toString(), "--checkpoints", "4");
        console.exitsPrinting(2, "--checkpoints is 'best', expected all or steps such as 1000,2000",
                "evaluate", "--run", run.toString(), "--data", data.toString(), "--checkpoints", "best");
    }

    @Test
    void whatDoesNotGoTogether() throws IOException {
        console.exitsPrinting(2, "--pseudo-perplexity is of sentences, which --data has no more",
                "evaluate", "--run", run.toString(), "--data", data.toString(), "--pseudo-perplexity", "5");
        console.exitsPrinting(2, "--seed and --text-field are of text", "evaluate", "--run", run.toString(), "--data", data.toString(),
                "--seed", "5");
        console.exitsPrinting(2, "--checkpoint names none; give --run, or --data", "evaluate", "--checkpoint", "c", "--model",
                directory.resolve("model.json").toString(), "--input", directory.resolve("data.txt").toString());
        console.exitsPrinting(2, "--max-seq-length is 64, but " + run + " has max_position_embeddings 32", "evaluate", "--run",
                run.toString(), "--input", directory.resolve("data.txt").toString(), "--max-seq-length", "64");
        console.exitsPrinting(2, "--model is of --checkpoint; a run has its own configuration", "evaluate", "--run", run.toString(),
                "--model", directory.resolve("model.json").toString(), "--data", data.toString());
        console.exitsPrinting(2, "--threads is -1", "evaluate", "--run", run.toString(), "--data", data.toString(), "--threads", "-1");
        Path export = Files.createDirectories(directory.resolve("export/1"));
        Files.createFile(export.resolve("saved_model.pb"));
        console.exitsPrinting(2, export.getParent() + ": is an export, which is not evaluated; name the run", "evaluate", "--run",
                export.getParent().toString(), "--data", data.toString());
        console.exitsPrinting(3, "no such file", "evaluate", "--run", run.toString(), "--input", directory.resolve("none").toString());
    }
}
