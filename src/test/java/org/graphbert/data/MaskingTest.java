package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MaskingTest {

    private final NumberTokenizer tokenizer = new NumberTokenizer();

    @Property(tries = 500)
    void holdsForEveryRecord(
            @ForAll long seed,
            @ForAll MaskUnit unit,
            @ForAll @IntRange(min = 1, max = 30) int most,
            @ForAll @DoubleRange(min = 0.01, max = 0.9) double rate) {
        Pair pair = pair(new Random(seed), 60);
        int[] tokens = pair.tokens(tokenizer.special());
        Masked masked = Masking.of(MaskOptions.of(rate, most, unit), tokenizer).mask(tokens, Rng.keyed(seed));
        int wanted = Math.min(most, Math.max(1, (int) Math.rint(tokens.length * rate)));
        assertTrue(masked.positions().length <= wanted);
        int[] restored = masked.ids().clone();
        int last = -1;
        for (int i = 0; i < masked.positions().length; i++) {
            int p = masked.positions()[i];
            assertTrue(p > last, "ascending");
            last = p;
            assertTrue(tokens[p] != 2 && tokens[p] != 3, "never [CLS] or [SEP]");
            restored[p] = masked.labels()[i];
        }
        assertArrayEquals(tokens, restored);
        if (unit == MaskUnit.TOKEN) {
            assertEquals(Math.min(wanted, tokens.length - 3), masked.positions().length);
        } else {
            wholeWords(tokens, masked.positions());
            full(tokens, masked.positions(), wanted);
        }
        assertEquals(tokens.length, pair.length());
        assertEquals(unit == MaskUnit.SPAN && masked.positions().length > 0, masked.spans().length > 0);
    }

    @Test
    void sharesAreThoseOfThePaper() {
        Masking masking = Masking.of(MaskOptions.standard(128), tokenizer);
        Random random = new Random(11);
        double tokens = 0;
        double selected = 0;
        double byMask = 0;
        double atRandom = 0;
        double kept = 0;
        int[] places = new int[128];
        for (int i = 0; i < 4000; i++) {
            int[] record = new int[128];
            Arrays.setAll(record, p -> 5 + random.nextInt(5000));
            record[0] = 2;
            record[60] = 3;
            record[127] = 3;
            Masked masked = masking.mask(record, Rng.keyed(11, i));
            tokens += 128;
            selected += masked.positions().length;
            byMask += masked.byMask();
            atRandom += masked.atRandom();
            kept += masked.kept();
            for (int p : masked.positions()) {
                places[p]++;
            }
        }
        assertEquals(19.0 / 128, selected / tokens, 1e-9); // round(19.2) = 19 of 128
        assertEquals(0.8, byMask / selected, 4 * 0.4 / Math.sqrt(selected));
        assertEquals(0.1, atRandom / selected, 4 * 0.3 / Math.sqrt(selected));
        assertEquals(0.1, kept / selected, 4 * 0.3 / Math.sqrt(selected));
        for (int p = 1; p < 127; p++) {
            assertEquals(p == 60 ? 0 : selected / 125, places[p], p == 60 ? 0 : 5.5 * Math.sqrt(selected / 125));
        }
    }

    @Property(tries = 300)
    void remaskingStartsFromTheOriginal(@ForAll long seed, @ForAll MaskUnit unit) {
        MaskOptions options = MaskOptions.of(0.15, 20, unit);
        Masking masking = Masking.of(options, tokenizer);
        Pair pair = pair(new Random(seed), 50);
        int[] tokens = pair.tokens(tokenizer.special());
        Example example = Example.of(pair, masking.mask(tokens, Rng.keyed(seed)), 128, 20);
        assertArrayEquals(tokens, example.originalTokens());
        Example again = masking.remask(example, seed, 3, 7);
        assertArrayEquals(tokens, again.originalTokens());
        assertArrayEquals(example.inputMask(), again.inputMask());
        assertArrayEquals(example.segmentIds(), again.segmentIds());
        assertEquals(example.nextSentenceLabel(), again.nextSentenceLabel());
        ExampleCodecTest.same(again, masking.remask(example, seed, 3, 7));
        // From a masked record and from its re-masked form alike: only the original tokens count.
        ExampleCodecTest.same(again, masking.remask(masking.remask(example, seed, 1, 7), seed, 3, 7));
    }

    @Test
    void epochsAndRecordsDiffer() {
        Masking masking = Masking.of(MaskOptions.standard(128), tokenizer);
        Pair pair = pair(new Random(3), 62);
        Example example = Example.of(pair, masking.mask(pair.tokens(tokenizer.special()), Rng.keyed(3)), 128, 20);
        Set<String> seen = new HashSet<>();
        for (int epoch = 0; epoch < 5; epoch++) {
            for (int record = 0; record < 5; record++) {
                seen.add(Arrays.toString(masking.remask(example, 1, epoch, record).maskedLmPositions()));
            }
        }
        assertEquals(25, seen.size());
    }

    private void wholeWords(int[] tokens, int[] positions) {
        Set<Integer> chosen = new HashSet<>();
        Arrays.stream(positions).forEach(chosen::add);
        for (int p = 1; p < tokens.length; p++) {
            assertFalse(goesOn(tokens, p) && chosen.contains(p) != chosen.contains(p - 1), "half a word at " + p);
        }
    }

    /** No word is left that would still fit. */
    private void full(int[] tokens, int[] positions, int wanted) {
        Set<Integer> chosen = new HashSet<>();
        Arrays.stream(positions).forEach(chosen::add);
        for (int p = 1; p < tokens.length; p++) {
            if (tokens[p] != 3 && !goesOn(tokens, p) && !chosen.contains(p)) {
                int end = p + 1;
                while (goesOn(tokens, end)) {
                    end++;
                }
                assertTrue(positions.length + end - p > wanted, "room for the word at " + p);
            }
        }
    }

    /** Whether a piece goes on with the word before it. */
    private boolean goesOn(int[] tokens, int p) {
        return tokens[p] >= NumberTokenizer.FIRST_PIECE && tokens[p - 1] > 3;
    }

    /** A and B of up to so many tokens, B perhaps beginning with the rest of a word. */
    private Pair pair(Random random, int most) {
        return new Pair(tokens(random, most), tokens(random, most), random.nextInt(2), Set.of());
    }

    private int[] tokens(Random random, int most) {
        return random.ints(1 + random.nextInt(most), 0, 4)
                .map(kind -> kind == 0 ? NumberTokenizer.FIRST_PIECE + random.nextInt(10) : 5 + random.nextInt(5000))
                .toArray();
    }
}
