package org.graphbert.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class TicksTest {

    @Test
    void numbersAreRound() {
        assertEquals(List.of(0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0, 3000.0), Ticks.linear(0, 3000, 8).values());
        assertEquals(0, Ticks.linear(0, 3000, 8).decimals());
        assertEquals(1, Ticks.linear(0.6, 1.8, 6).decimals());
        assertEquals(2, Ticks.linear(0.6, 1.9, 6).decimals());
        assertEquals(List.of(1.0, 2.0, 5.0, 10.0), Ticks.logarithmic(0.9, 12, 12).values());
        assertEquals("4e-4", Metric.Scale.SCIENTIFIC.text(4e-4, 4));
        assertEquals("0", Metric.Scale.SCIENTIFIC.text(0, 4));
        assertEquals("12.5%", Metric.Scale.PERCENT.text(12.5, 1));
    }

    @Property(tries = 500)
    void theyLieInTheRangeAndAreNoMoreThanAskedFor(
            @ForAll @DoubleRange(min = -1e6, max = 1e6) double low, @ForAll @DoubleRange(min = 0.01, max = 1e9) double width) {
        Ticks ticks = Ticks.linear(low, low + width, 6);
        assertTrue(!ticks.values().isEmpty() && ticks.values().size() <= 7, ticks.toString());
        double slack = 1e-6 * Math.max(width, Math.abs(low));
        assertTrue(ticks.values().stream().allMatch(v -> v >= low - slack && v <= low + width + slack), ticks.toString());
    }
}
