package org.graphbert.config;

import java.util.List;

/**
 * A part of training with a data set of its own, as BERT gives its last tenth to longer sequences (Devlin et al. 2018,
 * A.2). What may be absent is null and is the run's.
 *
 * @param data the data set's directory
 * @param share of the run's steps
 * @param batchSize sequences of a step
 * @param accumulationSteps micro-batches that a step is computed in
 * @param evalData a held-out data set
 * @param learningRate a peak of its own. Where a phase has this or one of the following, every phase has a schedule over its
 *     own steps, with a warm-up; otherwise one schedule goes over the whole run
 * @param schedule a schedule of its own
 * @param warmupSteps of its own schedule
 * @param warmupRatio of its own schedule, as a share of its steps; not together with warmupSteps
 */
public record Phase(
        String data,
        double share,
        Integer batchSize,
        Integer accumulationSteps,
        String evalData,
        Double learningRate,
        String schedule,
        Long warmupSteps,
        Double warmupRatio) {

    private static final double SUM_TOLERANCE = 1e-6;

    public Phase {
        if (data == null) {
            throw Failure.usage("phases: a phase has no data; expected data: DIR and share: X in each");
        }
        if (!(share > 0 && share <= 1)) {
            throw Failure.usage("phase %s: share is %s, expected more than 0 and at most 1", data, share);
        }
        if (batchSize != null && batchSize < 1 || accumulationSteps != null && accumulationSteps < 1) {
            throw Failure.usage("phase %s: %s is %d, expected at least 1", data,
                    batchSize != null && batchSize < 1 ? "batch_size" : "accumulation_steps",
                    batchSize != null && batchSize < 1 ? batchSize : accumulationSteps);
        }
        if (learningRate != null && !(learningRate > 0)) {
            throw Failure.usage("phase %s: learning_rate is %s, expected a number above 0", data, learningRate);
        }
        if (warmupRatio != null && !(warmupRatio >= 0 && warmupRatio < 1)) {
            throw Failure.usage("phase %s: warmup_ratio is %s, expected a share from 0 to below 1", data, warmupRatio);
        }
        if (warmupSteps != null && warmupRatio != null) {
            throw Failure.usage("phase %s: warmup_steps is %d and warmup_ratio is %s; set one of them", data, warmupSteps, warmupRatio);
        }
        if (batchSize != null && accumulationSteps != null && batchSize % accumulationSteps != 0) {
            throw Failure.usage("phase %s: batch_size (%d) is not a multiple of accumulation_steps (%d)",
                    data, batchSize, accumulationSteps);
        }
    }

    /** A phase under the run's schedule. */
    public static Phase of(String data, double share, Integer batchSize, Integer accumulationSteps, String evalData) {
        return new Phase(data, share, batchSize, accumulationSteps, evalData, null, null, null, null);
    }

    /** Whether it asks for a schedule over its own steps. */
    boolean scheduled() {
        return learningRate != null || schedule != null || warmupSteps != null || warmupRatio != null;
    }

    /** Whether each phase has a schedule over its own steps, because one of them asks for it. */
    public static boolean eachScheduled(List<Phase> phases) {
        return phases.stream().anyMatch(Phase::scheduled);
    }

    /** The optimiser's configuration with what this phase has of its own. */
    public OptimizerConfig over(OptimizerConfig run) {
        boolean ownWarmup = warmupSteps != null || warmupRatio != null;
        return run.scheduled(
                learningRate == null ? run.learningRate() : learningRate,
                schedule == null ? run.schedule() : schedule,
                ownWarmup ? warmupSteps : run.warmupSteps(),
                ownWarmup ? warmupRatio : run.warmupRatio());
    }

    /** The same with the schedule that an optimiser's configuration says. */
    public Phase scheduled(OptimizerConfig own) {
        return new Phase(data, share, batchSize, accumulationSteps, evalData,
                own.learningRate(), own.schedule(), own.warmupSteps(), own.warmupRatio());
    }

    /** The same with its sizes and its held-out data set; its schedule is resolved when its steps are known. */
    Phase resolved(Integer runBatchSize, Integer runAccumulationSteps, String runEvalData) {
        return new Phase(
                data,
                share,
                batchSize == null ? runBatchSize : batchSize,
                accumulationSteps == null ? runAccumulationSteps : accumulationSteps,
                evalData == null ? runEvalData : evalData,
                learningRate,
                schedule,
                warmupSteps,
                warmupRatio);
    }

    static void requireWhole(List<Phase> phases) {
        double sum = phases.stream().mapToDouble(Phase::share).sum();
        if (phases.isEmpty() || Math.abs(sum - 1) > SUM_TOLERANCE) {
            throw Failure.usage("the shares of the %d phases sum to %s, expected 1", phases.size(), sum);
        }
    }

    /** The step that each phase ends before: its shares up to there of all steps, rounded; the last is the number of steps. */
    public static long[] marks(List<Phase> phases, long steps) {
        long[] ends = new long[phases.size()];
        double share = 0;
        for (int i = 0; i < ends.length; i++) {
            share += phases.get(i).share();
            ends[i] = i == ends.length - 1 ? steps : Math.round(share * steps);
        }
        return ends;
    }

    /**
     * The same, where each phase must have something to do.
     *
     * @throws Failure (usage) if a phase has no step
     */
    public static long[] ends(List<Phase> phases, long steps) {
        long[] ends = marks(phases, steps);
        for (int i = 0; i < ends.length; i++) {
            if (ends[i] <= (i == 0 ? 0 : ends[i - 1])) {
                throw Failure.usage("phase %s has no step: its share is %s of %,d steps; raise steps, or its share",
                        phases.get(i).data(), phases.get(i).share(), steps);
            }
        }
        return ends;
    }
}
