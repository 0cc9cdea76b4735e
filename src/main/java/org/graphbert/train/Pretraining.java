package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Path;
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
import org.graphbert.evaluate.Evaluation;
import org.graphbert.train.Checkpoints.Checkpoint;
import org.graphbert.train.Pace.Work;
import org.graphbert.train.TrainingSession.StepResult;

/**
 * The training loop: from the newest checkpoint, or the beginning, to the last step. What it calls has files of its own: which
 * phase and learning rate a step has ({@link Pace}), how the state is saved ({@link Checkpointer}), what is written down
 * ({@link RunLog}), and what ends a run before its time ({@link StepGuard}, {@link EarlyStopping}).
 */
public final class Pretraining {

    /** How a call ended. */
    public enum Outcome {
        FINISHED,
        /** There was nothing left to do. */
        FINISHED_BEFORE,
        /** Nothing got better any more. */
        STOPPED_EARLY,
        /** By a signal; the state is saved. */
        INTERRUPTED
    }

    private final Plan plan;
    private final RunConfig config;
    private final RunDirectory run;
    private final Progress progress;
    private final Stopwatch total;
    private final Stopwatch lap;
    private final Pace pace;
    private final Optional<Probe> probe;
    private final StepGuard guard;
    private final LossSpikes spikes = new LossSpikes();
    private EarlyStopping early;
    private RunLog log;
    private Checkpointer checkpointer;
    private Interruption interruption;
    private TrainingSession session;
    /** The optimiser steps that the session's weights have behind them. */
    private long step;

    private Pretraining(Plan plan, Progress progress, LongSupplier nanos) throws IOException {
        this.plan = plan;
        this.config = plan.config();
        this.progress = progress;
        this.run = new RunDirectory(Path.of(config.run()));
        this.total = new Stopwatch(nanos);
        this.lap = new Stopwatch(nanos);
        this.pace = Pace.of(plan, run);
        this.probe = plan.probe();
        this.guard = new StepGuard(config.guards().onNan(), this::warn);
    }

    /** Runs a plan to its end, or until a signal comes. */
    public static Outcome run(Plan plan, Progress progress) throws IOException {
        return run(plan, progress, System::nanoTime);
    }

    /**
     * The same.
     *
     * @param nanos the clock that counts a budget
     */
    static Outcome run(Plan plan, Progress progress, LongSupplier nanos) throws IOException {
        Pretraining training = new Pretraining(plan, progress, nanos);
        try (RunClaim claim = RunClaim.take(training.run)) {
            return training.run(claim);
        }
    }

    private Outcome run(RunClaim claim) throws IOException {
        Optional<Checkpoint> newest = run.checkpoints().newestSound(progress::say);
        // Without a checkpoint there is nothing yet that another configuration could spoil.
        if (run.exists() && newest.isPresent()) {
            run.record().requireSame(plan.record(), run.path());
        }
        if (newest.isPresent() && ended(newest.get().step())) {
            return Outcome.FINISHED_BEFORE;
        }
        for (PhasePlan phase : plan.phases()) {
            phase.requireIds(phase.loader().batch(0), plan.model());
        }
        plan.describe().forEach(progress::say);
        claim.fill(() -> {
            plan.saveTokenizer(run.tokenizer());
            plan.record().write(run.recordFile());
        });
        long from = newest.map(Checkpoint::step).orElse(0L);
        try (Interruption signals = new Interruption();
                RunLog opened = RunLog.open(run, config, progress, total);
                Checkpointer saving = Checkpointer.open(claim, config.checkpoints(), from, listener());
                Pace paced = pace) {
            interruption = signals;
            log = opened;
            checkpointer = saving;
            return train(newest);
        }
    }

    /** Whether the run is at its end, and if so says which. */
    private boolean ended(long steps) throws IOException {
        early = EarlyStopping.of(config.guards(), MetricsLog.read(run.metricsFile()), steps);
        if (pace.after(steps).isEmpty()) {
            progress.say(String.format(Locale.ROOT,
                    "%s is finished: step %,d of %,d. More steps need another --run (start it with --init %s).",
                    run.path(), steps, steps, run.path()));
        } else if (early.plateau()) {
            progress.say(run.path() + ": " + early.text());
        }
        return pace.after(steps).isEmpty() || early.plateau();
    }

    /** Trains from the newest checkpoint on, phase by phase, each in a graph of its own sizes. */
    private Outcome train(Optional<Checkpoint> newest) throws IOException {
        Resumption resumption = new Resumption(plan, run, pace, progress);
        session = resumption.open(newest);
        try {
            step = session.globalStep();
            log.begin(step);
            early = EarlyStopping.of(config.guards(), MetricsLog.read(run.metricsFile()), step);
            pace.start(step, log::seconds);
            progress.start("pretraining", pace.total(), pace.unit());
            Outcome outcome = null;
            PhasePlan before = null;
            for (Optional<PhasePlan> next = pace.after(step); outcome == null; next = pace.after(step)) {
                if (before != null) {
                    session.close();
                    session = resumption.next(next.orElseThrow());
                }
                before = next.orElseThrow();
                outcome = train(before);
            }
            progress.done();
            end(outcome);
            return outcome;
        } finally {
            session.close();
        }
    }

