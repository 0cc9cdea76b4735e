package org.graphbert.evaluate.score;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {

    @Test
    void countsAndTheirMargins() {
        ConfusionMatrix matrix = ConfusionMatrix.of(List.of("yes", "no"));
        int[][] pairs = {{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 0}};
        for (int[] pair : pairs) {
            matrix.add(pair[0], pair[1]);
        }
        assertArrayEquals(new long[][] {{2, 1}, {1, 1}}, matrix.counts());
        assertEquals(5, matrix.total());
        assertEquals(3, matrix.of(0));
        assertEquals(2, matrix.takenFor(1));
        assertEquals(0.6, matrix.accuracy());
    }

    @Test
    void aTableWhoseColumnsStandUnderEachOther() {
        ConfusionMatrix matrix = new ConfusionMatrix(List.of("a", "long"), new long[][] {{1234567, 2}, {30, 4}});
        assertEquals(String.format("           as a  as long%na     1,234,567        2%nlong         30        4"), matrix.text());
    }

    @Test
    void aRowForEachClass() {
        assertThrows(IllegalArgumentException.class, () -> new ConfusionMatrix(List.of("a", "b"), new long[][] {{1, 2}}));
    }
}
