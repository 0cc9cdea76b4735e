package org.graphbert.train;

import org.graphbert.config.RunConfig;
import org.graphbert.train.Pace.Work;

/**
 * What steps cost, and with them the evaluations, probes and checkpoints that come between them and at their end, from what
 * these cost so far in a phase.
 */
final class StepCosts {

    /** The forward pass is about a third of a step: the backward pass computes two products for each of its one. */
    private static final double FORWARD_SHARE = 1.0 / 3;

    private final Intervals every;
    private final double horizon;
    private int steps;
    private double step;
    private double evaluation;
    private double probe;
    private double saving;
    private double lastSaving;

    /**
     * Steps between one and the next of each kind; 0 where there are none of it.
     *
     * @param evaluationSteps the steps that an evaluation takes as long as, until one is measured
     */
    record Intervals(long evaluations, double evaluationSteps, long probes, long checkpoints) {

        static Intervals of(RunConfig config, PhasePlan phase) {
            double batches = phase.evalData().map(data -> Math.ceil((double) data.size() / phase.microBatch())).orElse(0.0);
            if (config.watching().evalBatches() != null) {
                batches = Math.min(batches, config.watching().evalBatches());
            }
            return new Intervals(
                    phase.evalData().isPresent() ? config.watching().evalEvery() : 0,
                    FORWARD_SHARE * batches / phase.phase().accumulationSteps(),
                    config.probeEvery(),
                    config.checkpoints().checkpointEvery());
        }
    }

    /**
     * Nothing is known of the steps of a phase that begins.
     *
     * @param horizonSeconds over which a change of their speed is taken in
     * @param before of the phase before, whose checkpoints were as large; or null
     */
    StepCosts(Intervals every, double horizonSeconds, StepCosts before) {
        this.every = every;
        this.horizon = horizonSeconds;
        if (before != null) {
            saving = before.saving;
            lastSaving = before.lastSaving;
            probe = before.probe;
        }
    }

    void took(Work work, double seconds) {
        switch (work) {
            case STEP -> step(seconds);
            case EVALUATION -> evaluation = seconds;
            case PROBE -> probe = seconds;
            case SAVING -> saving = seconds;
            case LAST_SAVING -> lastSaving = seconds;
        }
    }

    /** A mean over the horizon; the first step of a graph, which takes longer than others, counts until there is a second. */
    private void step(double seconds) {
        steps++;
        if (steps <= 2) {
            step = seconds;
        } else {
            double share = Math.max(1.0 / (steps - 1), Math.min(1, seconds / horizon));
            step += share * (seconds - step);
        }
    }

    /** How many steps it has seen. */
    int steps() {
        return steps;
    }

    /** What so many steps and all between them cost, the last evaluation and the last checkpoint with them. */
    double seconds(long done, long count) {
        double each = evaluation > 0 ? evaluation : every.evaluationSteps * step;
        return count * step
                + (every.evaluations == 0 ? 0 : (between(done, count, every.evaluations) + 1) * each)
                + (every.probes == 0 ? 0 : (between(done, count, every.probes) + 1) * probe)
                + between(done, count, every.checkpoints) * saving
                + lastSaving;
    }

    /** The most steps that cost no more than that; at least 1. */
    long affordable(long done, double seconds) {
        long fits = 1;
        long tooMany = Math.max(2, (long) (seconds / Math.max(step, 1e-9)) + 1);
        while (tooMany - fits > 1) {
            long middle = fits + (tooMany - fits) / 2;
            if (seconds(done, middle) <= seconds) {
                fits = middle;
            } else {
                tooMany = middle;
            }
        }
        return fits;
    }

    /** How many multiples of an interval lie between, not counting both ends. */
    private static long between(long done, long count, long interval) {
        return interval == 0 ? 0 : (done + count - 1) / interval - done / interval;
    }
}
