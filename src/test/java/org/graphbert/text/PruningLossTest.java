package org.graphbert.text;

import static org.graphbert.text.CharacterCoverageTest.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PruningLossTest {

    /**
     * Seeds a 6, b 4, ab 4 × 2 of 18 together: "ab" is best written ab (8/18), not a b (24/324). So ab is used 4 times, a
     * twice, b never. Without ab, a would be used 6 times and b 4, of 10.
     */
    @Test
    void byHand() {
        double[] losses = losses(counted("ab 4 a 2"), null);
        assertEquals(3, losses.length);
        assertEquals(Largest.NEVER, losses[0]);
        assertEquals(Largest.NEVER, losses[1]);
        assertEquals(4 * (Math.log(4.0 / 6) - Math.log(6.0 / 10) - Math.log(4.0 / 10)), losses[2], 1e-12);
    }

    /** ab is less likely than a b; and of abc and its parts only abc is used. */
    @Test
    void whatNoBestSegmentationUsesIsWorthNothing() {
        double[] losses = losses(counted("ab 4 a 2"), new double[] {-1, -1, -2.1});
        assertEquals(Largest.NEVER, losses[2]);
        // a, b, c, ab, abc, bc
        losses = losses(counted("abc 9 ab 1 bc 1"), new double[] {-1, -1, -1, -3, -1, -3});
        assertEquals(Largest.NEVER, losses[3]);
        assertEquals(Largest.NEVER, losses[5]);
        // abc 9 times of 13, or a and c once and b twice, each 9 times more, of 13 + 18
        double without = Math.log(10.0 / 31) + Math.log(11.0 / 31) + Math.log(10.0 / 31);
        assertEquals(9 * (Math.log(9.0 / 13) - without), losses[4], 1e-12);
    }

    private static double[] losses(WordCounts words, double[] scores) {
        CharacterCoverage characters = CharacterCoverage.of(words, 1);
        Units units = Units.of(words, characters, Integer.MAX_VALUE);
        try (Workers workers = new Workers(2)) {
            UnigramModel model =
                    new UnigramModel(characters, units, SeedPieces.find(units, characters, 100, workers));
            if (scores != null) {
                boolean[] all = new boolean[scores.length];
                Arrays.fill(all, true);
                model.keep(all, scores);
            }
            return PruningLoss.of(model, workers);
        }
    }
}
