package org.graphbert.train;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.Interruption;
import org.graphbert.config.Progress;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.TaskBatch;
import org.graphbert.train.Checkpoints.Best;
import org.graphbert.train.Checkpoints.Measured;
import org.tensorflow.exceptions.TensorFlowException;

/** Trains a head and the encoder below it, from the step that a session's weights have behind them to the last one. */
final class FineTuningLoop {

    /** Keeps the order of the examples of neighbouring seeds apart, whose passes would else be each other's. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** So much of the time between two evaluations before the end, the one at the end is enough: a tenth. */
    private static final int NEAR_THE_END = 10;

    private final FineTuningPlan plan;
    private final FineTuningConfig config;
    private final FineTuningSession session;
    private final RunLog log;
    private final Checkpointer checkpointer;
    private final EarlyStopping early;
    private final Interruption interruption;
    private final Progress progress;
    private final Stopwatch lap;
    private final StepGuard guard;
    private final LearningRate schedule;
    private final EncodedExamples.Shuffled order;
    private final TaskScores.Batches dev;
    private final LiveSteps live;
    private FineTuningSession.Sums sums = FineTuningSession.Sums.NONE;
    private double seconds;
    private long step;
    /** The last step whose dev scores are known. */
    private long measured = -1;

    /**
     * What a loop works with, opened for it.
     *
     * @param nanos a monotonic clock
     */
    record Tools(RunLog log, Checkpointer checkpointer, EarlyStopping early, Interruption interruption, Progress progress,
            LongSupplier nanos) {}

    /**
     * A loop that is about to begin.
     *
     * @param config with the seed of this training
     * @param step that the session's weights have behind them
     */
    FineTuningLoop(FineTuningPlan plan, FineTuningConfig config, FineTuningSession session, long step, Tools tools) {
        this.plan = plan;
        this.config = config;
        this.session = session;
        this.step = step;
        this.log = tools.log();
        this.checkpointer = tools.checkpointer();
        this.early = tools.early();
        this.interruption = tools.interruption();
        this.progress = tools.progress();
        this.lap = new Stopwatch(tools.nanos());
        this.guard = new StepGuard(config.onNan(), this::warn);
        this.schedule = plan.schedule();
        this.order = plan.train().encoded().shuffled(total(), config.batchSize(), config.seed() * SPREAD);
        this.dev = TaskScores.Batches.of(plan.dev(), config.batchSize());
        this.live = new LiveSteps(tools.progress());
    }

    private long total() {
        return config.duration().steps();
    }

    long step() {
        return step;
    }

    /**
     * Trains.
     *
     * @return whether it came to its end; not if a signal did, and then the state is saved
     */
    boolean train() throws IOException {
        log.begin(step);
        log.graph(step, session.graph().graph());
        progress.start("fine-tuning", total(), "steps");
        if (step > 0 && dueForDev() && (!log.has("held_out", step) || owesTheBest())) {
            evaluate();
        }
        lap.lap();
        live.step(step, 0);
        while (!ended()) {
            if (interruption.requested()) {
                checkpointer.saveLast(step, session);
                return false;
            }
            train(schedule.at(step));
            if (dueForDev()) {
                evaluate();
            }
            if (ended()) {
                checkpointer.saveLast(step, session);
            } else {
                checkpointer.step(step, session);
            }
            lap.lap();
        }
        live.end(step);
        progress.done();
        if (early.plateau()) {
            progress.say(early.text());
        }
        return true;
    }

    /** At the last step, or where nothing gets better any more; not before that is measured. */
    private boolean ended() {
        return step >= total() && (log.has("held_out", step) || measured == step) || early.plateau();
    }

    /** Every so many steps and at the end; not shortly before the end, which would say the same twice. */
    private boolean dueForDev() {
        boolean soonOver = (total() - step) * NEAR_THE_END < config.evalEvery();
        return step == total() || step % config.evalEvery() == 0 && !soonOver;
    }

    private void train(double rate) throws IOException {
        int[] numbers = order.numbers(step);
        List<TaskBatch> parts = EncodedExamples.parts(numbers, config.batchSize() / config.accumulationSteps()).stream()
                .map(plan.train().encoded()::batch)
                .toList();
        FineTuningSession.StepResult result = fitting(() -> session.step(step, parts, rate));
        boolean finite = Double.isFinite(result.sums().loss());
        guard.see(finite, result.changed(), result.applied().lossScale(), () -> what(result, numbers));
        step++;
        log.counted(result.sums().examples(), result.sums().tokens(), result.changed());
        double took = lap.lap();
        seconds += took;
        if (finite) {
            sums = sums.plus(result.sums());
        }
        if ((step % config.logEvery() == 0 || step == total()) && sums.examples() > 0) {
            tell(result, rate);
        } else {
            live.step(step, took);
        }
    }

    /** Computes something. Where memory does not suffice it is said what takes less; the newest checkpoint is as it was. */
    private <T> T fitting(Supplier<T> computation) {
        try {
            return computation.get();
        } catch (TensorFlowException e) {
            OutOfMemory found = OutOfMemory.of(e).orElseThrow(() -> e);
            throw Failure.usage("step %d: %s", step + 1, plan.memory().afterwards(found), e);
        }
    }

    private String what(FineTuningSession.StepResult result, int[] numbers) {
        String examples = Arrays.stream(numbers).sorted().mapToObj(i -> Integer.toString(i + 1)).collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "step %d: loss %s, gradient norm %s, on the examples %s of %s", step + 1,
                result.sums().meanLoss(), result.applied().norm(), examples, plan.train().file().path());
    }

    private void tell(FineTuningSession.StepResult last, double rate) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("loss", sums.meanLoss());
        if (!plan.head().regression()) {
            figures.put("accuracy", sums.accuracy());
        }
        figures.put("learning_rate", rate);
        figures.put("gradient_norm", last.applied().norm());
        figures.put("loss_scale", last.applied().lossScale());
        figures.put("tokens_per_second", sums.tokens() / seconds);
        log.train(step, figures);
        live.figures(step, String.format(Locale.ROOT, "loss %.4f%s | rate %.2e | %,.0f tokens/s", sums.meanLoss(),
                plan.head().regression() ? "" : String.format(Locale.ROOT, " (%.1f%%)", 100 * sums.accuracy()), rate,
                sums.tokens() / seconds));
        sums = FineTuningSession.Sums.NONE;
        seconds = 0;
    }

    /** A process that ended between writing the best and naming it has measured it already. */
    private boolean owesTheBest() {
        return checkpointer.scoresBest(Best.score(config.metric(), log.heldOut(step, config.metric())));
    }

    private void evaluate() throws IOException {
        Optional<TaskScores> found = fitting(() -> TaskScores.of(session, plan.head(), dev, interruption::requested));
        if (found.isEmpty()) {
            return;
        }
        Map<String, Double> scores = found.get().scores();
        double value = scores.get(config.metric());
        if (!log.has("held_out", step)) {
            log.heldOut(step, scores);
            early.dev(step, value);
            progress.say(String.format(Locale.ROOT, "step %,d, dev: %s", step, text(scores)));
        }
        measured = step;
        Measured on = new Measured(config.dev(), plan.record(config).fineTuned().checksums().get("dev"), plan.dev().file().count());
        checkpointer.best(Best.of(step, config.metric(), value, on), session);
    }

    /** The first few, in a line. */
    static String text(Map<String, Double> scores) {
        return scores.entrySet().stream().limit(5)
                .map(score -> String.format(Locale.ROOT, "%s %.4f", score.getKey(), score.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void warn(String text) {
        progress.say("Warning: " + text);
        log.warning(step, text);
    }
}
