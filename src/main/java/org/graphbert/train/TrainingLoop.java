package org.graphbert.train;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.Interruption;
import org.graphbert.config.Progress;
import org.graphbert.config.RunConfig;
import org.graphbert.data.Prefetch;
import org.graphbert.distribute.cluster.Loss;
import org.graphbert.distribute.cluster.Turn;
import org.graphbert.evaluate.Evaluation;
import org.graphbert.train.Checkpoints.Best;
import org.graphbert.train.Checkpoints.Checkpoint;
import org.graphbert.train.Pace.Work;
import org.graphbert.train.Pretraining.Outcome;
import org.graphbert.train.TrainingSession.StepResult;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * The training loop: from the newest checkpoint, or the beginning, to the last step. What it calls has files of its own: which
 * phase and learning rate a step has ({@link Pace}), how the state is saved ({@link Checkpointer}), what is written down
 * ({@link RunLog}), and what ends a run before its time ({@link StepGuard}, {@link EarlyStopping}).
 */
final class TrainingLoop {

    /** What a step that was left behind has to end, where it does not hang. */
    private static final Duration LEFT_BEHIND = Duration.ofSeconds(2);
    private static final String OF_ALL = "the same command on every worker goes on from there";

    private final Plan plan;
    private final RunConfig config;
    private final RunDirectory run;
    private final Pace pace;
    private final RunLog log;
    private final Checkpointer checkpointer;
    private final Interruption interruption;
    private final Cluster cluster;
    private final Progress progress;
    private final LiveSteps live;
    private final Stopwatch lap;
    private final Optional<Probe> probe;
    private final StepGuard guard;
    private final LossSpikes spikes = new LossSpikes();
    private EarlyStopping early;
    private TrainingSession session;
    /** The optimiser steps that the session's weights have behind them. */
    private long step;

    /**
     * What a loop works with, opened for it.
     *
     * @param nanos a monotonic clock
     */
    record Tools(
            Pace pace, RunLog log, Checkpointer checkpointer, Interruption interruption, Cluster cluster, Progress progress,
            LongSupplier nanos) {}

    TrainingLoop(Plan plan, RunDirectory run, Tools tools) {
        this.plan = plan;
        this.config = plan.config();
        this.run = run;
        this.pace = tools.pace();
        this.log = tools.log();
        this.checkpointer = tools.checkpointer();
        this.interruption = tools.interruption();
        this.cluster = tools.cluster();
        this.progress = tools.progress();
        this.live = new LiveSteps(progress);
        this.lap = new Stopwatch(tools.nanos());
        this.probe = plan.probe();
        this.guard = new StepGuard(config.guards().onNan(), this::warn);
    }

    /** How many steps are done. */
    long step() {
        return step;
    }

    /** Trains from the newest checkpoint on, phase by phase, each in a graph of its own sizes. */
    Outcome train(Optional<Checkpoint> newest) throws IOException {
        Resumption resumption = new Resumption(plan, run, pace, cluster, progress);
        session = resumption.open(newest);
        try {
            step = session.globalStep();
            log.begin(step);
            early = EarlyStopping.of(config.guards(), MetricsLog.read(run.metricsFile()), step);
            pace.start(step, log::seconds, this::warn);
            progress.start("pretraining", pace.total(), pace.unit());
            Outcome outcome = null;
            PhasePlan before = null;
            for (Optional<PhasePlan> next = pace.after(step); outcome == null; next = pace.after(step)) {
                if (before != null) {
                    session.close();
                    session = resumption.next(next.orElseThrow());
                }
                boolean resumed = before == null && step > 0;
                before = next.orElseThrow();
                outcome = train(before, resumed);
            }
            live.end(pace.at(before, step));
            progress.done();
            if (outcome == Outcome.STOPPED_EARLY) {
                progress.say(early.text());
            }
            return outcome;
        } finally {
            session.close();
        }
    }

