package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.graphbert.config.Batch;
import org.junit.jupiter.api.Test;

/** Figures of five masked tokens and two pairs, worked out by hand. */
class EvaluationDetailsTest {

    private static final int MASK = 4;
    private static final Evaluation OVERALL = new Evaluation(0, 0, 1, null, 0.0, 0.0, 2, 5);

    /** Two sequences of 16 with three predictions each, the last of the second without weight. */
    private static Batch batch() {
        int[] ids = new int[32];
        ids[1] = MASK; // was 10
        ids[2] = 11;   // kept
        ids[15] = 7;   // was 12
        ids[16 + 1] = MASK; // was 10
        ids[16 + 9] = MASK; // was 13
        return new Batch(2, 16, 3, ids, new int[32], new int[32], new int[] {1, 2, 15, 1, 9, 0}, new int[] {10, 11, 12, 10, 13, 0},
                new float[] {1, 1, 1, 1, 1, 0}, new int[] {0, 1}, new long[] {0, 1});
    }

    private static MeasuredBatch measured() {
        return new MeasuredBatch(
                Sums.NONE,
                new float[] {1, 0.5f, 4, 2, 3, 99},
                new float[] {0, 0, 5, 4, 20, 0},
                new float[] {0.75f, 0.95f, 0.25f, 0.25f, 0.05f, 1},
                new double[] {0.5, 0.75});
    }

    @Test
    void tokensByKindFrequencyAndPosition() {
        long[] counts = new long[13];
        counts[10] = 9;
        counts[11] = 10;
        counts[12] = 1_000_000;
        EvaluationDetails details =
                new EvaluationDetails(16, OptionalInt.of(MASK), Optional.of(counts), List.of("IsNext", "NotNext"));
        details.add(batch(), measured());
        DetailedEvaluation found = details.with(OVERALL);
        assertEquals(3 / 5.0, found.accuracyAt5());
        assertEquals(List.of("masked", "random", "kept"), List.copyOf(found.byMaskKind().keySet()));
        assertEquals(new TokenFigures(3, 2, Math.exp(2), 1 / 3.0, 2 / 3.0), found.byMaskKind().get("masked"));
        assertEquals(new TokenFigures(1, 4, Math.exp(4), 0, 0), found.byMaskKind().get("random"));
        assertEquals(new TokenFigures(1, 0.5, Math.exp(0.5), 1, 1), found.byMaskKind().get("kept"));
        // Token 13 is beyond the counts: it never occurred.
        assertEquals(List.of("0", "1 to 9", "10 to 99", "1,000,000 and more"), found.byFrequency().stream().map(Bands.Band::name).toList());
        assertEquals(new TokenFigures(2, 1.5, Math.exp(1.5), 0.5, 1), found.byFrequency().get(1).figures());
        assertEquals(List.of("0 to 1", "2 to 3", "8 to 9", "14 to 15"), found.byPosition().stream().map(Bands.Band::name).toList());
        assertEquals(new TokenFigures(2, 1.5, Math.exp(1.5), 0.5, 1), found.byPosition().get(0).figures());
    }

    @Test
    void calibrationAndConfusion() {
        EvaluationDetails details =
                new EvaluationDetails(16, OptionalInt.of(MASK), Optional.empty(), List.of("IsNext", "NotNext"));
        details.add(batch(), measured());
        DetailedEvaluation found = details.with(OVERALL);
        // Bins: 0.05 wrong; two of 0.25 wrong; 0.75 right; 0.95 right.
        assertEquals((0.05 + 0.5 + 0.25 + 0.05) / 5, found.maskedLmCalibration().expectedError(), 1e-7);
        // A pair as likely as not is taken for the first label.
        assertArrayEquals(new long[][] {{1, 0}, {1, 0}}, found.pairConfusion().counts());
        assertEquals((0.5 + 0.75) / 2, found.pairCalibration().expectedError());
        assertNull(found.byFrequency());
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        EvaluationDetails details = new EvaluationDetails(16, OptionalInt.empty(), Optional.empty(), List.of());
        MeasuredBatch measured = measured();
        details.add(batch(), new MeasuredBatch(
                measured.sums(), measured.losses(), measured.ranks(), measured.confidences(), null));
        DetailedEvaluation found = details.with(OVERALL);
        assertNull(found.byMaskKind());
        assertNull(found.pairConfusion());
        assertNull(found.pairCalibration());
    }
}
