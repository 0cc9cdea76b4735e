package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Token ids here are 100,000 · document + place in the document, so that each tells where it is from. */
class PairsTest {

    private static final int DOCUMENT = 100_000;

    @Property(tries = 300)
    void followTheRules(
            @ForAll long seed, @ForAll @IntRange(min = 8, max = 200) int maxSeqLength, @ForAll @IntRange(min = 2, max = 9) int count) {
        List<int[][]> documents = documents(new Random(seed), count, 40, 60);
        Pairs pairs = new Pairs(PairOptions.nextSentence(maxSeqLength, 0.1, 0.5));
        for (int d = 0; d < count; d++) {
            int document = d;
            List<Pair> made = new ArrayList<>();
            pairs.of(documents, d, Rng.keyed(seed, d), made::add);
            assertTrue(!made.isEmpty());
            for (Pair pair : made) {
                assertTrue(pair.length() <= maxSeqLength, () -> "length " + pair.length());
                assertTrue(pair.a().length >= 1 && pair.b().length >= 1);
                assertEquals(document, contiguous(pair.a()));
                int other = contiguous(pair.b());
                if (pair.notNext()) {
                    assertNotEquals(document, other);
                } else {
                    assertEquals(document, other);
                    int last = pair.a()[pair.a().length - 1];
                    // Next to each other, but for what truncation took from between them.
                    assertTrue(pair.truncated() ? pair.b()[0] > last : pair.b()[0] == last + 1);
                }
                assertTrue(!pair.forced() || pair.notNext());
            }
        }
    }

    /** Without truncation every token of the document stands in an A, or in a B that is next. */
    @Property(tries = 100)
    void nothingGoesToWaste(@ForAll long seed) {
        List<int[][]> documents = documents(new Random(seed), 3, 40, 5);
        int tokens = 0;
        for (int[] sentence : documents.get(0)) {
            tokens += sentence.length;
        }
        List<Pair> made = new ArrayList<>();
        new Pairs(PairOptions.nextSentence(512, 0.5, 0.5)).of(documents, 0, Rng.keyed(seed), made::add);
        int used = 0;
        for (Pair pair : made) {
            used += pair.truncated() ? tokens : pair.a().length + (pair.notNext() ? 0 : pair.b().length);
        }
        assertTrue(used >= tokens, used + " of " + tokens);
    }

    @Test
    void shares() {
        Random random = new Random(5);
        List<int[][]> documents = documents(random, 400, 200, 30);
        Rng rng = Rng.keyed(5);
        List<Pair> made = new ArrayList<>();
        int shortDocuments = 0;
        for (int d = 0; d < documents.size(); d++) {
            int before = made.size();
            new Pairs(PairOptions.DEFAULT).of(documents, d, rng, made::add);
            shortDocuments += made.get(before).shortTarget() ? 1 : 0;
        }
        double n = made.stream().filter(p -> !p.forced()).count();
        double notNext = made.stream().filter(p -> !p.forced() && p.notNext()).count();
        assertEquals(0.5, notNext / n, 4 * 0.5 / Math.sqrt(n));
        assertEquals(0.1, shortDocuments / 400.0, 4 * 0.3 / 20);
        int full = (int) made.stream().filter(p -> !p.shortTarget() && p.length() == 128).count();
        assertTrue(full > made.size() / 3, full + " full of " + made.size());
    }

    @Test
    void positiveRatio() {
        List<int[][]> documents = documents(new Random(6), 20, 200, 10);
        for (double ratio : new double[] {0, 1}) {
            List<Pair> made = new ArrayList<>();
            for (int d = 0; d < 20; d++) {
                new Pairs(PairOptions.nextSentence(64, 0, ratio)).of(documents, d, Rng.keyed(6, d), made::add);
            }
            assertTrue(made.stream().filter(p -> !p.forced()).allMatch(p -> p.notNext() == (ratio == 0)));
        }
    }

    /** The document of a run of tokens that follow each other. */
    private static int contiguous(int[] tokens) {
        for (int i = 1; i < tokens.length; i++) {
            assertEquals(tokens[i - 1] + 1, tokens[i]);
        }
        return tokens[0] / DOCUMENT;
    }

    private static List<int[][]> documents(Random random, int count, int mostSentences, int mostTokens) {
        List<int[][]> documents = new ArrayList<>();
        for (int d = 0; d < count; d++) {
            int[][] sentences = new int[1 + random.nextInt(mostSentences)][];
            int next = d * DOCUMENT;
            for (int s = 0; s < sentences.length; s++) {
                sentences[s] = new int[1 + random.nextInt(mostTokens)];
                for (int t = 0; t < sentences[s].length; t++) {
                    sentences[s][t] = next++;
                }
            }
            documents.add(sentences);
        }
        return documents;
    }
}
