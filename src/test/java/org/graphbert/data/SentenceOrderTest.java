package org.graphbert.data;

import static org.graphbert.data.NumberedDocuments.contiguous;
import static org.graphbert.data.NumberedDocuments.document;
import static org.graphbert.data.NumberedDocuments.marked;
import static org.graphbert.data.NumberedDocuments.pairs;
import static org.graphbert.data.NumberedDocuments.random;
import static org.graphbert.data.NumberedDocuments.sentence;
import static org.graphbert.data.NumberedDocuments.share;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** {@code --pairs sop}: what follows A in the text is B, or, swapped, the other way round. */
class SentenceOrderTest {

    @Property(tries = 300)
    void aAndBAreNeighbours(@ForAll long seed, @ForAll @IntRange(min = 8, max = 200) int maxSeqLength) {
        List<int[][]> documents = random(new Random(seed), 4, 40, 60);
        for (Pair pair : pairs(options(maxSeqLength, 0.5), documents, seed)) {
            assertTrue(pair.length() <= maxSeqLength);
            assertEquals(contiguous(pair.a()), contiguous(pair.b()), "one document");
            int[] first = pair.label() == 0 ? pair.a() : pair.b();
            int[] second = pair.label() == 0 ? pair.b() : pair.a();
            int last = first[first.length - 1];
            boolean truncated = pair.marks().contains(Pair.Mark.TRUNCATED);
            assertTrue(truncated ? second[0] > last : second[0] == last + 1);
            if (!truncated && !pair.marks().contains(Pair.Mark.HALVED)) {
                int[][] document = documents.get(first[0] / NumberedDocuments.DOCUMENT);
                assertEquals(sentence(document, last) + 1, sentence(document, second[0]), "cut between sentences");
            }
        }
    }

    @Test
    void theRatioIsOfThoseInOrder() {
        List<int[][]> documents = random(new Random(3), 100, 200, 20);
        for (double ratio : new double[] {0, 0.3, 0.5, 1}) {
            List<Pair> made = pairs(options(64, ratio), documents, 3);
            assertEquals(ratio, share(made, 0), 4 * Math.sqrt(ratio * (1 - ratio) / made.size()), made.size() + " pairs, seed 3");
        }
    }

    /** Each tenth token begins a word: 15 tokens are cut before the tenth. */
    @Test
    void aSentenceAloneIsCutInTwoWhereAWordBegins() {
        List<Pair> made = pairs(options(64, 1), List.of(document(0, 15), document(1, 4), document(2, 1)), 1);
        assertEquals(2, made.size());
        assertEquals(2, marked(made, Pair.Mark.HALVED));
        assertEquals(10, made.get(0).a().length);
        assertEquals(5, made.get(0).b().length);
        assertArrayEquals(new int[] {NumberedDocuments.DOCUMENT, NumberedDocuments.DOCUMENT + 1}, made.get(1).a(),
                "no word begins within: in the middle");
    }

    @Test
    void aSentenceOfOneTokenIsPassedOverAndCounted() {
        List<Pair> made = new ArrayList<>();
        Pairs pairs = Pairs.of(options(64, 1), new NumberTokenizer());
        Documents documents = Documents.of(List.of(document(0, 1), document(1, 1), document(2, 2)));
        assertEquals(2, pairs.of(documents, 0, 3, Rng.keyed(1), made::add));
        assertEquals(1, made.size());
    }

    /** Where the reference takes random sentences, a long sentence goes on to the next. */
    @Test
    void aLongSentenceIsNotAlone() {
        List<Pair> made = pairs(options(32, 0.5), List.<int[][]>of(document(0, 40, 50, 60, 45, 40, 70)), 2);
        assertEquals(3, made.size());
        assertEquals(0, marked(made, Pair.Mark.HALVED));
    }

    private static PairOptions options(int maxSeqLength, double ratio) {
        return new PairOptions(maxSeqLength, 0.1, PairTask.SOP, ratio, Negatives.RANDOM, false, false);
    }
}
