package org.graphbert.train;

import org.graphbert.config.Failure;
import org.graphbert.config.OptimizerConfig;

/** A learning rate for each step, from 0. Every schedule rises linearly from 0 over its warm-up steps first. */
public sealed interface LearningRate {

    /** The rate of a step, counted from 0. */
    double at(long step);

    double peak();

    long warmupSteps();

    /** The schedule of a resolved configuration. */
    static LearningRate of(OptimizerConfig config, long totalSteps) {
        return of(config.schedule(), config.learningRate(), config.warmupSteps(), totalSteps);
    }

    /** The schedules by the name that configurations give them. */
    static LearningRate of(String schedule, double peak, long warmupSteps, long totalSteps) {
        if (!(peak > 0)) {
            throw Failure.usage("learning_rate is %s, expected a number above 0", peak);
        }
        if (warmupSteps < 0 || warmupSteps > totalSteps) {
            throw Failure.usage(
                    "warmup_steps is %d, expected 0 to the number of steps (%d)", warmupSteps, totalSteps);
        }
        return switch (schedule) {
            case "linear" -> new Linear(peak, warmupSteps, totalSteps);
            case "cosine" -> new Cosine(peak, warmupSteps, totalSteps);
            case "constant" -> new Constant(peak, warmupSteps);
            default -> throw Failure.usage(
                    "schedule is '%s', expected one of linear, cosine, constant", schedule);
        };
    }

    private static double warmup(double peak, long warmupSteps, long step) {
        return peak * step / warmupSteps;
    }

    /** To 0 at the last step along a line; the decay counts from step 0, as in optimization.py. */
    record Linear(double peak, long warmupSteps, long totalSteps) implements LearningRate {
        @Override
        public double at(long step) {
            return step < warmupSteps
                    ? warmup(peak, warmupSteps, step)
                    : peak * Math.max(0, 1 - (double) step / totalSteps);
        }
    }

    /** To 0 at the last step along half a cosine that begins where the warm-up ends (Loshchilov and Hutter 2017). */
    record Cosine(double peak, long warmupSteps, long totalSteps) implements LearningRate {
        @Override
        public double at(long step) {
            if (step < warmupSteps) {
                return warmup(peak, warmupSteps, step);
            }
            double progress = Math.min(1, (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
            return peak * (1 + Math.cos(Math.PI * progress)) / 2;
        }
    }

    /** The peak rate to the end. */
    record Constant(double peak, long warmupSteps) implements LearningRate {
        @Override
        public double at(long step) {
            return step < warmupSteps ? warmup(peak, warmupSteps, step) : peak;
        }
    }
}
