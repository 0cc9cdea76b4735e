package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Duration;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.OptimizerConfig;
import org.graphbert.config.Phase;
import org.graphbert.config.RunConfig;
import org.graphbert.train.PhasePlan.Span;

/** Lays the phases of a run out over its length, and its learning-rate schedule, or one of each phase's own, over them. */
final class Spans {

    private final boolean timed;

    private Spans(boolean timed) {
        this.timed = timed;
    }

    /**
     * Gives each phase its span.
     *
     * @param given the configuration, with what the user left open
     * @param phases of which each is replaced by itself with a span
     * @return the configuration with nothing left open: the length in steps or as a budget, peaks and warm-ups
     * @throws Failure (usage) if a phase has no step, or a schedule does not fit its steps
     */
    static RunConfig resolve(RunConfig given, ModelConfig model, List<PhasePlan> phases) {
        Duration duration = given.duration();
        Spans spans = new Spans(duration.timed());
        long length = spans.timed
                ? Math.round(duration.budgetSeconds() * Span.MICROS) : StepCount.of(duration, phases);
        List<Phase> each = given.resolvedPhases();
        long[] ends = Phase.ends(each, length);
        boolean own = Phase.eachScheduled(each);
        OptimizerConfig open = given.optimization();
        OptimizerConfig run = own ? spans.withPeak(open, model) : spans.resolved(open, model, length, "");
        LearningRate whole = own ? null : spans.schedule(run, length);
        List<Phase> resolved = new ArrayList<>();
        for (int i = 0; i < ends.length; i++) {
            long begin = i == 0 ? 0 : ends[i - 1];
            Phase phase = each.get(i);
            OptimizerConfig scheduled = own
                    ? spans.resolved(phase.over(open), model, ends[i] - begin, "phase " + phase.data() + ": ") : run;
            LearningRate rate = own ? spans.schedule(scheduled, ends[i] - begin) : whole;
            phases.set(i, phases.get(i).as(
                    new Span(i + 1, ends.length, begin, ends[i], spans.timed, scheduled, own, rate)));
            resolved.add(own ? phase.scheduled(scheduled) : phase);
        }
        return given.resolved(
                spans.timed ? duration : Duration.ofSteps(length), run, given.phases() == null ? null : resolved);
    }

    private OptimizerConfig withPeak(OptimizerConfig given, ModelConfig model) {
        return given.resolved(peak(given, model), given.warmupSteps(), given.warmupRatio());
    }

    private static double peak(OptimizerConfig given, ModelConfig model) {
        return given.learningRate() != null ? given.learningRate() : Recipes.learningRate(model, given.optimizer());
    }

    private OptimizerConfig resolved(OptimizerConfig given, ModelConfig model, long length, String where) {
        if (timed) {
            double ratio = given.warmupRatio() != null ? given.warmupRatio() : LearningRate.WARMUP_SHARE;
            return given.resolved(peak(given, model), null, ratio);
        }
        long warmup = LearningRate.warmupSteps(given, length);
        if (warmup > length) {
            throw Failure.usage("%swarmup_steps is %d, expected 0 to the number of steps (%d)", where, warmup, length);
        }
        return given.resolved(peak(given, model), warmup, null);
    }

    private LearningRate schedule(OptimizerConfig resolved, long length) {
        return LearningRate.of(resolved, length);
    }
}
