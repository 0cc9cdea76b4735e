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

    /** Of a checkpoint until all is on the disk, checksums included: a slow disk's, for a late end is worse than an early one. */
    private static final double CHECKPOINT_BYTES_PER_SECOND = 100e6;

    /** The weight of one step at the most: a stall of the machine near the end must not pass for its speed, and end the run. */
    private static final double MOST_OF_ONE_STEP = 0.25;

    private final Intervals every;
    private final Unmeasured unmeasured;
    private final double horizon;
    private int steps;
    private double step;
    private double evaluation;
    private double probe;
    private double saving;
    private double lastSaving;

    /** Steps between one and the next of each kind; 0 where there are none of it. */
    record Intervals(long evaluations, long probes, long checkpoints) {

        static Intervals of(RunConfig config, PhasePlan phase) {
            return new Intervals(
                    phase.evalData().isPresent() ? config.watching().evalEvery() : 0,
                    config.probeEvery(),
                    config.checkpoints().checkpointEvery());
        }
    }

    /**
     * What is taken for the cost of what has not been measured yet.
     *
     * @param evaluationSteps the steps that an evaluation takes as long as
     * @param probeSteps the same of a probe
     * @param lastSavingSeconds of the last checkpoint
     */
    record Unmeasured(double evaluationSteps, double probeSteps, double lastSavingSeconds) {

        static Unmeasured of(RunConfig config, PhasePlan phase, double probeSteps, long checkpointBytes) {
            double batches = phase.evalData().map(data -> Math.ceil((double) data.size() / phase.microBatch())).orElse(0.0);
            if (config.watching().evalBatches() != null) {
                batches = Math.min(batches, phase.evaluationBatches(config.watching().evalBatches()));
            }
            return new Unmeasured(
                    FORWARD_SHARE * batches / phase.phase().accumulationSteps(),
                    probeSteps,
                    checkpointBytes / CHECKPOINT_BYTES_PER_SECOND);
        }
    }

    /**
     * Nothing is known of the steps of a phase that begins.
     *
     * @param horizonSeconds over which a change of their speed is taken in
     * @param before of the phase before, whose checkpoints were as large; or null
     */
    StepCosts(Intervals every, Unmeasured unmeasured, double horizonSeconds, StepCosts before) {
        this.every = every;
        this.unmeasured = unmeasured;
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
            double share = Math.max(1.0 / (steps - 1), Math.min(MOST_OF_ONE_STEP, seconds / horizon));
            step += share * (seconds - step);
        }
    }

    /** How many steps it has seen. */
    int steps() {
        return steps;
    }

    /** What so many steps and all between them cost, the last evaluation and the last checkpoint with them. */
    double seconds(long done, long count) {
        double eachEvaluation = evaluation > 0 ? evaluation : unmeasured.evaluationSteps * step;
        double eachProbe = probe > 0 ? probe : unmeasured.probeSteps * step;
        return count * step
                + (every.evaluations == 0 ? 0 : (between(done, count, every.evaluations) + 1) * eachEvaluation)
                + (every.probes == 0 ? 0 : (between(done, count, every.probes) + 1) * eachProbe)
                + between(done, count, every.checkpoints) * saving
                + (lastSaving > 0 ? lastSaving : unmeasured.lastSavingSeconds);
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
