package org.graphbert.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.graphbert.config.Failure;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * AdamW as google-research/bert has it (optimization.py, AdamWeightDecayOptimizer; Loshchilov and Hutter 2019):
 * w ← w − rate · (m / (√v + ε) + decay · w), without bias correction unless asked for, and without decay on LayerNorm
 * and biases. With bias correction it is PyTorch's: rate · (m̂ / (√v̂ + ε) + decay · w).
 *
 * @param beta1 decay of the first moment m
 * @param beta2 decay of the second moment v
 * @param epsilon added to √v
 * @param weightDecay decoupled from the gradient
 * @param biasCorrection whether m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) stand for m and v, as in Kingma and Ba 2015
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay, boolean biasCorrection)
        implements Optimiser {

    private static final String ADAM_RATE = "adam_rate";
    private static final String ADAM_EPSILON = "adam_epsilon";

    public AdamW {
        Optimiser.requireFraction("beta1", beta1);
        Optimiser.requireFraction("beta2", beta2);
        requireEpsilon(epsilon);
        Optimiser.requireDecay(weightDecay);
    }

    static void requireEpsilon(double epsilon) {
        if (!(epsilon > 0 && Double.isFinite(epsilon))) {
            throw Failure.usage("epsilon is %s, expected a number above 0", epsilon);
        }
    }

    /** The reference's constants. */
    public static AdamW reference() {
        return new AdamW(0.9, 0.999, 1e-6, 0.01, false);
    }

    @Override
    public Map<String, Shape> slots(Shape shape) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        slots.put("adam_m", shape);
        slots.put("adam_v", shape);
        return slots;
    }

    /**
     * The fused kernel takes no bias-corrected moments: rate · m̂ / (√v̂ + ε) is rate · c / (1 − β₁ᵗ) · m / (√v + c · ε) with
     * c = √(1 − β₂ᵗ).
     */
    @Override
    public Map<String, Double> scalars(double rate, long step) {
        double t = step + 1.0;
        double c = biasCorrection ? Math.sqrt(1 - Math.pow(beta2, t)) : 1;
        double m = biasCorrection ? 1 - Math.pow(beta1, t) : 1;
        return Optimiser.scalars(LEARNING_RATE, rate, ADAM_RATE, rate * c / m, ADAM_EPSILON, epsilon * c);
    }

    @Override
    public Op update(Target target) {
        StepNumbers numbers = target.numbers();
        Operand<TFloat32> none = numbers.constant(0);
        // With powers of zero: no bias correction in the kernel.
        return target.decayed().train.resourceApplyAdam(
                target.variable().handle(),
                target.slots().get(0).handle(),
                target.slots().get(1).handle(),
                none,
                none,
                target.rate(ADAM_RATE),
                numbers.kept(beta1),
                numbers.kept(beta2),
                biasCorrection ? numbers.fed(ADAM_EPSILON) : numbers.constant(epsilon),
                target.gradient());
    }
}
