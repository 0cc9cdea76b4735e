package org.graphbert.data;

import static org.graphbert.data.NumberedDocuments.SEP;
import static org.graphbert.data.NumberedDocuments.contiguous;
import static org.graphbert.data.NumberedDocuments.document;
import static org.graphbert.data.NumberedDocuments.marked;
import static org.graphbert.data.NumberedDocuments.pairs;
import static org.graphbert.data.NumberedDocuments.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** {@code --pairs none}. */
class FullSentencesTest {

    @Property(tries = 300)
    void everyTokenStandsInOneRecord(
            @ForAll long seed,
            @ForAll boolean acrossDocuments,
            @ForAll @IntRange(min = 8, max = 100) int maxSeqLength,
            @ForAll @DoubleRange(min = 0, max = 1) double shortSeqProb) {
        List<int[][]> documents = random(new Random(seed), 6, 30, 60);
        List<Pair> made = pairs(options(maxSeqLength, shortSeqProb, acrossDocuments), documents, seed);
        int[] text = made.stream().flatMapToInt(p -> IntStream.of(p.a())).filter(id -> id != SEP).toArray();
        int[] corpus = documents.stream().flatMap(Arrays::stream).flatMapToInt(IntStream::of).toArray();
        assertArrayEquals(corpus, text, "all of it, in its order");
        for (Pair pair : made) {
            assertTrue(pair.length() <= maxSeqLength, () -> "length " + pair.length());
            assertEquals(0, pair.label());
            assertEquals(0, pair.b().length);
            separated(pair.a(), acrossDocuments);
        }
    }

    /** [SEP] stands between documents, and nowhere else. */
    private static void separated(int[] tokens, boolean acrossDocuments) {
        assertTrue(tokens[0] != SEP && tokens[tokens.length - 1] != SEP);
        int from = 0;
        int document = -1;
        for (int p = 0; p <= tokens.length; p++) {
            if (p == tokens.length || tokens[p] == SEP) {
                int next = contiguous(Arrays.copyOfRange(tokens, from, p));
                assertNotEquals(document, next);
                assertTrue(document < 0 || acrossDocuments);
                document = next;
                from = p + 1;
            }
        }
    }

    @Test
    void sentencesStayWholeWhereTheyFit() {
        // Room for 14: 6 + 7, 8 + 6, 9 (with the 20 next, which fills 10 and then, from a word on, 10 more).
        List<Pair> made = pairs(options(16, 0, false), List.<int[][]>of(document(0, 6, 7, 8, 6, 3, 20)), 1);
        assertArrayEquals(new int[] {13, 14, 3, 10, 10}, made.stream().mapToInt(p -> p.a().length).toArray());
        assertEquals(1, marked(made, Pair.Mark.CUT));
        assertEquals(40, made.get(4).a()[0], "a word begins");
    }

    @Test
    void recordsGoOnIntoTheNextDocumentOnRequest() {
        List<int[][]> documents = List.of(document(0, 5), document(1, 4), document(2, 3, 2));
        assertArrayEquals(new int[] {5, 4, 5}, lengths(pairs(options(16, 0, false), documents, 1)));
        List<Pair> across = pairs(options(16, 0, true), documents, 1);
        assertArrayEquals(new int[] {5 + 1 + 4 + 1 + 3, 2}, lengths(across));
        assertEquals(SEP, across.get(0).a()[5]);
    }

    @Test
    void shortTargetsAreForTheirDocument() {
        List<int[][]> documents = random(new Random(8), 300, 100, 4);
        List<Pair> made = pairs(options(64, 0.3, false), documents, 8);
        double shortDocuments = made.stream().filter(p -> p.marks().contains(Pair.Mark.SHORT_TARGET))
                .mapToInt(p -> contiguous(p.a())).distinct().count();
        assertEquals(0.3, shortDocuments / 300, 4 * Math.sqrt(0.3 * 0.7 / 300), "seed 8");
        double mean = made.stream().filter(p -> p.marks().contains(Pair.Mark.SHORT_TARGET))
                .mapToInt(p -> p.a().length).average().orElseThrow();
        assertTrue(mean < 25, "mean length of short records " + mean);
    }

    @Test
    void aSingleTextHasOneSegment() {
        NumberTokenizer tokenizer = new NumberTokenizer();
        Pair text = new Pair(new int[] {7, 8, 3, 9}, new int[0], 0, Pair.marks(new Target(14, false)));
        int[] tokens = text.tokens(tokenizer.special());
        assertArrayEquals(new int[] {2, 7, 8, 3, 9, 3}, tokens);
        Masked masked = Masking.of(MaskOptions.of(0.9, 4, MaskUnit.TOKEN), tokenizer).mask(tokens, Rng.keyed(1));
        assertArrayEquals(new int[] {1, 2, 4}, masked.positions(), "no [SEP], wherever it stands");
        Example example = Example.of(text, masked, 8, 4);
        assertArrayEquals(new int[8], example.segmentIds());
        assertEquals(0, example.nextSentenceLabel());
        assertEquals(6, example.length());
    }

    private static int[] lengths(List<Pair> pairs) {
        return pairs.stream().mapToInt(p -> p.a().length).toArray();
    }

    private static PairOptions options(int maxSeqLength, double shortSeqProb, boolean acrossDocuments) {
        return new PairOptions(maxSeqLength, shortSeqProb, PairTask.NONE, 0.5, Negatives.RANDOM, false, acrossDocuments);
    }
}
