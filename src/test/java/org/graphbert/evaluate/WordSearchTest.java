package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.WordSearch.Found;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A beam as wide as the vocabulary finds what trying everything finds. */
class WordSearchTest {

    private static final int WIDE = 2000;

    @TempDir
    private static Path directory;

    private static Tokenizer tokenizer;

    @BeforeAll
    static void vocabulary() throws IOException {
        tokenizer = Tokenizers.load(Tiny.vocabulary(directory), null);
    }

    /** A model whose probabilities at a position depend on all that it sees, and on nothing else. */
    private static final class Hashed implements Scorer {

        /** ln p of each token. */
        static double[] at(int[] ids, int position) {
            Random random = new Random(31L * Arrays.hashCode(ids) + position);
            double[] logits = random.doubles(tokenizer.size(), -4, 4).toArray();
            double normaliser = Math.log(Arrays.stream(logits).map(Math::exp).sum());
            return Arrays.stream(logits).map(logit -> logit - normaliser).toArray();
        }

        @Override
        public Likely[][] likeliest(List<Query> queries, int count, float[] allowed) {
            return queries.stream()
                    .map(query -> Arrays.stream(query.maskedPositions())
                            .mapToObj(position -> {
                                double[] logs = at(query.inputIds(), position);
                                int[] ids = IntStream.range(0, logs.length)
                                        .filter(id -> allowed[id] == 0)
                                        .boxed()
                                        .sorted(Comparator.comparingDouble((Integer id) -> -logs[id]))
                                        .limit(count)
                                        .mapToInt(id -> id)
                                        .toArray();
                                float[] found = new float[ids.length];
                                IntStream.range(0, ids.length).forEach(i -> found[i] = (float) logs[ids[i]]);
                                return new Likely(ids, found);
                            })
                            .toArray(Likely[]::new))
                    .toArray(Likely[][]::new);
        }

        @Override
        public double[] isNext(List<Query> queries) {
            throw new UnsupportedOperationException();
        }

        @Override
        public float[][][] hiddenStates(List<Query> queries, int[] layers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelConfig config() {
            return Tiny.model(0);
        }

        @Override
        public void close() {}
    }

    private static WordSearch search(int maxPieces, boolean wholeWords, int width) {
        return new WordSearch(tokenizer, new Hashed(), new WordSearch.Options(maxPieces, wholeWords, width, 7));
    }

    @Test
    void wordsOfOneAndTwoPieces() {
        WordSearch search = search(2, true, WIDE);
        List<Found> found = search.each(List.of(search.masked("ba [MASK] bi [MASK] .")), WIDE).get(0).get(1);

        int[] one = ids("[CLS] ba [MASK] bi [MASK] . [SEP]");
        int[] two = ids("[CLS] ba [MASK] bi [MASK] [MASK] . [SEP]");
        List<Found> expected = new ArrayList<>();
        double ofTwo = 0;
        for (int first = 5; first < tokenizer.size(); first++) {
            if (tokenizer.startsWord(first)) {
                expected.add(word(Hashed.at(one, 4)[first], first));
                int[] begun = two.clone();
                begun[4] = first;
                for (int second = 5; second < tokenizer.size(); second++) {
                    double log = Hashed.at(two, 4)[first] + Hashed.at(begun, 5)[second];
                    ofTwo += Math.exp(log);
                    // Nothing follows a full stop in a word.
                    if (!tokenizer.startsWord(second) && first != 5) {
                        expected.add(word(log, first, second));
                    }
                }
            }
        }
        expected.sort(Comparator.comparingDouble(Found::score).reversed());
        assertEquals(expected.stream().map(Found::tokens).toList(), found.stream().map(Found::tokens).toList());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).words(), found.get(i).words());
            assertEquals(expected.get(i).probability(), found.get(i).probability(), 1e-6);
            assertEquals(expected.get(i).score(), found.get(i).score(), 1e-6);
        }
        assertTrue(ofTwo > 0.3 && ofTwo <= 1 + 1e-9, "of words of two pieces, the probabilities are shares of 1: " + ofTwo);
    }

    @Test
    void masksTogether() {
        WordSearch search = search(1, false, WIDE);
        List<Found> found = search.together(List.of(search.masked("[MASK] ba [MASK]")), 3).get(0);
        int[] open = ids("[CLS] [MASK] ba [MASK] [SEP]");
        List<Found> expected = new ArrayList<>();
        for (int first = 0; first < tokenizer.size(); first++) {
            int[] begun = open.clone();
            begun[1] = first;
            double[] second = Hashed.at(begun, 3);
            for (int id = 0; id < second.length; id++) {
                double log = Hashed.at(open, 1)[first] + second[id];
                expected.add(new Found(List.of(tokenizer.token(first), tokenizer.token(id)), List.of(), Math.exp(log), Math.exp(log / 2)));
            }
        }
        expected.sort(Comparator.comparingDouble(Found::score).reversed());
        for (int i = 0; i < 3; i++) {
            assertEquals(expected.get(i).words(), found.get(i).words());
            assertEquals(expected.get(i).probability(), found.get(i).probability(), 1e-6);
            assertEquals(expected.get(i).score(), found.get(i).score(), 1e-6);
        }
    }

    @Test
    void aNarrowBeamFindsTheSameBestOfOnePiece() {
        WordSearch wide = search(2, true, WIDE);
        WordSearch narrow = search(2, true, 1);
        MaskedText text = wide.masked("ba [MASK] .");
        Found best = wide.each(List.of(text), WIDE).get(0).get(0).stream()
                .filter(found -> found.tokens().get(0).size() == 1)
                .findFirst()
                .orElseThrow();
        assertTrue(narrow.each(List.of(text), 2).get(0).get(0).contains(best));
    }

    @Test
    void tooManyCombinationsAreRefused() {
        WordSearch search = search(4, true, 1);
        MaskedText text = search.masked("[MASK] [MASK] [MASK] [MASK] [MASK]");
        String message = assertThrows(Failure.class, () -> search.together(List.of(text), 1)).getMessage();
        assertTrue(message.contains("5 [MASK]s of up to 4 pieces each are 1,024 combinations, expected at most 256"), message);
        assertEquals(5, search.each(List.of(text), 1).get(0).size());
    }

    private static int[] ids(String tokens) {
        return Arrays.stream(tokens.split(" ")).mapToInt(token -> tokenizer.id(token).orElseThrow()).toArray();
    }

    private static Found word(double log, int... ids) {
        List<String> tokens = IntStream.of(ids).mapToObj(tokenizer::token).toList();
        String word = String.join("", tokens).replace("##", "");
        return new Found(List.of(word), List.of(tokens), Math.exp(log), Math.exp(log / ids.length));
    }
}
