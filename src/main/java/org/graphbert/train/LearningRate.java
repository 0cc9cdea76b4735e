package org.graphbert.train;

import org.graphbert.config.Failure;
import org.graphbert.config.OptimizerConfig;

/**
 * A learning rate for each step, from 0. Every schedule first rises along a line, from 0 at step 0 to the peak at the step
 * after its warm-up, and falls no further after its last step.
 */
public sealed interface LearningRate {

    /** google-research/bert's warm-up, and a tenth of runs that are shorter than its own of a million steps. */
    long LONGEST_WARMUP = 10_000;
    double WARMUP_SHARE = 0.1;

    double peak();

    long warmupSteps();

    /** The rate of a step, counted from 0. */
    default double at(long step) {
        return step < warmupSteps() ? peak() * step / warmupSteps() : afterWarmup(step);
    }

    /** The rate of a step that is none of the warm-up. */
    double afterWarmup(long step);

    /** The warm-up that a configuration asks for, as a number or a share of the steps, or leaves to us. */
    static long warmupSteps(OptimizerConfig config, long totalSteps) {
        if (config.warmupSteps() != null) {
            return config.warmupSteps();
        }
        return config.warmupRatio() != null
                ? Math.round(config.warmupRatio() * totalSteps)
                : Math.min(LONGEST_WARMUP, Math.round(WARMUP_SHARE * totalSteps));
    }

    /** The schedule of a configuration whose learning rate is known. */
    static LearningRate of(OptimizerConfig config, long totalSteps) {
        double peak = config.learningRate();
        double end = config.endLearningRate();
        long warmup = warmupSteps(config, totalSteps);
        if (!(peak > 0 && Double.isFinite(peak))) {
            throw Failure.usage("learning_rate is %s, expected a finite number above 0", peak);
        }
        if (warmup < 0 || warmup > totalSteps) {
            throw Failure.usage(
                    "warmup_steps is %d, expected 0 to the number of steps (%d)", warmup, totalSteps);
        }
        return switch (config.schedule()) {
            case "linear" -> new Polynomial(peak, end, warmup, totalSteps, 1);
            case "polynomial" -> new Polynomial(peak, end, warmup, totalSteps, config.schedulePower());
            case "cosine" -> new Cosine(peak, end, warmup, totalSteps);
            case "constant" -> new Constant(peak, warmup);
            case "inverse_sqrt" -> new InverseSqrt(peak, warmup);
            case "wsd" -> new WarmupStableDecay(peak, end, warmup, totalSteps, decaySteps(config, warmup, totalSteps));
            default -> throw Failure.usage(
                    "schedule is '%s', expected one of linear, cosine, polynomial, constant, inverse_sqrt, wsd",
                    config.schedule());
        };
    }

    /** Where warm-up and decay are shares that fit together, each rounded up may be a step too many: the decay gives way. */
    private static long decaySteps(OptimizerConfig config, long warmup, long totalSteps) {
        long decay = Math.round(config.decayRatio() * totalSteps);
        return warmup + decay == totalSteps + 1 && config.decayRatio() * totalSteps + warmup < totalSteps + 1 ? decay - 1 : decay;
    }

    private static void requireEnd(double end, double peak) {
        if (!(end >= 0 && end <= peak)) {
            throw Failure.usage("end_learning_rate is %s, expected 0 to learning_rate (%s)", end, peak);
        }
    }

    /** How much of a decay is done: 0 before it, 1 after its last step. */
    private static double progress(long step, long first, long steps) {
        return steps == 0 ? 0 : Math.min(1, Math.max(0, (double) (step - first) / steps));
    }

    /**
     * end + (peak − end) · (1 − step / steps)ᵖᵒʷᵉʳ. The decay counts from step 0, as in optimization.py, so that at the end of
     * the warm-up some of it is done; with power 1, a line to 0, this is google-research/bert's schedule.
     */
    record Polynomial(double peak, double end, long warmupSteps, long totalSteps, double power) implements LearningRate {

        public Polynomial {
            requireEnd(end, peak);
            if (!(power > 0 && Double.isFinite(power))) {
                throw Failure.usage("schedule_power is %s, expected a finite number above 0", power);
            }
        }

        @Override
        public double afterWarmup(long step) {
            double left = 1 - progress(step, 0, totalSteps);
            return end + (peak - end) * (power == 1 ? left : Math.pow(left, power));
        }
    }

    /** Half a cosine from the end of the warm-up to the last step (Loshchilov and Hutter 2017). */
    record Cosine(double peak, double end, long warmupSteps, long totalSteps) implements LearningRate {

        public Cosine {
            requireEnd(end, peak);
        }

        @Override
        public double afterWarmup(long step) {
            double progress = progress(step, warmupSteps, totalSteps - warmupSteps);
            return end + (peak - end) * (1 + Math.cos(Math.PI * progress)) / 2;
        }
    }

    /** The peak rate to the end. */
    record Constant(double peak, long warmupSteps) implements LearningRate {
        @Override
        public double afterWarmup(long step) {
            return peak;
        }
    }

    /** peak · √(warm-up / step), whenever the run may end (Vaswani et al. 2017, section 5.3). */
    record InverseSqrt(double peak, long warmupSteps) implements LearningRate {
        @Override
        public double afterWarmup(long step) {
            return peak * Math.sqrt(Math.max(1.0, warmupSteps) / Math.max(1, step));
        }
    }

    /**
     * Warm-up, the peak rate for most of the run, and a decay over its last steps (Hu et al. 2024) along 1 − √progress, which
     * Hägele et al. 2024 found better than a line.
     *
     * @param decaySteps the last so many
     */
    record WarmupStableDecay(double peak, double end, long warmupSteps, long totalSteps, long decaySteps)
            implements LearningRate {

        public WarmupStableDecay {
            requireEnd(end, peak);
            if (warmupSteps + decaySteps > totalSteps) {
                throw Failure.usage("schedule wsd warms up for %d steps and decays for %d, of %d in all; lower warmup_steps or "
                        + "decay_ratio", warmupSteps, decaySteps, totalSteps);
            }
        }

        @Override
        public double afterWarmup(long step) {
            return end + (peak - end) * (1 - Math.sqrt(progress(step, totalSteps - decaySteps, decaySteps)));
        }
    }
}
