package org.graphbert.data;

import static org.graphbert.data.NumberedDocuments.contiguous;
import static org.graphbert.data.NumberedDocuments.marked;
import static org.graphbert.data.NumberedDocuments.pairs;
import static org.graphbert.data.NumberedDocuments.random;
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

/** Next-sentence pairs as in the reference. */
class PairsTest {

    @Property(tries = 300)
    void followTheRules(
            @ForAll long seed, @ForAll @IntRange(min = 8, max = 200) int maxSeqLength, @ForAll @IntRange(min = 2, max = 9) int count) {
        List<int[][]> documents = random(new Random(seed), count, 40, 60);
        Pairs pairs = Pairs.of(PairOptions.nextSentence(maxSeqLength, 0.1, 0.5), new NumberTokenizer());
        for (int d = 0; d < count; d++) {
            int document = d;
            List<Pair> made = new ArrayList<>();
            assertEquals(0, pairs.of(Documents.of(documents), d, d + 1, Rng.keyed(seed, d), made::add));
            assertTrue(!made.isEmpty());
            for (Pair pair : made) {
                assertTrue(pair.length() <= maxSeqLength, () -> "length " + pair.length());
                assertTrue(pair.a().length >= 1 && pair.b().length >= 1);
                assertEquals(document, contiguous(pair.a()));
                int other = contiguous(pair.b());
                if (pair.label() == 1) {
                    assertNotEquals(document, other);
                } else {
                    assertEquals(document, other);
                    int last = pair.a()[pair.a().length - 1];
                    // Next to each other, but for what truncation took from between them.
                    assertTrue(truncated(pair) ? pair.b()[0] > last : pair.b()[0] == last + 1);
                }
                assertTrue(!pair.marks().contains(Pair.Mark.FORCED) || pair.label() == 1);
            }
        }
    }

    /** Without truncation every token of the document stands in an A, or in a B that is next. */
    @Property(tries = 100)
    void nothingGoesToWaste(@ForAll long seed) {
        List<int[][]> documents = random(new Random(seed), 3, 40, 5);
        int tokens = 0;
        for (int[] sentence : documents.get(0)) {
            tokens += sentence.length;
        }
        List<Pair> made = new ArrayList<>();
        Pairs.of(PairOptions.nextSentence(512, 0.5, 0.5), new NumberTokenizer())
                .of(Documents.of(documents), 0, 1, Rng.keyed(seed), made::add);
        int used = 0;
        for (Pair pair : made) {
            used += truncated(pair) ? tokens : pair.a().length + (pair.label() == 1 ? 0 : pair.b().length);
        }
        assertTrue(used >= tokens, used + " of " + tokens);
    }

    @Test
    void shares() {
        List<int[][]> documents = random(new Random(5), 400, 200, 30);
        Pairs pairs = Pairs.of(PairOptions.DEFAULT, new NumberTokenizer());
        Rng rng = Rng.keyed(5);
        List<Pair> made = new ArrayList<>();
        int shortDocuments = 0;
        for (int d = 0; d < documents.size(); d++) {
            int before = made.size();
            pairs.of(Documents.of(documents), d, d + 1, rng, made::add);
            shortDocuments += made.get(before).marks().contains(Pair.Mark.SHORT_TARGET) ? 1 : 0;
        }
        double n = made.size() - marked(made, Pair.Mark.FORCED);
        double notNext = made.stream().filter(p -> !p.marks().contains(Pair.Mark.FORCED) && p.label() == 1).count();
        assertEquals(0.5, notNext / n, 4 * 0.5 / Math.sqrt(n));
        assertEquals(0.1, shortDocuments / 400.0, 4 * 0.3 / 20);
        int full = (int) made.stream().filter(p -> !p.marks().contains(Pair.Mark.SHORT_TARGET) && p.length() == 128).count();
        assertTrue(full > made.size() / 3, full + " full of " + made.size());
    }

    @Test
    void positiveRatio() {
        List<int[][]> documents = random(new Random(6), 20, 200, 10);
        for (double ratio : new double[] {0, 1}) {
            List<Pair> made = pairs(PairOptions.nextSentence(64, 0, ratio), documents, 6);
            assertTrue(made.stream().filter(p -> !p.marks().contains(Pair.Mark.FORCED))
                    .allMatch(p -> p.label() == (ratio == 0 ? 1 : 0)));
        }
    }

    private static boolean truncated(Pair pair) {
        return pair.marks().contains(Pair.Mark.TRUNCATED);
    }
}
