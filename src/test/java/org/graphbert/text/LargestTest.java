package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LargestTest {

    @Test
    void picksTheLargestAndOfTiesTheFirst() {
        double[] values = {1, 5, Largest.NEVER, 5, -2, 5, 7};
        assertEquals(".......", picked(values, 0));
        assertEquals("......x", picked(values, 1));
        assertEquals(".x....x", picked(values, 2));
        assertEquals(".x.x..x", picked(values, 3));
        assertEquals("xx.x.xx", picked(values, 5));
        assertEquals("xx.xxxx", picked(values, 6));
        assertEquals("xx.xxxx", picked(values, 100));
        assertEquals(".......", picked(values, -1));
        assertEquals(".", picked(new double[] {Largest.NEVER}, 1));
    }

    private static String picked(double[] values, int most) {
        StringBuilder text = new StringBuilder();
        for (boolean one : Largest.of(values, most)) {
            text.append(one ? 'x' : '.');
        }
        return text.toString();
    }
}
