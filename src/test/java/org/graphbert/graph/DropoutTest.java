package org.graphbert.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class DropoutTest {

    private static final int ROWS = 97;
    private static final int COLUMNS = 1031; // 100,007 elements: no multiple of a word's four bytes

    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final Operand<TInt64> key = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    private final Dropout dropout = Dropout.keyed(key);

    @AfterEach
    void close() {
        graph.close();
    }

    @Test
    void dropsTheStatedShareAndKeepsTheMean() {
        for (double probability : new double[] {0.1, 0.5, 0.02, 0.999}) {
            float[] kept = draw(dropout.apply(tf, ones(), probability), 1);
            double dropped = Math.min(255, Math.round(256 * probability)) / 256.0;
            int zeros = 0;
            for (float value : kept) {
                if (value == 0) {
                    zeros++;
                } else {
                    assertEquals(1 / (1 - dropped), value, 1e-6, "scaled by the complement");
                }
            }
            double deviation = Math.sqrt(dropped * (1 - dropped) / kept.length);
            assertEquals(dropped, (double) zeros / kept.length, 5 * deviation);
            // Neighbours are independent: two in a row as often as chance has it.
            int pairs = 0;
            for (int i = 1; i < kept.length; i++) {
                pairs += kept[i] == 0 && kept[i - 1] == 0 ? 1 : 0;
            }
            assertEquals(dropped * dropped, (double) pairs / kept.length, 6 * dropped / Math.sqrt(kept.length));
        }
    }

    @Test
    void bitsAreAFunctionOfKeyAndPlace() {
        Operand<TFloat32> first = dropout.apply(tf, ones(), 0.3);
        Operand<TFloat32> second = dropout.apply(tf, ones(), 0.3);
        float[][] once = {draw(first, 7), draw(second, 7)};
        assertArrayEquals(once[0], draw(first, 7), "same key, same place");
        assertArrayEquals(once[1], draw(second, 7), "same key, same place");
        assertFalse(Arrays.equals(once[0], once[1]), "another place");
        assertFalse(Arrays.equals(once[0], draw(first, 8)), "another key");
        assertFalse(Arrays.equals(once[1], draw(first, 8)), "another key and another place");
        int same = 0;
        float[] other = draw(first, 8);
        for (int i = 0; i < other.length; i++) {
            same += (other[i] == 0) == (once[0][i] == 0) ? 1 : 0;
        }
        double p = 77 / 256.0;
        assertEquals(p * p + (1 - p) * (1 - p), (double) same / other.length, 0.01, "no correlation between steps");
    }

    @Test
    void whereItIsOffNothingIsAdded() {
        Operand<TFloat32> x = ones();
        assertSame(x, Dropout.off().apply(tf, x, 0.5));
        assertSame(x, dropout.apply(tf, x, 0));
    }

    @Test
    void aShapeLeftFreeDrawsTheSameBits() {
        Operand<TFloat32> free = tf.placeholderWithDefault(ones(), Shape.of(Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE));
        float[] fixed = draw(Dropout.keyed(key).apply(tf, ones(), 0.1), 5);
        assertArrayEquals(fixed, draw(Dropout.keyed(key).apply(tf, free, 0.1), 5));
    }

    private Operand<TFloat32> ones() {
        return tf.fill(tf.constant(new long[] {ROWS, COLUMNS}), tf.constant(1f));
    }

    private float[] draw(Operand<TFloat32> operand, long step) {
        try (Session session = new Session(graph);
                TInt64 value = TInt64.scalarOf(step);
                Result result = session.runner().feed(key, value).fetch(operand).run()) {
            TFloat32 tensor = (TFloat32) result.get(0);
            assertEquals(Shape.of(ROWS, COLUMNS), tensor.shape());
            float[] values = new float[(int) tensor.size()];
            tensor.asRawTensor().data().asFloats().read(values);
            return values;
        }
    }
}