    /**
     * Trains to the end of a phase, where the state is saved; null if another phase follows.
     *
     * @param resumed whether the step before was another process's
     */
    private Outcome train(PhasePlan phase, boolean resumed) throws IOException {
        open(phase);
        HeldOut heldOut = new HeldOut(phase, plan.model(), config.watching().evalBatches());
        Meter meter = new Meter(phase, plan.model());
        if (resumed) {
            measureWhatIsOwed(phase, heldOut);
            Outcome outcome = outcome(phase);
            if (outcome != null) {
                return outcome;
            }
        }
        try (Prefetch batches = phase.batches(step - pace.begin(phase))) {
            lap.lap();
            // Where it begins, or goes on from: what the time that is left is reckoned by.
            live.step(pace.at(phase, step), 0);
            while (step < pace.end(phase)) {
                pace.next(phase, step);
                Batch batch = reading(() -> phase.requireIds(batches.next(), plan.model()));
                List<Batch> microBatches = batch.split(phase.phase().accumulationSteps());
                double rate = pace.rate(phase, step);
                if (othersStop()) {
                    save(true);
                    return Outcome.INTERRUPTED;
                }
                StepResult result = fitting(phase, () -> stepOfAll(microBatches, rate));
                guard.see(step, result, microBatches, () -> phase.loader().batch(step - pace.begin(phase)), phase, session);
                step++;
                log.counted(result.sums(), result.applied());
                log.weights(step, session);
                if (step == 1) {
                    progress.say(plan.describeFirst(result.sums().metrics()));
                }
                spikes.see(step, result.sums().metrics().loss()).ifPresent(this::warn);
                double took = lap.lap();
                meter.add(result, rate, took);
                if (due(config.watching().logEvery(), phase) && meter.measured()) {
                    TrainPoint point = meter.read(step);
                    log.train(point);
                    live.figures(pace.at(phase, step), meter.line(point));
                } else {
                    live.step(pace.at(phase, step), took);
                }
                pace.took(Work.STEP, took + lap.lap());
                if (heldOut.data().isPresent() && due(config.watching().evalEvery(), phase)) {
                    evaluate(heldOut);
                }
                if (probe.isPresent() && due(config.probeEvery(), phase)) {
                    probe();
                }
                Outcome outcome = outcome(phase);
                save(outcome != null || step == pace.end(phase));
                if (outcome != null) {
                    return outcome;
                }
            }
        }
        return null;
    }

    /** Whether another worker was asked to stop; from here on all are ready for the next step. */
    private boolean othersStop() throws IOException {
        try {
            return cluster.stops(step);
        } catch (Failure lost) {
            throw atNextStep(lost, saved(OF_ALL));
        }
    }

    private StepResult stepOfAll(List<Batch> microBatches, double rate) {
        cluster.say(new Turn.Step(step, rate));
        return session.step(step, microBatches, rate);
    }

    private void open(PhasePlan phase) throws IOException {
        if (phase.span().phases() > 1) {
            progress.say(String.format(Locale.ROOT, "Step %,d: phase %d of %d.", step, phase.number(), phase.span().phases()));
        }
        log.opened(step, phase.number(), phase.span().phases(), session);
        early.phase(phase.number());
        pace.opened(phase, probe.map(p -> p.flops() / phase.stepFlops(plan.model())).orElse(0.0),
                Checkpointer.bytes(session.graph()));
    }

    /** Whether something is to be done every so many steps, or at the phase's end, and now. */
    private boolean due(long every, PhasePlan phase) {
        return step % every == 0 || step == pace.end(phase);
    }

    /** How the run ends here; null if it goes on. */
    private Outcome outcome(PhasePlan phase) {
        if (pace.after(step).isEmpty()) {
            return Outcome.FINISHED;
        }
        if (interruption.requested()) {
            return Outcome.INTERRUPTED;
        }
        return early.plateau() ? Outcome.STOPPED_EARLY : null;
    }

    /** A process that ended after saving a step, and before measuring it, left that to this one. */
    private void measureWhatIsOwed(PhasePlan phase, HeldOut heldOut) throws IOException {
        // At a phase's end, which is where the next one begins, the phase's own held-out data are out of reach.
        boolean begins = step == pace.begin(phase);
        if (heldOut.data().isPresent() && !begins && step % config.watching().evalEvery() == 0) {
            if (!log.has("held_out", step)) {
                evaluate(heldOut);
            } else if (checkpointer.wouldBeBest(log.heldOutLoss(step))) {
                // It ended between writing the best and naming it; what it measured is in the log and counted already.
                Optional<Evaluation> again = measured(heldOut);
                if (again.isPresent()) {
                    saveIfBest(heldOut, again.get());
                }
            }
        }
        if (probe.isPresent() && (begins || step % config.probeEvery() == 0) && !log.has("probe", step)) {
            probe();
        }
    }

    private void evaluate(HeldOut heldOut) throws IOException {
        lap.lap();
        Optional<Evaluation> measured = measured(heldOut);
        if (measured.isPresent()) {
            Evaluation evaluation = measured.get();
            log.heldOut(step, evaluation.metrics());
            early.heldOut(step, evaluation.maskedLmLoss());
            progress.say(heldOut.line(step, evaluation));
            took(Work.EVALUATION);
            saveIfBest(heldOut, evaluation);
        }
        lap.lap();
    }

