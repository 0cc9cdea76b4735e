package org.graphbert.thirdparty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.graphbert.cli.Main;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.PaddedQueries;
import org.graphbert.evaluate.Scorer.Query;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunDirectory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sentence encoders that others have trained and exported, out of Maven artifacts: imported as a user would, and run on 50
 * sentences each by graphbert and by ONNX Runtime.
 */
class ThirdPartyModelsTest {

    private static final double TOLERANCE = 1e-4;
    private static final int SENTENCES = 50;
    /** Sentences of one batch, short and long together, so that there is padding. */
    private static final int BATCH = 10;

    @TempDir
    private Path directory;

    /** The models: resources of their artifacts, our sentences, and the shape that their authors publish. */
    enum Model {
        ALL_MINILM_L6_V2("all-minilm-l6-v2.onnx", "all-minilm-l6-v2-tokenizer.json", "english", 30522, 6, 384, 12),
        BGE_SMALL_ZH_V15("bge-small-zh-v1.5.onnx", "bge-small-zh-v1.5-tokenizer.json", "chinese", 21128, 4, 512, 8);

        private final String onnx;
        private final String tokenizer;
        private final String sentences;
        private final List<Integer> sizes;

        Model(String onnx, String tokenizer, String sentences, int vocabulary, int layers, int hidden, int heads) {
            this.onnx = onnx;
            this.tokenizer = tokenizer;
            this.sentences = sentences;
            this.sizes = List.of(vocabulary, layers, hidden, heads);
        }
    }

    @ParameterizedTest
    @EnumSource
    void statesAndSimilaritiesAreThoseOfOnnxRuntime(Model model) throws IOException, OrtException {
        Path onnx = extract(model.onnx);
        RunDirectory run = new RunDirectory(directory.resolve("run"));
        assertEquals(0, Main.run("import", "--from", onnx.toString(), "--tokenizer", extract(model.tokenizer).toString(),
                "--output", run.path().toString()));
        List<Query> queries = queries(model, Tokenizers.load(run.tokenizer(), null));

        List<float[][]> expected;
        try (States reference = new OnnxRuntimeStates(onnx)) {
            expected = states(reference, queries);
        }
        List<float[][]> found;
        try (RunStates states = new RunStates(run)) {
            ModelConfig config = states.config();
            assertEquals(model.sizes, List.of(
                    config.vocabSize(), config.numHiddenLayers(), config.hiddenSize(), config.numAttentionHeads()));
            found = states(states, queries);
        }
        double states = 0;
        for (int i = 0; i < SENTENCES; i++) {
            states = Math.max(states, distance(expected.get(i), found.get(i)));
        }
        double[][] similarities = similarities(expected);
        double similarity = distance(similarities, similarities(found));
        System.out.printf(Locale.ROOT, "%s: %d sentences, %,d tokens: hidden states within %.1e, %,d similarities (%.2f to %.2f) "
                        + "within %.1e of ONNX Runtime's%n",
                model, SENTENCES, queries.stream().mapToInt(query -> query.inputIds().length).sum(), states,
                SENTENCES * (SENTENCES - 1) / 2,
                Arrays.stream(similarities).flatMapToDouble(Arrays::stream).min().orElseThrow(),
                largestOfTwo(similarities), similarity);
        assertTrue(states <= TOLERANCE, "hidden states differ by " + states);
        assertTrue(similarity <= TOLERANCE, "similarities differ by " + similarity);
    }

    private Path extract(String resource) throws IOException {
        Path file = directory.resolve(resource);
        try (InputStream in = ThirdPartyModelsTest.class.getResourceAsStream("/" + resource)) {
            Files.copy(in, file);
        }
        return file;
    }

    /** The sentences in the tokenizer's ids, which must be those of Hugging Face's tokenizers (see the README beside them). */
    private static List<Query> queries(Model model, Tokenizer tokenizer) throws IOException {
        List<String> sentences = lines(model.sentences + ".txt");
        List<String> ids = lines(model.sentences + ".ids");
        assertEquals(SENTENCES, sentences.size());
        List<Query> queries = new ArrayList<>();
        for (int i = 0; i < SENTENCES; i++) {
            int[] expected = Arrays.stream(ids.get(i).split(" ")).mapToInt(Integer::parseInt).toArray();
            int[] text = tokenizer.encode(sentences.get(i)).ids();
            int[] query = new int[text.length + 2];
            query[0] = tokenizer.special().cls();
            System.arraycopy(text, 0, query, 1, text.length);
            query[text.length + 1] = tokenizer.special().sep();
            assertArrayEquals(expected, query, sentences.get(i));
            queries.add(new Query(query, new int[query.length], new int[0]));
        }
        return queries;
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream in = ThirdPartyModelsTest.class.getResourceAsStream("/sentences/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** Of each query the states of its tokens, [S][H]. */
    private static List<float[][]> states(States model, List<Query> queries) throws OrtException {
        List<float[][]> states = new ArrayList<>();
        for (int from = 0; from < queries.size(); from += BATCH) {
            List<Query> batch = queries.subList(from, from + BATCH);
            float[][][] all = model.of(PaddedQueries.of(batch));
            for (int i = 0; i < BATCH; i++) {
                states.add(Arrays.copyOf(all[i], batch.get(i).inputIds().length));
            }
        }
        return states;
    }

    private static double distance(float[][] one, float[][] other) {
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            for (int j = 0; j < one[i].length; j++) {
                largest = worse(largest, Math.abs((double) one[i][j] - other[i][j]));
            }
        }
        return largest;
    }

    private static double distance(double[][] one, double[][] other) {
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            for (int j = 0; j < one[i].length; j++) {
                largest = worse(largest, Math.abs(one[i][j] - other[i][j]));
            }
        }
        return largest;
    }

    /** The larger; a NaN is the worst, and stays. */
    private static double worse(double one, double other) {
        return Double.isNaN(one) || one > other ? one : other;
    }

    /** Cosines of the sentences' mean states, of each with each. */
    private static double[][] similarities(List<float[][]> states) {
        double[][] means = states.stream().map(ThirdPartyModelsTest::normalisedMean).toArray(double[][]::new);
        double[][] cosines = new double[means.length][means.length];
        for (int i = 0; i < means.length; i++) {
            for (int j = 0; j < means.length; j++) {
                for (int k = 0; k < means[i].length; k++) {
                    cosines[i][j] += means[i][k] * means[j][k];
                }
            }
        }
        return cosines;
    }

    private static double[] normalisedMean(float[][] states) {
        double[] sum = new double[states[0].length];
        for (float[] state : states) {
            for (int k = 0; k < sum.length; k++) {
                sum[k] += state[k];
            }
        }
        double norm = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
        return Arrays.stream(sum).map(x -> x / norm).toArray();
    }

    private static double largestOfTwo(double[][] similarities) {
        double largest = -1;
        for (int i = 0; i < similarities.length; i++) {
            for (int j = 0; j < i; j++) {
                largest = Math.max(largest, similarities[i][j]);
            }
        }
        return largest;
    }
}
