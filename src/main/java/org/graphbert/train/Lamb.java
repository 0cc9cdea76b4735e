package org.graphbert.train;

import java.util.Map;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * LAMB (You et al. 2020, algorithm 2), as NVIDIA pre-trains BERT with it: w ← w − rate · r · u, where
 * u = m̂ / (√v̂ + ε) + decay · w is Adam's direction with the decay in it, and the trust ratio r = ‖w‖ / ‖u‖ makes the length
 * of a step a share of the weight's own. Variables without decay, LayerNorm and biases, take plain steps: r is 1, as it is
 * where a norm is 0. That the gradients are divided by max(1, their global norm) first is what clip_norm 1.0 does.
 *
 * @param beta1 decay of the first moment m
 * @param beta2 decay of the second moment v
 * @param epsilon added to √v̂
 * @param biasCorrection whether m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ), or m and v as they are
 */
public record Lamb(double beta1, double beta2, double epsilon, double weightDecay, boolean biasCorrection)
        implements Optimiser {

    /** 1 / (1 − β₁ᵗ). */
    private static final String M_CORRECTION = "lamb_m_correction";
    /** 1 / (1 − β₂ᵗ). */
    private static final String V_CORRECTION = "lamb_v_correction";

    public Lamb {
        Optimiser.requireFraction("beta1", beta1);
        Optimiser.requireFraction("beta2", beta2);
        AdamW.requireEpsilon(epsilon);
        Optimiser.requireDecay(weightDecay);
    }

    @Override
    public Map<String, Shape> slots(Shape shape) {
        return AdamW.reference().slots(shape);
    }

    @Override
    public Map<String, Double> scalars(double rate, long step) {
        double t = step + 1.0;
        return Optimiser.scalars(
                LEARNING_RATE, rate,
                M_CORRECTION, biasCorrection ? 1 / (1 - Math.pow(beta1, t)) : 1.0,
                V_CORRECTION, biasCorrection ? 1 / (1 - Math.pow(beta2, t)) : 1.0);
    }

    /** N is the variable's shape. */
    @Override
    public Op update(Target target) {
        Ops tf = target.tf();
        StepNumbers numbers = target.numbers();
        Variable m = target.slots().get(0);
        Variable v = target.slots().get(1);
        Operand<TFloat32> w = target.variable().floats();
        Operand<TFloat32> g = target.gradient();
        Operand<TFloat32> firstMoment = target.moved(m, numbers.kept(beta1), g, numbers.taken(1 - beta1)); // [N]
        Operand<TFloat32> secondMoment = target.moved(v, numbers.kept(beta2), tf.math.square(g), numbers.taken(1 - beta2)); // [N]
        Operand<TFloat32> mHat = tf.math.mul(firstMoment, numbers.fed(M_CORRECTION));                   // [N]
        Operand<TFloat32> vHat = tf.math.mul(secondMoment, numbers.fed(V_CORRECTION));                  // [N]
        Operand<TFloat32> root = tf.math.add(tf.math.sqrt(vHat), numbers.constant(epsilon));            // [N]
        Operand<TFloat32> direction = tf.math.div(mHat, root);                                          // [N]
        Operand<TFloat32> rate = target.rate(LEARNING_RATE);                                            // []
        if (target.learned().weightDecay() > 0) {
            Operand<TFloat32> decay = tf.math.mul(w, numbers.constant(target.learned().weightDecay())); // [N]
            direction = tf.math.add(direction, decay);                                                  // [N]
            rate = tf.math.mulNoNan(trustRatio(target, w, direction), rate);                            // []
        }
        Operand<TFloat32> step = tf.math.mulNoNan(direction, rate);                                     // [N]
        return tf.withControlDependencies(
                tf.assignVariableOp(m.handle(), firstMoment),
                tf.assignVariableOp(v.handle(), secondMoment),
                tf.assignSubVariableOp(target.variable().handle(), step)).noOp();
    }

    /** ‖w‖ / ‖u‖, or 1 where one of them is 0: √(‖w‖² / 2) / √(‖u‖² / 2). */
    private static Operand<TFloat32> trustRatio(Target target, Operand<TFloat32> w, Operand<TFloat32> direction) {
        Ops tf = target.tf();
        Operand<TFloat32> weight = tf.nn.l2Loss(w);                                                     // []
        Operand<TFloat32> update = tf.nn.l2Loss(direction);                                             // []
        Operand<TFloat32> ratio = tf.math.sqrt(tf.math.div(weight, update));                            // []
        Operand<TFloat32> smaller = tf.math.minimum(weight, update);                                    // []
        return tf.select(
                tf.math.greater(smaller, target.numbers().constant(0)), ratio, target.numbers().constant(1));
    }
}