    /** Trains to the end of a phase, where the state is saved; null if another phase follows. */
    private Outcome train(PhasePlan phase) throws IOException {
        open(phase);
        HeldOut heldOut = new HeldOut(phase, plan.model(), config.watching().evalBatches());
        Meter meter = new Meter(phase, plan.model());
        if (step > pace.begin(phase)) {
            measureWhatIsOwed(heldOut);
        }
        try (Prefetch batches = phase.loader().start(step - pace.begin(phase))) {
            lap.lap();
            while (step < pace.end(phase)) {
                pace.next(phase, step);
                Batch batch = reading(() -> phase.requireIds(batches.next(), plan.model()));
                List<Batch> microBatches = batch.split(phase.phase().accumulationSteps());
                double rate = pace.rate(phase, step);
                StepResult result = session.step(step, microBatches, rate);
                guard.see(step, result, microBatches, phase, session);
                step++;
                log.counted(result.sums(), result.applied());
                log.weights(step, session);
                if (step == 1) {
                    progress.say(plan.describeFirst(result.sums().metrics()));
                }
                spikes.see(step, result.sums().metrics().loss()).ifPresent(this::warn);
                double took = took(Work.STEP);
                meter.add(result, rate, took);
                if (due(config.watching().logEvery(), phase) && meter.measured()) {
                    TrainPoint point = meter.read(step);
                    log.train(point);
                    progress.at(pace.at(phase, step), meter.line(point));
                }
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

    private void open(PhasePlan phase) throws IOException {
        if (phase.span().phases() > 1) {
            progress.say(String.format(Locale.ROOT, "Step %,d: phase %d of %d.", step, phase.number(), phase.span().phases()));
        }
        log.opened(step, phase.number(), phase.span().phases(), session);
        early.phase(phase.number());
        pace.opened(phase);
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
    private void measureWhatIsOwed(HeldOut heldOut) throws IOException {
        if (heldOut.data().isPresent() && step % config.watching().evalEvery() == 0 && !log.has("held_out", step)) {
            evaluate(heldOut);
        }
        if (probe.isPresent() && step % config.probeEvery() == 0 && !log.has("probe", step)) {
            probe();
        }
    }

    private void evaluate(HeldOut heldOut) throws IOException {
        lap.lap();
        // At the run's end a signal waits: nobody would make up for this one.
        Optional<Evaluation> measured = reading(() -> heldOut.of(
                session, () -> interruption.requested() && pace.after(step).isPresent()));
        if (measured.isPresent()) {
            Evaluation evaluation = measured.get();
            log.heldOut(step, evaluation.metrics());
            early.heldOut(step, evaluation.maskedLmLoss());
            progress.say(heldOut.line(step, evaluation));
            took(Work.EVALUATION);
            checkpointer.best(step, evaluation.maskedLmLoss(), session);
        }
        lap.lap();
    }

    private void probe() {
        lap.lap();
        Probe.Score score = probe.orElseThrow().score(session);
        log.probe(step, score.accuracy());
        early.probe(step, score.accuracy());
        progress.say(String.format(Locale.ROOT, "step %,d, probe: %s", step, probe.orElseThrow().describe(score)));
        took(Work.PROBE);
    }

    private double took(Work work) {
        double seconds = lap.lap();
        pace.took(work, seconds);
        return seconds;
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

    private Checkpointer.Listener listener() {
        return new Checkpointer.Listener() {
            @Override
            public void written(Checkpointer.Written checkpoint) throws IOException {
                log.event("checkpoint", checkpoint.step());
                pace.took(Work.SAVING, checkpoint.stalledSeconds());
                pace.took(Work.LAST_SAVING, checkpoint.stalledSeconds() + checkpoint.writingSeconds());
                pace.force();
            }

            @Override
            public void warning(long at, String text) {
                warn(text);
            }
        };
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

    private String saved() throws IOException {
        try {
            save(true);
            return String.format(Locale.ROOT, "the state of step %d is saved, and the same command goes on from there", step);
        } catch (Failure full) {
            return full.getMessage();
        }
    }

    private void warn(String text) {
        progress.say("Warning: " + text);
        log.warning(step, text);
    }

    private void end(Outcome outcome) {
        switch (outcome) {
            case FINISHED -> log.event("finish", step);
            case STOPPED_EARLY -> {
                log.event("early_stop", step);
                progress.say(early.text());
            }
            case INTERRUPTED -> {
                log.event("interrupted", step);
                progress.say(String.format(
                        Locale.ROOT, "Interrupted; the state of step %,d is saved. The same command continues.", step));
            }
            case FINISHED_BEFORE -> throw new IllegalStateException("trained, and finished before");
        }
        long skipped = log.totals().skippedUpdates();
        if (skipped > 0) {
            progress.say(String.format(Locale.ROOT, "The updates of %,d of %,d steps were skipped, as they were not finite.", skipped, step));
        }
    }
}
