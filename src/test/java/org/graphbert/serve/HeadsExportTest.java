package org.graphbert.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.config.Pooling;
import org.graphbert.config.Precision;
import org.graphbert.evaluate.Scorer;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Saver;
import org.graphbert.graph.TaskTower;
import org.graphbert.graph.Variables;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** An export with a task's head answers what the head does where it was trained. */
class HeadsExportTest {

    private static final int[] IDS = {2, 9, 8, 3, 7, 6, 3};
    private static final int[] SEGMENTS = {0, 0, 0, 0, 1, 1, 1};

    @TempDir
    private Path directory;

    @Test
    void classesAndTheirProbabilities() throws IOException {
        ExportFacts facts = ExportFacts.fineTuned("classify", false, Pooling.CLS, List.of("bad", "fair", "good"));
        float[] logits = checkpoint(facts);
        Path version = export(facts);
        try (ServedModel model = ServedModel.open(version)) {
            Map<String, Values> answer = ask(model, "classify");
            assertArrayEquals(new int[] {1, 3}, answer.get("logits").shape());
            assertArrayEquals(logits, answer.get("logits").data(), 1e-5f);
            assertArrayEquals(softmax(logits), answer.get("probabilities").data(), 1e-5f);
            assertArrayEquals(logits, ask(model, "classify_int64").get("logits").data(), 1e-5f);
            assertArrayEquals(logits, ask(model, "serving_default").get("logits").data(), 1e-5f);
            List<ServedModel.Label> labels = model.classify("a", "b");
            assertEquals(3, labels.size());
            assertTrue(labels.get(0).probability() >= labels.get(1).probability());
            assertEquals(1, labels.stream().mapToDouble(ServedModel.Label::probability).sum(), 1e-5);
            Failure noMask = assertThrows(Failure.class, () -> model.fillMask("[MASK]", 1));
            assertEquals("this model's head is classify, not pretraining; what it answers: classify, embed", noMask.getMessage());
            assertThrows(Failure.class, () -> model.nextSentence("a", "b"));
            model.warmUp();
        }
    }

    @Test
    void textsAreReadAsFarAsTheHeadHasLearntTo() throws IOException {
        ExportFacts facts = ExportFacts.fineTuned("classify", false, Pooling.CLS, List.of("bad", "good"));
        checkpoint(facts);
        String text = "a b c d ".repeat(5);
        try (ServedModel whole = ServedModel.open(export(facts));
                ServedModel cutting = ServedModel.open(export(facts.with(new Reading(8, null, 4, 3, 5, null))))) {
            List<List<String>> texts = List.of(List.of("a b c d a b"), List.of(text));
            List<Integer> cut = new ArrayList<>();
            cutting.classify(texts, cut::add);
            assertEquals(List.of(1), cut);
            whole.classify(texts, i -> fail("exports of before do not say"));
            assertEquals(whole.classify("a b c d a b"), cutting.classify(text));
            assertNotEquals(whole.classify(text), cutting.classify(text));
            assertEquals(whole.classify("a b c", "a b"), cutting.classify("a b c d", "a b"));
        }
        ExportFacts number = ExportFacts.fineTuned("classify", true, Pooling.CLS, List.of());
        checkpoint(number);
        try (ServedModel model = ServedModel.open(export(number.with(new Reading(8, null, 4, 3, 5, null))))) {
            assertEquals(model.regress("a b c d a b"), model.regress(text));
        }
    }

    /** By the mean over their tokens, and so without a pooler. */
    @Test
    void classesAndANumberOfTheMean() throws IOException {
        ExportFacts classes = ExportFacts.fineTuned("classify", false, Pooling.MEAN, List.of("bad", "good"));
        float[] logits = checkpoint(classes);
        Path version = export(classes);
        assertEquals(Pooling.MEAN, ExportFacts.read(version).pooling());
        try (ServedModel model = ServedModel.open(version)) {
            assertArrayEquals(logits, ask(model, "classify").get("logits").data(), 1e-5f);
            assertFalse(ask(model, "features").containsKey("pooled_output"));
            assertEquals(2, model.classify("a b").size());
        }
        ExportFacts number = ExportFacts.fineTuned("classify", true, Pooling.MEAN, List.of());
        float[] value = checkpoint(number);
        try (ServedModel model = ServedModel.open(export(number))) {
            assertArrayEquals(value, ask(model, "regress").get("value").data(), 1e-5f);
        }
    }

    @Test
    void pairsWhereItLearntPairsAndNoneWhereNot() throws IOException {
        ExportFacts facts = ExportFacts.fineTuned("classify", false, Pooling.CLS, List.of("bad", "good"));
        checkpoint(facts);
        try (ServedModel model = ServedModel.open(export(facts.withPairs(true)))) {
            assertEquals(2, model.classify("a", "b").size());
            Failure single = assertThrows(Failure.class, () -> model.classify(List.of(List.of("a", "b"), List.of("a"))));
            assertEquals("example 1 is a single text, and this model was trained on pairs; give it a second text (\"pair\")", single.getMessage());
        }
        try (ServedModel model = ServedModel.open(export(facts.withPairs(false)))) {
            assertEquals(2, model.classify("a").size());
            Failure pair = assertThrows(Failure.class, () -> model.classify("a", "b"));
            assertEquals("example 0 is a pair of texts, and this model was trained on single ones; leave the second text (\"pair\") out",
                    pair.getMessage());
        }
        // Other heads have it one way alone, and exports of before do not say.
        assertNull(ExportFacts.fineTuned("tag", false, Pooling.CLS, List.of("O", "B-X")).withPairs(false).pairs());
        assertNull(facts.pairs());
    }

