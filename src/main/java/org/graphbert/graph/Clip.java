package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Clipping by global norm (Pascanu et al. 2013; optimization.py uses norm 1.0), as tf.clip_by_global_norm has it, but for a
 * norm that is not finite: there all become 0, so that an update can be made of them that changes nothing.
 *
 * @param norm float32 [], of the gradients before clipping
 * @param finite bool [], whether that is a number: not where a gradient is infinite or none, nor where the squares overflow
 * @param gradients each times clip / max(norm, clip)
 */
public record Clip(Operand<TFloat32> norm, Operand<TBool> finite, List<Operand<TFloat32>> gradients) {

    /** Scales all gradients together so that their common norm is at most {@code clip}. */
    public static Clip byGlobalNorm(Ops tf, List<Operand<TFloat32>> gradients, double clip) {
        return byNorm(tf, gradients, globalNorm(tf, gradients), clip);
    }

    /**
     * The same by a norm that is known, or that is not only theirs; use_norm of tf.clip_by_global_norm.
     *
     * @param norm float32 []
     */
    public static Clip byNorm(Ops tf, List<Operand<TFloat32>> gradients, Operand<TFloat32> norm, double clip) {
        Operand<TBool> finite = tf.math.isFinite(norm);                                   // []
        Operand<TFloat32> limit = tf.constant((float) clip);
        Operand<TFloat32> factor = tf.math.div(limit, tf.math.maximum(norm, limit));      // []
        Operand<TFloat32> gated = tf.select(finite, factor, tf.constant(0f));             // []
        List<Operand<TFloat32>> clipped = new ArrayList<>();
        // Times 0 is 0 here, whatever it is that is multiplied.
        gradients.forEach(g -> clipped.add(tf.math.mulNoNan(g, gated)));
        return new Clip(norm, finite, clipped);
    }

    /** float32 [], the norm of all gradients as one vector. */
    public static Operand<TFloat32> globalNorm(Ops tf, List<Operand<TFloat32>> gradients) {
        List<Operand<TFloat32>> halves = new ArrayList<>();
        gradients.forEach(g -> halves.add(tf.nn.l2Loss(g)));                              // ‖g‖² / 2
        return tf.math.sqrt(tf.math.mul(tf.math.addN(halves), tf.constant(2f)));
    }

    /** The same gradients, once something is done. */
    public Clip after(Ops tf, Op done) {
        Ops then = tf.withControlDependencies(done);
        return new Clip(norm, finite, gradients.stream().<Operand<TFloat32>>map(then::identity).toList());
    }
}
