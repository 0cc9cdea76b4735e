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

    private static Batch packed(int id) {
        return new Batch(
                2, 4, 2,
                new int[] {1, 2, 3, 4, 5, 6, id, 0}, new int[] {1, 1, 1, 1, 1, 1, 1, 0}, new int[8],
                new int[] {1, 3, 1, 0}, new int[4], new float[] {1, 1, 0.5f, 0}, new int[] {0, 1, 1, 0},
                new long[] {70, 71, 72, -1}, true,
                new Packing(2, new int[] {1, 1, 2, 2, 1, 1, 1, 0}, new int[] {0, 1, 0, 1, 0, 1, 2, 0},
                        new int[] {0, 2, 0, 0}, new float[] {1, 1, 1, 0}));
    }

    @Test
    void aPackedSequenceHasAPlaceForEachPair() {
        Batch batch = packed(7);
        assertEquals(2, batch.places());
        assertEquals(3, batch.pairs());
        assertEquals(3, batch.examples());
        assertEquals(7, batch.tokens());
        List<Batch> parts = batch.split(2);
        assertEquals(2, parts.get(0).pairs());
        assertEquals(1, parts.get(1).pairs());
        assertArrayEquals(new long[] {72, -1}, parts.get(1).records());
        assertArrayEquals(new int[] {1, 0}, parts.get(1).nextSentenceLabels());
        assertArrayEquals(new int[] {1, 1, 1, 0}, parts.get(1).packing().pairIds());
        assertArrayEquals(new int[] {0, 1, 2, 0}, parts.get(1).packing().positionIds());
        assertArrayEquals(new int[] {0, 2}, parts.get(0).packing().clsPositions());
        refused("one of the records 72 has input id 12, but the model has 10", packed(12));
    }

    @Test
    void withoutPairLabelsThereIsNoPairToAverageOver() {
        Batch batch = batch(9, 1, 2, 9, 1);
        assertEquals(2, batch.pairs());
        Batch unpaired = new Batch(batch.size(), 3, 1, batch.inputIds(), batch.inputMask(), batch.segmentIds(),
                batch.maskedLmPositions(), batch.maskedLmIds(), batch.maskedLmWeights(), batch.nextSentenceLabels(),
                batch.records(), false, null);
        assertEquals(0, unpaired.pairs());
        assertEquals(2, unpaired.examples());
        assertEquals(0, unpaired.split(2).get(1).pairs());
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Packing(2, new int[4], new int[3], new int[2], new float[2]));
        assertThrows(IllegalArgumentException.class, () -> new Packing(2, new int[4], new int[4], new int[3], new float[3]));
        assertThrows(IllegalArgumentException.class, () -> new Batch(1, 2, 1, new int[2], new int[2], new int[2], new int[1],
                new int[1], new float[1], new int[1], new long[1], true,
                new Packing(2, new int[2], new int[2], new int[2], new float[2])));
    }

    private static void refused(String expected, Batch batch) {
        Failure failure = assertThrows(Failure.class, () -> batch.requireIds("data", 10, 2));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(failure.getMessage().startsWith("data: " + expected), failure.getMessage());
    }
}
