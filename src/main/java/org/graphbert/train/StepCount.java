package org.graphbert.train;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Duration;
import org.graphbert.config.Phase;

/**
 * Durations in steps: the smallest number of steps that reaches what was asked for. Phases have steps of different sizes, and
 * how many steps each has goes by its share of all of them, rounded; so the number is searched for.
 */
final class StepCount {

    private final List<Phase> phases;
    private final List<Amount> amounts = new ArrayList<>();

    private StepCount(List<PhasePlan> plans, boolean tokens) {
        phases = plans.stream().map(PhasePlan::phase).toList();
        plans.forEach(plan -> amounts.add(tokens ? new Positions(plan) : new Records(plan)));
    }

    /** How many steps a duration is that is not a budget. */
    static long of(Duration duration, List<PhasePlan> plans) {
        if (duration.steps() != null) {
            return duration.steps();
        }
        if (duration.epochs() != null) {
            PhasePlan only = plans.get(0);
            // In decimals, as the user wrote it: 0.7 epochs of 10 are 7, and not the 8 after a hair more than 7.
            return Math.max(1, BigDecimal.valueOf(duration.epochs())
                    .multiply(BigDecimal.valueOf(only.loader().sequences()))
                    .divide(BigDecimal.valueOf(only.phase().batchSize()), 0, RoundingMode.CEILING)
                    .longValueExact());
        }
        return duration.tokens() != null
                ? new StepCount(plans, true).reaching(duration.tokens())
                : new StepCount(plans, false).reaching(duration.examples());
    }

    private long reaching(long wanted) {
        double mean = 0;
        long most = 0;
        for (int i = 0; i < phases.size(); i++) {
            mean += phases.get(i).share() * amounts.get(i).mean();
            most += amounts.get(i).most();
        }
        // One step more may take one from a phase of large steps, so the sum is not quite monotonic: by two steps of each.
        long steps = Math.max(1, (long) (wanted / mean));
        while (steps > 1 && sum(steps) >= wanted - 2 * most) {
            steps = Math.max(1, steps - Math.max(1, (long) (most / mean)));
        }
        while (sum(steps) < wanted) {
            steps++;
        }
        return steps;
    }

    private long sum(long steps) {
        long[] ends = Phase.marks(phases, steps);
        long sum = 0;
        for (int i = 0; i < ends.length; i++) {
            sum += amounts.get(i).of(ends[i] - (i == 0 ? 0 : ends[i - 1]));
        }
        return sum;
    }

    /** What the steps of a phase come to. */
    private interface Amount {

        /** Of its first steps, so many. */
        long of(long steps);

        /** Of one step, on average. */
        double mean();

        /** Of one step, at most. */
        long most();
    }

    private record Positions(long each) implements Amount {

        Positions(PhasePlan plan) {
            this((long) plan.phase().batchSize() * plan.data().maxSeqLength());
        }

        @Override
        public long of(long steps) {
            return Math.multiplyExact(each, steps);
        }

        @Override
        public double mean() {
            return each;
        }

        @Override
        public long most() {
            return each;
        }
    }

    /** Packed sequences hold more or fewer of them; from one number of steps to the next it is counted on. */
    private static final class Records implements Amount {

        private final PhasePlan plan;
        private final long batchSize;
        private long counted;
        private long count;

        Records(PhasePlan plan) {
            this.plan = plan;
            this.batchSize = plan.phase().batchSize();
        }

        @Override
        public long of(long steps) {
            long sequences = Math.multiplyExact(steps, batchSize);
            count += sequences >= counted
                    ? plan.loader().examples(counted, sequences) : -plan.loader().examples(sequences, counted);
            counted = sequences;
            return count;
        }

        @Override
        public double mean() {
            return (double) batchSize * plan.data().size() / plan.loader().sequences();
        }

        @Override
        public long most() {
            return batchSize * Math.max(1, plan.loader().places());
        }
    }
}
