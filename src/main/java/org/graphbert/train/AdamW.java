package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * AdamW as google-research/bert has it (optimization.py, AdamWeightDecayOptimizer; Loshchilov and Hutter 2019):
 * w ← w − rate · (m / (√v + ε) + decay · w), without bias correction unless asked for, and without decay on LayerNorm
 * and biases.
 *
 * @param beta1 decay of the first moment m
 * @param beta2 decay of the second moment v
 * @param epsilon added to √v
 * @param weightDecay decoupled from the gradient
 * @param biasCorrection whether the step is multiplied by √(1 − β₂ᵗ) / (1 − β₁ᵗ), as in Kingma and Ba 2015
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay, boolean biasCorrection)
        implements Optimiser {

    public AdamW {
        fraction("beta1", beta1);
        fraction("beta2", beta2);
        if (!(epsilon > 0)) {
            throw Failure.usage("epsilon is %s, expected a number above 0", epsilon);
        }
        if (!(weightDecay >= 0)) {
            throw Failure.usage("weight_decay is %s, expected 0 or more", weightDecay);
        }
    }

    /** The reference's constants. */
    public static AdamW reference() {
        return new AdamW(0.9, 0.999, 1e-6, 0.01, false);
    }

    @Override
    public Op apply(
            Ops tf,
            Variables variables,
            List<Operand<TFloat32>> gradients,
            Operand<TFloat32> rate,
            Operand<TFloat32> adamRate) {
        Operand<TFloat32> none = tf.constant(0f);
        Operand<TFloat32> decayRate = tf.math.mul(rate, tf.constant((float) weightDecay));
        List<Op> updates = new ArrayList<>();
        List<Variable> trainable = variables.trainable();
        for (int i = 0; i < trainable.size(); i++) {
            Variable w = trainable.get(i);
            Variable m = variables.slot(w, "adam_m");
            Variable v = variables.slot(w, "adam_v");
            Ops then = tf;
            if (weightDecay > 0 && w.decayed()) {
                // With its gradient at hand nobody reads the weight any more. Sooner, the step would go on with a copy of
                // each weight beside the decayed one.
                Operand<TFloat32> decay =
                        tf.withControlDependencies(gradients.get(i)).math.mul(w.floats(), decayRate);
                Op decayed = tf.assignSubVariableOp(w.handle(), decay);
                then = tf.withControlDependencies(decayed);
            }
            // The fused kernel, with powers of zero: no bias correction in it.
            updates.add(then.train.resourceApplyAdam(
                    w.handle(),
                    m.handle(),
                    v.handle(),
                    none,
                    none,
                    adamRate,
                    tf.constant((float) beta1),
                    tf.constant((float) beta2),
                    tf.constant((float) epsilon),
                    gradients.get(i)));
        }
        Op counted = tf.assignAddVariableOp(variables.globalStep().handle(), tf.constant(1L));
        updates.add(counted);
        return tf.withControlDependencies(updates).noOp();
    }

    /**
     * The factor of m / (√v + ε): the learning rate, corrected for the moments' start at zero where that is asked for.
     *
     * @param step the number of the update, from 0
     */
    @Override
    public double adamRate(double rate, long step) {
        if (!biasCorrection) {
            return rate;
        }
        double t = step + 1.0;
        return rate * Math.sqrt(1 - Math.pow(beta2, t)) / (1 - Math.pow(beta1, t));
    }

    private static void fraction(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw Failure.usage("%s is %s, expected a number from 0 to below 1", key, value);
        }
    }
}
