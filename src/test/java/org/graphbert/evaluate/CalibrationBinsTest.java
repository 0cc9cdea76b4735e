package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.graphbert.evaluate.CalibrationBins.Bin;
import org.graphbert.evaluate.CalibrationBins.Calibration;
import org.junit.jupiter.api.Test;

class CalibrationBinsTest {

    @Test
    void theErrorIsTheMeanDistanceOfBinsWeighedByTheirAnswers() {
        CalibrationBins bins = new CalibrationBins();
        bins.add(0.62, true);
        bins.add(0.68, false);
        bins.add(0.95, true);
        bins.add(1.0, true);
        bins.add(1.0, false);
        // 2/5 · |1/2 − 0.65| + 3/5 · |2/3 − 2.95/3| = 0.06 + 0.19
        Calibration found = bins.result();
        assertEquals(0.25, found.expectedError(), 1e-12);
        assertEquals(2, found.bins().size());
        same(new Bin(0.6, 0.7, 2, 0.65, 0.5), found.bins().get(0));
        same(new Bin(0.9, 1, 3, 2.95 / 3, 2.0 / 3), found.bins().get(1));
    }

    @Test
    void ofNothingThereIsNoError() {
        assertEquals(new Calibration(0, List.of()), new CalibrationBins().result());
    }

    private static void same(Bin expected, Bin found) {
        assertEquals(expected.from(), found.from());
        assertEquals(expected.to(), found.to());
        assertEquals(expected.count(), found.count());
        assertEquals(expected.confidence(), found.confidence(), 1e-12);
        assertEquals(expected.accuracy(), found.accuracy(), 1e-12);
    }
}
