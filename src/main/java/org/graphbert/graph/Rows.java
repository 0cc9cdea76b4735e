package org.graphbert.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Some positions of each sequence. B batch, S sequence, R positions of each.
 *
 * @param sizes B and R
 * @param positions [B, R]
 * @param indices [B·R] of these positions' rows among all B·S
 */
record Rows(Sizes sizes, Operand<TInt32> positions, Operand<TInt32> indices) {

    /**
     * The rows of positions.
     *
     * @param all B and S
     * @param positions [B, R]
     */
    static Rows of(Ops tf, Sizes all, Operand<TInt32> positions) {
        Operand<TInt32> sequences = tf.range(tf.constant(0), all.batch(), tf.constant(1));              // [B]
        Operand<TInt32> starts = tf.math.mul(sequences, all.length());                                  // [B]
        Operand<TInt32> rows = tf.math.add(positions, tf.expandDims(starts, tf.constant(1)));           // [B, R]
        return new Rows(Sizes.of(tf, positions), positions, tf.reshape(rows, tf.array(-1)));
    }

    /**
     * These rows of x.
     *
     * @param x [B·S, H]
     * @return [B·R, H]
     */
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> x) {
        return tf.gather(x, indices, tf.constant(0));                                                   // [B·R, H]
    }
}
