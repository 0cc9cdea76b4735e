package org.graphbert.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static Batch batch(int id, int segment, int position, int masked, int label) {
        return new Batch(
                2, 3, 1,
                new int[] {1, 2, 3, 4, id, 6}, new int[] {1, 1, 1, 1, 1, 0}, new int[] {0, 1, 1, 0, segment, 0},
                new int[] {1, position}, new int[] {5, masked}, new float[] {1, 0.5f}, new int[] {0, label},
                new long[] {70, 71});
    }

    @Test
    void idsThatTheModelLacksAreRefusedWithTheirRecord() {
        assertDoesNotThrow(() -> batch(9, 1, 2, 9, 1).requireIds("data", 10, 2));
        refused("record 71 has input id 10, but the model has 10 entries", batch(10, 1, 2, 9, 1));
        refused("record 71 has input id -1", batch(-1, 1, 2, 9, 1));
        refused("record 71 has segment id 2, but the model has 2 segment types", batch(9, 2, 2, 9, 1));
        refused("record 71 has masked-LM position 3", batch(9, 1, 3, 9, 1));
        refused("record 71 has masked-LM id 10", batch(9, 1, 2, 10, 1));
        refused("record 71 has next-sentence label 2", batch(9, 1, 2, 9, 2));
    }

    @Test
    void partsHoldTheSameExamplesInOrder() {
        List<Batch> parts = batch(9, 1, 2, 9, 1).split(2);
        assertEquals(2, parts.size());
        assertArrayEquals(new int[] {4, 9, 6}, parts.get(1).inputIds());
        assertArrayEquals(new int[] {2}, parts.get(1).maskedLmPositions());
        assertArrayEquals(new long[] {71}, parts.get(1).records());
        assertEquals(0.5, parts.get(1).weight());
        assertEquals(2, parts.get(1).tokens());
    }

    private static void refused(String expected, Batch batch) {
        Failure failure = assertThrows(Failure.class, () -> batch.requireIds("data", 10, 2));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(failure.getMessage().startsWith("data: " + expected), failure.getMessage());
    }
}
