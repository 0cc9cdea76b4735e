package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.graphbert.config.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a step is held against is measured, in the precision of the step, and once. */
class ProductRateTest {

    private static final int MOST_BY_LOAD = 4;

    @ParameterizedTest
    @EnumSource(Precision.class)
    void thePeakIsMeasuredOnce(Precision precision) {
        double peak = ProductRate.peak(precision, 1);
        // From an old machine under load to ten times what an accelerator of 2025 does.
        assertTrue(peak > 1e8 && peak < 1e17, precision + ": " + peak);
        assertEquals(peak, ProductRate.peak(precision, 1), "measured once");
    }

    /**
     * Short products are measured several in a run. Were they merged into one, the rate would come out dozens of times too high;
     * what else runs on the machine, and slows down the peak's larger products alone, does no more than a few.
     */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void aModelsProductsAreNoFasterThanThePeak(Precision precision) {
        try (ProductRate rate = ProductRate.ofModel(
                Tiny.model(0.1), new TrainingGraph.Sizes(4, 16, 3, false), precision, 1)) {
            for (int i = 0; i < 3; i++) {
                rate.measure();
            }
            assertTrue(rate.best() > 0 && rate.best() < MOST_BY_LOAD * ProductRate.peak(precision, 1),
                    precision + ": " + rate.best());
        }
    }
}