    /** Empty if a signal came; at the run's end that waits: nobody would make up for this one. */
    private Optional<Evaluation> measured(HeldOut heldOut) throws IOException {
        return reading(() -> heldOut.of(
                session, () -> (interruption.requested() || cluster.lost().isPresent()) && pace.after(step).isPresent()));
    }

    private void saveIfBest(HeldOut heldOut, Evaluation evaluation) throws IOException {
        checkpointer.best(new Best(step, evaluation.maskedLmLoss(), heldOut.measured(evaluation)), session);
    }

    private void probe() {
        lap.lap();
        Optional<Probe.Score> measured = probe.orElseThrow().score(
                session, () -> interruption.requested() || cluster.lost().isPresent());
        if (measured.isPresent()) {
            Probe.Score score = measured.get();
            log.probe(step, score.accuracy());
            early.probe(step, score.accuracy());
            progress.say(String.format(Locale.ROOT, "step %,d, probe: %s", step, probe.orElseThrow().describe(score)));
            took(Work.PROBE);
        } else {
            progress.say(String.format(Locale.ROOT, "step %,d, probe: stopped %s; %s", step, interruption.requested() ? "by a signal" : "as a worker is lost",
                    pace.after(step).isPresent() ? "it is run again when the run goes on" : "the run is at its end and has no score of it"));
            lap.lap();
        }
    }

    private void took(Work work) {
        pace.took(work, lap.lap());
    }

    private void save(boolean last) throws IOException {
        if (last) {
            pace.force();
            checkpointer.saveLast(step, session);
        } else {
            checkpointer.step(step, session);
        }
        lap.lap();
    }

    /** Reads data, or what rests on them. Where they turn out unreadable, the state is saved before the run ends. */
    private <T> T reading(Supplier<T> data) throws IOException {
        try {
            return data.get();
        } catch (Failure unreadable) {
            if (unreadable.kind() != Failure.Kind.DATA) {
                throw unreadable;
            }
            throw Failure.data("%s; %s", unreadable.getMessage(), saved(), unreadable);
        }
    }

    /** Computes a step. Where memory does not suffice the run ends with what would fit, its state saved where that is still whole. */
    private StepResult fitting(PhasePlan phase, Supplier<StepResult> computation) throws IOException {
        try {
            return computation.get();
        } catch (Loss.Abandoned lost) {
            throw atNextStep(lost.failure(), savedBefore(lost));
        } catch (TensorFlowException e) {
            OutOfMemory found = OutOfMemory.of(e).orElseThrow(() -> e);
            String what = Preflight.now(run.path())
                    .afterwards(config.inPretraining(plan.model()), phase, session.graph(), found);
            String state = "";
            if (step > 0) {
                state = session.untouched(found.nodes()) ? "; " + saved("the run goes on from there")
                        : "; the newest checkpoint is as it was";
            }
            throw Failure.usage("step %d: %s%s", step + 1, what, state, e);
        }
    }

    private Failure atNextStep(Failure lost, String state) {
        return Failure.of(lost.kind(), String.format(Locale.ROOT, "step %d: %s; %s", step + 1, lost.getMessage(), state));
    }

    /** Saves the state before a step that was left behind, or after it where it was done all the same; and says so. */
    private String savedBefore(Loss.Abandoned lost) throws IOException {
        lost.over(LEFT_BEHIND);
        if (lost.result().isPresent() && lost.result().get() instanceof StepResult result && result.applied()) {
            log.counted(result.sums(), true);
            step++;
            return saved(OF_ALL);
        }
        Optional<Snapshot> whole = session.whole(step);
        if (whole.isEmpty()) {
            return "the newest checkpoint is as it was, and the same command on every worker goes on from there";
        }
        try {
            pace.force();
            checkpointer.saveLast(step, whole::get);
            return String.format(Locale.ROOT, "the state of step %d is saved, and %s", step, OF_ALL);
        } catch (Failure full) {
            return full.getMessage();
        }
    }

    private String saved() throws IOException {
        return saved("the same command goes on from there");
    }

    /** Saves the state, and says so, or what kept it from being saved. */
    private String saved(String then) throws IOException {
        try {
            save(true);
            return String.format(Locale.ROOT, "the state of step %d is saved, and %s", step, then);
        } catch (Failure full) {
            return full.getMessage();
        }
    }

    private void warn(String text) {
        progress.say("Warning: " + text);
        log.warning(step, text);
    }
}
