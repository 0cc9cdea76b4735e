package org.graphbert.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.OptimizerConfig;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The rule by which weights follow their gradients. It is told for one variable; {@link Updates} goes through all of them.
 */
public sealed interface Optimiser permits AdamW, Lamb, Adafactor, Sgd {

    /** The scalar that every optimiser is fed: the learning rate of the step. */
    String LEARNING_RATE = "learning_rate";

    /** The optimiser of a configuration. */
    static Optimiser of(OptimizerConfig config) {
        return switch (config.optimizer()) {
            case "adamw" -> new AdamW(
                    config.beta1(), config.beta2(), config.epsilon(), config.weightDecay(), config.biasCorrection());
            case "lamb" -> new Lamb(
                    config.beta1(), config.beta2(), config.epsilon(), config.weightDecay(), config.biasCorrection());
            case "adafactor" -> new Adafactor(config.weightDecay());
            case "sgd" -> new Sgd(config.momentum(), config.weightDecay());
            default -> throw Failure.usage(
                    "optimizer is '%s', expected one of adamw, lamb, adafactor, sgd", config.optimizer());
        };
    }

    /** Of the variables that decay and that no rule says otherwise of. */
    double weightDecay();

    /**
     * What the graph is fed for a step, by the names of its placeholders. Where nothing needs one of them, the graph has no
     * such placeholder.
     *
     * @param rate the learning rate
     * @param step the number of the update, from 0
     */
    Map<String, Double> scalars(double rate, long step);

    /** What is kept beside a variable of that shape: suffixes of its name, and the shapes of what they hold. */
    Map<String, Shape> slots(Shape shape);

    /** Adds one variable's update to the graph. */
    Op update(Target target);

    /**
     * A variable to be updated.
     *
     * @param tf where its operations go
     * @param numbers the step's scalars
     * @param learned the variable and what holds for it
     * @param slots in the order of {@link #slots}
     * @param gradient clipped; zero where the step is to change nothing
     */
    record Target(
            Ops tf, StepNumbers numbers, Learned learned, List<Variable> slots, Operand<TFloat32> gradient) {

        Variable variable() {
            return learned.variable();
        }

        /** One of the step's rates, times the variable's factor: float32 [], 0 where the step is to change nothing. */
        Operand<TFloat32> rate(String name) {
            return numbers.rate(name, learned.rateFactor());
        }

        /** Where a moving average goes: kept · average + taken · value. */
        Operand<TFloat32> moved(
                Variable average, Operand<TFloat32> kept, Operand<TFloat32> value, Operand<TFloat32> taken) {
            return tf.math.add(tf.math.mul(average.floats(), kept), tf.math.mul(value, taken));
        }

        /**
         * w ← w − rate · decay · w; null where the variable does not decay. It waits for the gradient: with that at hand
         * nobody reads the weight any more. Sooner, the step would go on with a copy of each weight beside the decayed one.
         */
        Op decay() {
            if (learned.weightDecay() == 0) {
                return null;
            }
            Operand<TFloat32> rate = numbers.rate(LEARNING_RATE, learned.rateFactor() * learned.weightDecay());
            Operand<TFloat32> part = tf.withControlDependencies(gradient).math.mulNoNan(variable().floats(), rate);
            return tf.assignSubVariableOp(variable().handle(), part);
        }

        /** Where operations go that come after the decay. */
        Ops decayed() {
            Op decay = decay();
            return decay == null ? tf : tf.withControlDependencies(decay);
        }
    }

    /** Names and values in order. */
    static Map<String, Double> scalars(Object... namesAndValues) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            scalars.put((String) namesAndValues[i], (Double) namesAndValues[i + 1]);
        }
        return scalars;
    }

    /** Refuses what is no share that a moving average keeps. */
    static void requireFraction(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw Failure.usage("%s is %s, expected a number from 0 to below 1", key, value);
        }
    }

    /** Refuses what is no decay. */
    static void requireDecay(double weightDecay) {
        if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
            throw Failure.usage("weight_decay is %s, expected a finite number from 0", weightDecay);
        }
    }
}
