package org.graphbert.data;

import static org.graphbert.data.NumberedDocuments.contiguous;
import static org.graphbert.data.NumberedDocuments.marked;
import static org.graphbert.data.NumberedDocuments.pairs;
import static org.graphbert.data.NumberedDocuments.random;
import static org.graphbert.data.NumberedDocuments.sentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** {@code --negatives same-document}. */
class SameDocumentTest {

    @Property(tries = 200)
    void comeFromElsewhereInTheSameDocument(@ForAll long seed) {
        List<int[][]> documents = random(new Random(seed), 5, 60, 20);
        for (Pair pair : pairs(options(0.5), documents, seed)) {
            int document = contiguous(pair.a());
            int other = contiguous(pair.b());
            assertTrue(pair.length() <= 64);
            if (pair.marks().contains(Pair.Mark.FALLBACK)) {
                assertEquals(1, pair.label());
                assertNotEquals(document, other);
            } else {
                assertEquals(document, other);
                if (pair.label() == 1) {
                    notAdjacent(documents.get(document), pair);
                }
            }
        }
    }

    /** Between A and B lies a sentence at least, so that B is neither what follows A nor what A follows. */
    private static void notAdjacent(int[][] document, Pair pair) {
        int aFirst = sentence(document, pair.a()[0]);
        int aLast = sentence(document, pair.a()[pair.a().length - 1]);
        int bFirst = sentence(document, pair.b()[0]);
        int bLast = sentence(document, pair.b()[pair.b().length - 1]);
        assertTrue(bLast < aFirst - 1 || bFirst > aLast + 1, () -> "A " + aFirst + "-" + aLast + ", B " + bFirst + "-" + bLast);
    }

    @Test
    void shortDocumentsFallBackAndSayHowMany() {
        List<int[][]> documents = List.of(
                NumberedDocuments.document(0, 10, 10), NumberedDocuments.document(1, 20, 7), NumberedDocuments.document(2, 5));
        List<Pair> made = pairs(options(0), documents, 1);
        assertEquals(made.size(), marked(made, Pair.Mark.FALLBACK));
        assertTrue(made.size() >= 3);
    }

    /** Runs that end at their document's end or at A are lengthened at their front, so that nearly all fill the record. */
    @Test
    void lengthsDoNotGiveThemAway() {
        List<int[][]> documents = new ArrayList<>();
        Random random = new Random(4);
        for (int d = 0; d < 300; d++) {
            documents.add(NumberedDocuments.document(d, random.ints(20, 8, 16).toArray()));
        }
        PairOptions noShort = new PairOptions(64, 0, PairTask.NSP, 0.5, Negatives.SAME_DOCUMENT, false, false);
        double[] full = new double[2];
        double[] count = new double[2];
        for (Pair pair : pairs(noShort, documents, 4)) {
            full[pair.label()] += pair.length() == 64 ? 1 : 0;
            count[pair.label()]++;
        }
        String shares = full[0] / count[0] + " of IsNext, " + full[1] / count[1] + " of NotNext are full";
        assertTrue(full[1] / count[1] > 0.95 && full[0] / count[0] < full[1] / count[1], shares);
    }

    private static PairOptions options(double ratio) {
        return new PairOptions(64, 0.1, PairTask.NSP, ratio, Negatives.SAME_DOCUMENT, false, false);
    }
}
