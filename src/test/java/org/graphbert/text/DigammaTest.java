package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class DigammaTest {

    private static final double EULER = 0.57721566490153286;

    /** Abramowitz and Stegun 1964, 6.3.2 to 6.3.4: sums of reciprocals. */
    @Test
    void knownValues() {
        assertEquals(-EULER, Digamma.of(1), 1e-14);
        assertEquals(1 - EULER, Digamma.of(2), 1e-14);
        assertEquals(-EULER - 2 * Math.log(2), Digamma.of(0.5), 1e-14);
        assertEquals(2 - EULER - 2 * Math.log(2), Digamma.of(1.5), 1e-14);
        double harmonic = 0;
        for (int n = 1; n <= 50; n++) {
            assertEquals(harmonic - EULER, Digamma.of(n), 1e-13);
            harmonic += 1.0 / n;
        }
    }

    @Property
    void stepsByItsReciprocal(@ForAll @DoubleRange(min = 0.01, max = 1000) double x) {
        assertEquals(1 / x, Digamma.of(x + 1) - Digamma.of(x), 1e-12 * Math.max(1, 1 / x));
    }

    @Test
    void isAlmostTheLogarithmOfWhatIsLarge() {
        assertEquals(Math.log(1e9) - 0.5e-9, Digamma.of(1e9), 1e-14);
    }
}
