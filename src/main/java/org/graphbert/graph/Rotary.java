package org.graphbert.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * Rotary positions (Su et al. 2021, section 3.2.2): the numbers 2i and 2i + 1 of a query or key are a point of the plane,
 * turned by position · 10000^(−2i/D). A product of a query and a key then depends on the difference of their positions
 * alone, which is why the row within the sequence serves for packed pairs too: within a pair its differences are those of
 * the positions that restart. N heads, S sequence, D head width.
 *
 * @param cosine [S, D] of each position's angles, each angle twice
 * @param sine [S, D] likewise, negative at the even places
 */
record Rotary(Operand<TFloat32> cosine, Operand<TFloat32> sine) {

    /** Vaswani et al. 2017, section 3.5. */
    private static final double BASE = 10000;

    /** The angles of S positions, in float64: those of late positions are large. */
    static Rotary of(Ops tf, Sizes sizes, int headSize) {
        double[] frequencies = new double[headSize];
        float[] signs = new float[headSize];
        for (int d = 0; d < headSize; d++) {
            frequencies[d] = Math.pow(BASE, -(d - d % 2) / (double) headSize);
            signs[d] = d % 2 == 0 ? -1 : 1;
        }
        Operand<TFloat64> positions = tf.dtypes.cast(
                tf.range(tf.constant(0), sizes.length(), tf.constant(1)), TFloat64.class);       // [S]
        Operand<TFloat64> angles = tf.math.mul(
                tf.expandDims(positions, tf.constant(1)), tf.constant(frequencies));             // [S, D]
        Operand<TFloat32> cosine = tf.dtypes.cast(tf.math.cos(angles), TFloat32.class);          // [S, D]
        Operand<TFloat32> sine = tf.dtypes.cast(tf.math.sin(angles), TFloat32.class);            // [S, D]
        return new Rotary(cosine, tf.math.mul(sine, tf.constant(signs)));
    }

    /**
     * The angles of some positions of each sequence.
     *
     * @param positions [B, R]
     * @return [B, 1, R, D] for S of all
     */
    Rotary at(Ops tf, Operand<TInt32> positions) {
        return new Rotary(
                tf.expandDims(tf.gather(cosine, positions, tf.constant(0)), tf.constant(1)),
                tf.expandDims(tf.gather(sine, positions, tf.constant(0)), tf.constant(1)));
    }

    /**
     * Queries or keys, turned: (a, b) becomes (a·cos − b·sin, b·cos + a·sin).
     *
     * @param x [B, N, S, D]
     * @return [B, N, S, D]
     */
    Operand<TFloat32> turn(Ops tf, Operand<TFloat32> x) {
        Operand<TFloat32> points = tf.reshape(x, tf.array(-1, 2));                               // [B·N·S·D/2, 2]
        Operand<TFloat32> swapped = tf.reshape(tf.reverse(points, tf.array(1)), tf.shape(x));    // [B, N, S, D]
        return tf.math.add(tf.math.mul(x, cosine), tf.math.mul(swapped, sine));                  // [B, N, S, D]
    }
}
