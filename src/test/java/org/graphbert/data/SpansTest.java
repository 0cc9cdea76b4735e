package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

/** {@code --masking span}. */
class SpansTest {

    private static final long SEED = 31;
    private static final double[] SHARES = {6 / 11.0, 3 / 11.0, 2 / 11.0};

    private final NumberTokenizer tokenizer = new NumberTokenizer();

    @Property(tries = 500)
    void positionsAreSpansOfWholeWordsWithinATextApart(
            @ForAll long seed, @ForAll @DoubleRange(min = 0.01, max = 0.99) double rate) {
        Random random = new Random(seed);
        int[] tokens = record(random, 3 + random.nextInt(120), 4);
        int wanted = Math.max(1, (int) Math.rint(tokens.length * rate));
        Words words = Words.of(tokens, tokenizer, false);
        Spans spans = Spans.choose(words, wanted, Rng.keyed(seed));
        int[] positions = spans.positions();
        assertTrue(positions.length <= wanted);
        boolean[] chosen = new boolean[tokens.length];
        for (int i = 0; i < positions.length; i++) {
            assertTrue(i == 0 || positions[i] > positions[i - 1], "ascending, none twice");
            assertTrue(tokens[positions[i]] > 3, "neither [CLS] nor [SEP]");
            chosen[positions[i]] = true;
        }
        int wholeWords = 0;
        for (int w = 0; w < words.count(); w++) {
            for (int p = words.start(w); p < words.end(w); p++) {
                assertEquals(chosen[words.start(w)], chosen[p], "half a word");
            }
            wholeWords += chosen[words.start(w)] ? 1 : 0;
        }
        assertEquals(wholeWords, Arrays.stream(spans.lengths()).sum(), "words of the spans");
        assertTrue(Arrays.stream(spans.lengths()).allMatch(n -> n >= 1 && n <= 3));
    }

    /** The first span of each record has room, so that its length is the one drawn: 2 degrees of freedom, 99.99%: 18.4. */
    @Test
    void lengthsAreWeightedByOneOverN() {
        double[] seen = new double[3];
        for (int r = 0; r < 20_000; r++) {
            seen[choose(128, 19, r).lengths()[0] - 1]++;
        }
        double chiSquare = 0;
        for (int n = 0; n < 3; n++) {
            double expected = SHARES[n] * 20_000;
            chiSquare += (seen[n] - expected) * (seen[n] - expected) / expected;
        }
        assertTrue(chiSquare < 18.4, "chi-square " + chiSquare + ", " + Arrays.toString(seen) + ", seed " + SEED);
    }

    /**
     * Over all spans of a record shares differ from the weights in one way only: the last is shortened to what is left. With
     * one-token words the number to be expected of each length follows by counting down.
     */
    @Test
    void overAllSpansOnlyTheLastIsShortened() {
        int wanted = 19;
        double[][] expected = new double[wanted + 1][3];
        for (int left = 1; left <= wanted; left++) {
            for (int n = 1; n <= 3; n++) {
                int taken = Math.min(n, left);
                expected[left][taken - 1] += SHARES[n - 1];
                for (int k = 0; k < 3; k++) {
                    expected[left][k] += SHARES[n - 1] * expected[left - taken][k];
                }
            }
        }
        int records = 5000;
        double[] sums = new double[3];
        double[] squares = new double[3];
        for (int r = 0; r < records; r++) {
            Spans spans = choose(128, wanted, r);
            assertEquals(wanted, spans.positions().length);
            for (int n = 1; n <= 3; n++) {
                int length = n;
                double found = Arrays.stream(spans.lengths()).filter(l -> l == length).count();
                sums[n - 1] += found;
                squares[n - 1] += found * found;
            }
        }
        for (int n = 0; n < 3; n++) {
            double mean = sums[n] / records;
            double deviation = Math.sqrt((squares[n] / records - mean * mean) / records);
            assertEquals(expected[wanted][n], mean, 4 * deviation, (n + 1) + " words, seed " + SEED);
        }
    }

    /** Two words of one text, one of the other: three of them are never one span. */
    @Test
    void separatorsAreNotCrossed() {
        int[] tokens = {2, 10, 11, 3, 12, 3};
        boolean pair = false;
        for (int r = 0; r < 200; r++) {
            int[] lengths = Spans.choose(Words.of(tokens, tokenizer, false), 3, Rng.keyed(SEED, r)).lengths();
            assertTrue(Arrays.stream(lengths).noneMatch(n -> n == 3));
            pair |= Arrays.stream(lengths).anyMatch(n -> n == 2);
        }
        assertTrue(pair, "two words of one text are");
    }

    /** Three tokens are wanted: the word of four is passed over, of the two of two one is taken. */
    @Test
    void whatExceedsTheNumberIsShortenedOrPassedOver() {
        int piece = NumberTokenizer.FIRST_PIECE;
        int[] tokens = {2, 10, piece, piece, piece, 11, piece, 12, piece, 3};
        for (int r = 0; r < 200; r++) {
            Spans spans = Spans.choose(Words.of(tokens, tokenizer, false), 3, Rng.keyed(SEED, r));
            assertArrayEquals(new int[] {1}, spans.lengths());
            assertEquals(2, spans.positions().length);
            assertTrue(spans.positions()[0] >= 5);
        }
    }

    /** All places where a span fits are alike: with one word wanted, all words; two texts have no preferred one. */
    @Test
    void placesAreUniform() {
        int[] seen = new int[42];
        for (int r = 0; r < 20_000; r++) {
            seen[choose(42, 1, r).positions()[0]]++;
        }
        for (int p = 1; p < 41; p++) {
            double expected = 20_000 / 39.0;
            double margin = p == 21 ? 0 : 5 * Math.sqrt(expected);
            assertEquals(p == 21 ? 0 : expected, seen[p], margin, "position " + p + ", seed " + SEED);
        }
    }

    private Spans choose(int length, int wanted, int record) {
        return Spans.choose(Words.of(record(new Random(record), length, 1), tokenizer, false), wanted, Rng.keyed(SEED, record));
    }

    /** [CLS] a [SEP] b [SEP], words of up to so many pieces. */
    private static int[] record(Random random, int length, int mostPieces) {
        int[] tokens = new int[length];
        Arrays.setAll(tokens, p -> random.nextInt(mostPieces) == 0 || mostPieces == 1
                ? NumberTokenizer.FIRST_WORD + random.nextInt(500) : NumberTokenizer.FIRST_PIECE + random.nextInt(10));
        tokens[0] = 2;
        tokens[length / 2] = 3;
        tokens[length - 1] = 3;
        return tokens;
    }
}
