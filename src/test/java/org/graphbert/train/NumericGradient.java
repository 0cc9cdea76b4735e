package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Variables.Variable;

/** Derivatives of a loss of the plain equations, the joint one unless another is given, by central differences in float64. */
final class NumericGradient {

    /** Truncation is about step² · loss′′′ (1e-10), rounding 1e-15 / step (1e-10). */
    private static final double STEP = 1e-5;
    /** Where rounding reaches 1e-7. */
    private static final double SMALLEST_STEP = 1e-8;

    private final PlainBert plain;
    private final Map<String, double[]> weights;
    private final ToDoubleFunction<PlainBert> loss;

    NumericGradient(ModelConfig config, Map<String, double[]> weights, Batch batch) {
        this(config, weights, plain -> plain.loss(batch, Sums.WEIGHT_EPSILON));
    }

    /** Of another loss of the same model. */
    NumericGradient(ModelConfig config, Map<String, double[]> weights, ToDoubleFunction<PlainBert> loss) {
        this.plain = new PlainBert(config, weights);
        this.weights = weights;
        this.loss = loss;
    }

    /**
     * Requires of every variable's gradient that it is the plain one: at its largest and at a random entry, and along a
     * random direction, which sees all of it. As near as the golden gradients have to be.
     *
     * @param gradients in the order of the variables
     * @param seed of what is drawn
     * @param what the model, for the message
     */
    void compare(List<Variable> variables, List<float[]> gradients, long seed, String what) {
        Random random = new Random(seed);
        for (int i = 0; i < variables.size(); i++) {
            String name = variables.get(i).name();
            float[] gradient = gradients.get(i);
            double tolerance = 1e-6 + 1e-4 * Sessions.norm(gradient);
            for (int entry : new int[] {largest(gradient), random.nextInt(gradient.length)}) {
                assertEquals(at(name, entry), gradient[entry], tolerance, what + name + "[" + entry + "]");
            }
            double[] direction = random.ints(gradient.length, 0, 2).mapToDouble(bit -> 2 * bit - 1).toArray();
            double along = 0;
            for (int j = 0; j < gradient.length; j++) {
                along += direction[j] * gradient[j];
            }
            assertEquals(along(name, direction), along, tolerance, what + name + " along a random direction");
        }
    }

    private static int largest(float[] values) {
        int at = 0;
        for (int j = 0; j < values.length; j++) {
            at = Math.abs(values[j]) > Math.abs(values[at]) ? j : at;
        }
        return at;
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
        double moved = loss.applyAsDouble(plain);
        System.arraycopy(before, 0, values, 0, values.length);
        return moved;
    }
}
