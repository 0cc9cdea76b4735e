package org.graphbert.data;

import static org.graphbert.data.NumberedDocuments.marked;
import static org.graphbert.data.NumberedDocuments.pairs;
import static org.graphbert.data.NumberedDocuments.share;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The share of IsNext, on texts in which many pairs cannot be IsNext. */
class LabelBalanceTest {

    private static final long SEED = 77;

    /** A third of the records are of one-sentence documents; the others have seven sentences, of which 4 or so fill one. */
    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5, 0.6})
    void theShareIsThatAskedForThoughAThirdIsForced(double ratio) {
        List<int[][]> documents = documents(2);
        List<Pair> made = pairs(balanced(ratio), documents, SEED);
        double forced = (double) marked(made, Pair.Mark.FORCED) / made.size();
        assertTrue(forced > 0.25 && forced < 0.4, "forced " + forced);
        assertEquals(ratio, share(made, 0), 0.01, "seed " + SEED + ", " + made.size() + " pairs");

        double reference = share(pairs(PairOptions.nextSentence(64, 0.1, ratio), documents, SEED), 0);
        assertTrue(reference < ratio - 0.05, "the reference's share is " + reference);
    }

    @Test
    void whatCannotBeReachedComesAsNearAsItCan() {
        List<Pair> made = pairs(balanced(0.9), documents(2), SEED);
        assertEquals(made.size() - marked(made, Pair.Mark.FORCED), made.size() * share(made, 0), 8, "all that can be are IsNext");
    }

    /** Sentences as long as a record: the reference has nothing but NotNext. */
    @Test
    void aLongSentenceIsFollowedByTheNext() {
        List<int[][]> documents = new ArrayList<>();
        for (int d = 0; d < 50; d++) {
            documents.add(NumberedDocuments.document(d, 80, 70, 90, 75, 80, 100, 61, 70, 80, 90));
        }
        assertEquals(1, share(pairs(PairOptions.nextSentence(64, 0, 0.5), documents, SEED), 1));
        List<Pair> made = pairs(balanced(0.5), documents, SEED);
        assertEquals(0.5, share(made, 0), 0.02);
        assertTrue(marked(made, Pair.Mark.FORCED) <= 50, "only last sentences are left alone");
    }

    @Test
    void withoutForcedPairsLabelsAreNotForeseen() {
        LabelBalance balance = new LabelBalance(0.5);
        Rng rng = Rng.keyed(SEED);
        int repeated = 0;
        boolean before = false;
        for (int i = 0; i < 10_000; i++) {
            boolean next = rng.uniform() < balance.probability();
            balance.add(true, next);
            repeated += next == before ? 1 : 0;
            before = next;
        }
        assertEquals(0.47, repeated / 10_000.0, 0.03, "label after a like one, seed " + SEED);
    }

    private static PairOptions balanced(double ratio) {
        return new PairOptions(64, 0.1, PairTask.NSP, ratio, Negatives.RANDOM, true, false);
    }

    /** Of so many documents, one has several sentences and makes two pairs or so. */
    private static List<int[][]> documents(int each) {
        Random random = new Random(SEED);
        List<int[][]> documents = new ArrayList<>();
        for (int d = 0; d < 2000; d++) {
            int sentences = d % each == 0 ? 7 : 1;
            documents.add(NumberedDocuments.document(d, random.ints(sentences, 5, 25).toArray()));
        }
        return documents;
    }
}
