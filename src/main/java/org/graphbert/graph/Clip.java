package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Clipping by global norm (Pascanu et al. 2013; optimization.py uses norm 1.0).
 *
 * @param norm float32 [], of the gradients before clipping
 * @param gradients each times clip / max(norm, clip)
 */
public record Clip(Operand<TFloat32> norm, List<Operand<TFloat32>> gradients) {

    /** Scales all gradients together so that their common norm is at most {@code clip}. */
    public static Clip byGlobalNorm(Ops tf, List<Operand<TFloat32>> gradients, double clip) {
        List<Operand<TFloat32>> halves = new ArrayList<>();
        gradients.forEach(g -> halves.add(tf.nn.l2Loss(g)));                              // ‖g‖² / 2
        Operand<TFloat32> squares = tf.math.mul(tf.math.addN(halves), tf.constant(2f));
        Operand<TFloat32> norm = tf.math.sqrt(squares);
        Operand<TFloat32> limit = tf.constant((float) clip);
        Operand<TFloat32> factor = tf.math.div(limit, tf.math.maximum(norm, limit));
        List<Operand<TFloat32>> clipped = new ArrayList<>();
        gradients.forEach(g -> clipped.add(tf.math.mul(g, factor)));
        return new Clip(norm, clipped);
    }
}