    @Test
    void aNumber() throws IOException {
        ExportFacts facts = ExportFacts.fineTuned("classify", true, Pooling.CLS, List.of());
        float[] value = checkpoint(facts);
        try (ServedModel model = ServedModel.open(export(facts))) {
            assertArrayEquals(value, ask(model, "regress").get("value").data(), 1e-5f);
            assertTrue(Double.isFinite(model.regress("a")));
        }
    }

    @Test
    void tagsOfEachToken() throws IOException {
        ExportFacts facts = ExportFacts.fineTuned("tag", false, Pooling.CLS, List.of("B-X", "I-X", "O", "B-Y"));
        float[] logits = checkpoint(facts);
        try (ServedModel model = ServedModel.open(export(facts))) {
            Map<String, Values> answer = ask(model, "tag");
            assertArrayEquals(new int[] {1, 7, 4}, answer.get("logits").shape());
            assertArrayEquals(logits, answer.get("logits").data(), 1e-5f);
            assertArrayEquals(new int[] {1, 7, 4}, answer.get("probabilities").shape());
            // No pooler was trained under it.
            assertFalse(ask(model, "features").containsKey("pooled_output"));
            assertThrows(Failure.class, () -> model.embed("a", ServedModel.Pooling.POOLED));
            List<ServedModel.TaggedWord> words = model.tag("a b  a");
            assertEquals(List.of("a", "b", "a"), words.stream().map(ServedModel.TaggedWord::word).toList());
            int[] ids = {2, 0, 0, 0, 3};
            int[] encoded = model.loaded().tokenizer().encode("a b a").ids();
            System.arraycopy(encoded, 0, ids, 1, 3);
            Values direct = model.call(Call.of("tag", new Scorer.Query(ids, new int[5], new int[0]))).get("logits");
            for (int i = 0; i < 3; i++) {
                float[] row = direct.rows()[i + 1];
                int best = IntStream.range(0, 4).reduce(0, (a, b) -> row[b] > row[a] ? b : a);
                assertEquals(facts.labels().get(best), words.get(i).tag());
            }
            // Longer than the model takes: in windows.
            assertEquals(100, model.tag("a ".repeat(100)).size());
            assertThrows(Failure.class, () -> model.tag(" "));
            assertThrows(Failure.class, () -> model.answer("a", "b"));
        }
    }

    @Test
    void whereAnAnswerBeginsAndEnds() throws IOException {
        ExportFacts facts = ExportFacts.fineTuned("qa", false, Pooling.CLS, List.of());
        float[] rows = checkpoint(facts);
        try (ServedModel model = ServedModel.open(export(facts))) {
            Map<String, Values> answer = ask(model, "qa");
            float[] both = new float[14];
            System.arraycopy(answer.get("start_logits").data(), 0, both, 0, 7);
            System.arraycopy(answer.get("end_logits").data(), 0, both, 7, 7);
            assertArrayEquals(rows, both, 1e-5f);
        }
        Reading reading = new Reading(20, null, 4, 3, 5, null);
        try (ServedModel model = ServedModel.open(export(facts.with(reading)))) {
            assertEquals(reading, model.loaded().facts().reading());
            String text = "a b c d ".repeat(20);
            ServedModel.Answered answer = model.answer("a b", text);
            assertEquals(answer.best().get(0).text(), answer.text());
            assertTrue(text.contains(answer.text()) && !answer.text().isEmpty(), answer.text());
            assertEquals(1, answer.best().stream().mapToDouble(ServedModel.Candidate::probability).sum(), 1e-6);
            assertTrue(answer.best().size() <= 5);
        }
        // Where there may be none, and it need only score better by less than nothing, there is none.
        try (ServedModel model = ServedModel.open(export(facts.with(new Reading(20, null, 4, 3, 5, -1e9))))) {
            assertEquals("", model.answer("a", "b c").text());
        }
    }

    private static Map<String, Values> ask(ServedModel model, String signature) {
        return model.call(Call.of(signature, new Scorer.Query(IDS, SEGMENTS, new int[0])));
    }

    private Path export(ExportFacts facts) throws IOException {
        return SavedModelExport.export(
                new Exportable(Golden.model(), facts, directory.resolve("model.ckpt").toString(),
                        Tokenizers.load(Golden.DIRECTORY.resolve("vocab.txt"), null)),
                Precision.FLOAT32, directory.resolve("export"), null);
    }

    /** A checkpoint of random weights, and the head's logits for the text, as training computes them. */
    private float[] checkpoint(ExportFacts facts) throws IOException {
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            TaskTower tower = TaskTower.inference(
                    graph, variables, Golden.model(), facts.taskHead(), Shape.of(Inputs.FREE, Inputs.FREE), 5);
            Saver saver = Saver.create(graph, variables.trainable());
            Shape shape = Shape.of(1, IDS.length);
            try (Session session = new Session(graph);
                    TString path = TString.scalarOf(directory.resolve("model.ckpt").toString());
                    Feed feed = new Feed()
                            .ints(tower.inputs().inputIds(), shape, IDS)
                            .ints(tower.inputs().inputMask(), shape, IntStream.of(IDS).map(id -> 1).toArray())
                            .ints(tower.inputs().segmentIds(), shape, SEGMENTS)) {
                session.runner().addTarget(variables.initialise()).run().close();
                session.runner().feed(saver.filename(), path).fetch(saver.save()).run().close();
                try (Result result = feed.to(session.runner()).fetch(tower.logits()).run()) {
                    float[] logits = new float[(int) result.get(0).shape().size()];
                    ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(logits);
                    return logits;
                }
            }
        }
    }

    private static float[] softmax(float[] logits) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        float[] probabilities = new float[logits.length];
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = (float) (Math.exp(logits[i]) / sum);
        }
        return probabilities;
    }
}
