package org.graphbert.train;

import java.util.List;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Dynamic loss scaling (Micikevicius et al. 2018, section 3.2). Many gradients of activations are smaller than the smallest
 * number of float16, 6e-8; so the loss is multiplied by as much as they can stand, and the gradients of the weights, which are
 * float32, are divided by it again. How much that is, overflows tell: a step whose gradients are not finite is skipped and
 * halves the scale, and after so many good steps in a row it is tried doubled.
 *
 * <p>Scales are powers of two, so that they change no digit. They are state that decides the future: variables, which
 * checkpoints save.
 *
 * @param scale {@code loss_scale}, float32 []
 * @param goodSteps {@code loss_scale_good_steps}, int64 []: how many steps in a row were good since the scale last changed
 */
record LossScale(Variable scale, Variable goodSteps) {

    static final String SCALE = "loss_scale";
    static final String GOOD_STEPS = "loss_scale_good_steps";

    /**
     * How the scale moves.
     *
     * @param first a power of two
     * @param growEvery good steps in a row, after which it doubles
     */
    record Rule(float first, long growEvery) {

        /** NVIDIA's, in apex and its BERT; PyTorch's GradScaler begins at 65,536. */
        static final Rule STANDARD = new Rule(1 << 15, 2000);
    }

    private static final float FACTOR = 2;
    private static final float LEAST = 1;

    static LossScale create(Variables variables, Rule rule) {
        return new LossScale(variables.number(SCALE, rule.first()), variables.counter(GOOD_STEPS));
    }

    /** float32 [], the present scale. */
    Operand<TFloat32> value() {
        return scale.floats();
    }

    /** The loss that gradients are taken of. */
    Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> loss) {
        return tf.math.mul(loss, value());
    }

    /** Gradients of the loss out of those of the scaled loss. */
    List<Operand<TFloat32>> unscaled(Ops tf, List<Operand<TFloat32>> gradients) {
        Operand<TFloat32> inverse = tf.math.reciprocal(value());                              // []
        return gradients.stream().<Operand<TFloat32>>map(g -> tf.math.mul(g, inverse)).toList();
    }

    /**
     * Moves the scale at the end of a step.
     *
     * @param finite bool [], whether the gradients' norm was a number
     */
    Op update(Ops tf, Operand<TBool> finite, Rule rule) {
        Operand<TInt64> inARow = tf.math.add(goodSteps.integers(), tf.constant(1L));          // []
        Operand<TBool> grown = tf.math.equal(inARow, tf.constant(rule.growEvery()));          // []
        Operand<TFloat32> more =
                tf.select(grown, tf.math.mul(value(), tf.constant(FACTOR)), value());         // []
        Operand<TFloat32> less =
                tf.math.maximum(tf.math.div(value(), tf.constant(FACTOR)), tf.constant(LEAST)); // []
        Operand<TBool> counts = tf.math.logicalAnd(finite, tf.math.logicalNot(grown));        // []
        Op moved = tf.assignVariableOp(scale.handle(), tf.select(finite, more, less));
        Op counted = tf.assignVariableOp(goodSteps.handle(), tf.select(counts, inARow, tf.constant(0L)));
        return tf.withControlDependencies(moved, counted).noOp();
    }

    /** The same in a copy of the graph. */
    LossScale in(Variables copies) {
        return new LossScale(copies.get(SCALE), copies.get(GOOD_STEPS));
    }
}
