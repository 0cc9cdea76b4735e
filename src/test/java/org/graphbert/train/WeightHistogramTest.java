package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.HistogramProto;

class WeightHistogramTest {

    @Property(tries = 300)
    void everyFiniteValueIsInItsClass(@ForAll @Size(min = 1, max = 200) float[] values) {
        HistogramProto histogram = WeightHistogram.of(values);
        long finite = IntStream.range(0, values.length).filter(i -> Float.isFinite(values[i])).count();
        assertEquals(finite, histogram.getNum());
        assertEquals(finite, histogram.getBucketList().stream().mapToDouble(Double::doubleValue).sum());
        for (int i = 1; i < histogram.getBucketLimitCount(); i++) {
            assertTrue(histogram.getBucketLimit(i) > histogram.getBucketLimit(i - 1));
        }
    }

    @Test
    void classesAreBetweenTheSmallestAndTheLargest() {
        HistogramProto histogram = WeightHistogram.of(new float[] {-1, 0, 0, 2, Float.NaN});
        assertEquals(-1, histogram.getMin());
        assertEquals(2, histogram.getMax(), 1e-12);
        assertEquals(4, histogram.getNum());
        assertEquals(1, histogram.getSum());
        assertEquals(5, histogram.getSumSquares());
        assertEquals(1, histogram.getBucket(0));
        assertEquals(2, histogram.getBucket(10), "zero lies a third of the way");
        assertEquals(1, histogram.getBucket(WeightHistogram.CLASSES - 1));
    }

    @Test
    void valuesThatAreAllTheSameAreOneClass() {
        HistogramProto histogram = WeightHistogram.of(new float[] {3, 3, 3});
        assertEquals(3, histogram.getBucket(WeightHistogram.CLASSES / 2));
        assertTrue(histogram.getMin() < 3 && histogram.getMax() > 3);
        assertEquals(0, WeightHistogram.of(new float[] {Float.NaN}).getNum());
    }
}
