package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * The two sizes of a batch that may be fixed when the graph is built or free until it runs: B examples, S positions.
 *
 * @param batch int32 []
 * @param length int32 []
 */
record Sizes(Ops tf, Operand<TInt32> batch, Operand<TInt32> length) {

    /** The sizes of a matrix [B, S]: constants where its shape is known. */
    static Sizes of(Ops tf, Operand<?> matrix) {
        Shape shape = matrix.shape();
        Operand<TInt32> dynamic = shape.hasUnknownDimension() ? tf.shape(matrix) : null;
        return new Sizes(tf, size(tf, shape, dynamic, 0), size(tf, shape, dynamic, 1));
    }

    private static Operand<TInt32> size(Ops tf, Shape shape, Operand<TInt32> dynamic, int axis) {
        return shape.get(axis) == Shape.UNKNOWN_SIZE
                ? tf.reshape(tf.slice(dynamic, tf.array(axis), tf.array(1)), tf.array(new int[0]))
                : tf.constant((int) shape.get(axis));
    }

    /** The shape [B, S, more...]. */
    Operand<TInt32> batchByLength(int... more) {
        List<Operand<TInt32>> dims = new ArrayList<>(List.of(batch, length));
        for (int size : more) {
            dims.add(tf.constant(size));
        }
        return tf.stack(dims);
    }
}
