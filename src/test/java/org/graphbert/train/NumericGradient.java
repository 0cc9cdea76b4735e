package org.graphbert.train;

import java.util.Map;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Sums;

/** Derivatives of the joint loss of the plain equations, by central differences in float64. */
final class NumericGradient {

    /** Truncation is about step² · loss′′′ (1e-10), rounding 1e-15 / step (1e-10). */
    private static final double STEP = 1e-5;
    /** Where rounding reaches 1e-7. */
    private static final double SMALLEST_STEP = 1e-8;

    private final PlainBert plain;
    private final Map<String, double[]> weights;
    private final Batch batch;

    NumericGradient(ModelConfig config, Map<String, double[]> weights, Batch batch) {
        this.plain = new PlainBert(config, weights);
        this.weights = weights;
        this.batch = batch;
    }

    /** With respect to one number of a variable. */
    double at(String name, int entry) {
        double[] direction = new double[weights.get(name).length];
        direction[entry] = 1;
        return along(name, direction);
    }

    /**
     * Σ direction · ∂loss/∂variable. Where ReLU bends between the two points, nearer ones are taken: a difference across a
     * bend is no derivative.
     */
    double along(String name, double[] direction) {
        double squares = 0;
        for (double value : direction) {
            squares += value * value;
        }
        for (double step = STEP / Math.sqrt(squares); step >= SMALLEST_STEP / Math.sqrt(squares); step /= 8) {
            double above = moved(name, direction, step);
            long bendsAbove = plain.bends();
            double below = moved(name, direction, -step);
            if (bendsAbove == plain.bends()) {
                return (above - below) / (2 * step);
            }
        }
        throw new AssertionError("the loss bends at the very value of " + name);
    }

    private double moved(String name, double[] direction, double by) {
        double[] values = weights.get(name);
        double[] before = values.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] += by * direction[i];
        }
        double loss = plain.loss(batch, Sums.WEIGHT_EPSILON);
        System.arraycopy(before, 0, values, 0, values.length);
        return loss;
    }
}
