package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.Interruption;
import org.graphbert.config.Progress;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.data.PairTask;
import org.graphbert.data.Prefetch;
import org.graphbert.evaluate.Evaluation;
import org.graphbert.evaluate.Metrics;
import org.graphbert.evaluate.Sums;
import org.graphbert.evaluate.Unigram;
import org.graphbert.train.Checkpoints.Checkpoint;
import org.graphbert.train.TrainingSession.StepResult;

/** The training loop: from the newest checkpoint, or the beginning, to the last step. */
public final class Pretraining implements AutoCloseable {

    /** How a call ended. */
    public enum Outcome {
        FINISHED,
        /** There was nothing left to do. */
        FINISHED_BEFORE,
        /** By a signal; the state is saved. */
        INTERRUPTED
    }

    private final Plan plan;
    private final RunConfig config;
    private final RunDirectory run;
    private final Progress progress;
    private final RunClaim claim;
    private final LearningRate schedule;
    private final long started = System.nanoTime();
    private Checkpointer checkpointer;
    /** The steps that were done when this process began. */
    private long begun;

    private Pretraining(Plan plan, Progress progress) throws IOException {
        this.plan = plan;
        this.config = plan.config();
        this.progress = progress;
        this.run = new RunDirectory(Path.of(config.run()));
        this.schedule = LearningRate.of(
                config.optimization(), config.duration().steps());
        this.claim = RunClaim.take(run);
    }

    /** Runs a plan to its end, or until a signal comes. */
    public static Outcome run(Plan plan, Progress progress) throws IOException {
        try (Pretraining training = new Pretraining(plan, progress)) {
            return training.run();
        }
    }

    private Outcome run() throws IOException {
        RunRecord record = plan.record();
        Optional<Checkpoint> newest = run.checkpoints().newestSound(progress::say);
        // Without a checkpoint there is nothing yet that another configuration could spoil.
        if (run.exists() && newest.isPresent()) {
            run.record().requireSame(record, run.path());
        }
        if (newest.isPresent() && newest.get().step() >= config.duration().steps()) {
            progress.say(String.format(
                    Locale.ROOT,
                    "%s is finished: step %,d of %,d. More steps need another --run (start it with --init %s).",
                    run.path(), newest.get().step(), config.duration().steps(), run.path()));
            return Outcome.FINISHED_BEFORE;
        }
        for (PhasePlan phase : plan.phases()) {
            phase.requireIds(phase.loader().batch(0), plan.model());
        }
        claim.fill(() -> {
            plan.saveTokenizer(run.tokenizer());
            record.write(run.recordFile());
        });
        long from = newest.map(Checkpoint::step).orElse(0L);
        try (Interruption interruption = new Interruption();
                MetricsLog log = new MetricsLog(run.metricsFile());
                Checkpointer opened = Checkpointer.open(claim, config.checkpoints(), from, listener(log))) {
            checkpointer = opened;
            return phases(newest, log, interruption);
        }
    }

    /** Trains from the newest checkpoint on, phase by phase, each in a graph of its own sizes. */
    private Outcome phases(Optional<Checkpoint> newest, MetricsLog log, Interruption interruption) throws IOException {
        TrainingSession session = start(newest);
        try {
            begun = session.globalStep();
            log.write(MetricsLog.Line.event(begun == 0 ? "start" : "resume", begun, seconds()));
            progress.start("pretraining", config.duration().steps(), "steps");
            boolean stopped = false;
            for (long step = begun; !stopped && step < config.duration().steps(); ) {
                PhasePlan phase = plan.phaseAfter(step);
                if (step > begun) {
                    session.close();
                    session = open(phase);
                    session.restore(run.newest().prefix());
                }
                if (plan.phases().size() > 1) {
                    log.write(MetricsLog.Line.phase(plan.number(phase), step, seconds()));
                    progress.say(String.format(
                            Locale.ROOT, "Step %,d: phase %d of %d.", step, plan.number(phase), plan.phases().size()));
                }
                stopped = !train(session, log, phase, step, interruption);
                step = phase.end();
            }
            progress.done();
            if (stopped) {
                progress.say(String.format(
                        Locale.ROOT, "Interrupted; the state of step %,d is saved. The same command continues.", checkpointer.savedAt()));
                return Outcome.INTERRUPTED;
            }
            log.write(MetricsLog.Line.event("finish", config.duration().steps(), seconds()));
            return Outcome.FINISHED;
        } finally {
            session.close();
        }
    }

    private TrainingSession open(PhasePlan phase) {
        return new TrainingSession(plan.buildGraph(phase), config.threads(), config.seed());
    }

    /** A session whose variables have their values: those of the newest sound checkpoint, or the initial ones. */
    private TrainingSession start(Optional<Checkpoint> newest) throws IOException {
        TrainingSession session = open(plan.phaseAfter(newest.map(Checkpoint::step).orElse(0L)));
        try {
            plan.describe(session.graph()).forEach(progress::say);
            if (newest.isPresent()) {
                session.restore(newest.get().prefix());
                progress.say(String.format(Locale.ROOT, "Resuming %s at step %,d.", run.path(), newest.get().step()));
                return session;
            }
            session.initialise();
            if (config.init() != null) {
                InitialWeights.prefix(config, progress::say).ifPresent(session::initialiseFrom);
                progress.say("Starting from the weights of " + config.init() + ".");
            }
            return session;
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Trains to the end of a phase, where the state is saved; false if a signal came before the end of the run. */
    private boolean train(
            TrainingSession session, MetricsLog log, PhasePlan phase, long first, Interruption interruption)
            throws IOException {
        long last = phase.end();
        Sums logged = Sums.NONE;
        long loggedAt = System.nanoTime();
        try (Prefetch batches = phase.loader().start(first - phase.begin())) {
            for (long step = first; step < last; step++) {
                Batch batch = batches.next();
                phase.requireIds(batch, plan.model());
                double rate = schedule.at(step);
                StepResult result = session.step(
                        step, batch.split(phase.phase().accumulationSteps()), rate);
                requireFinite(step, result, batch);
                if (step == 0) {
                    progress.say(plan.describeFirst(result.sums().metrics()));
                }
                long done = step + 1;
                logged = logged.plus(result.sums());
                if (done % config.watching().logEvery() == 0 || done == last) {
                    long now = System.nanoTime();
                    double tokensPerSecond = logged.tokens() / ((now - loggedAt) / 1e9);
                    Metrics m = logged.metrics();
                    log.write(MetricsLog.Line.of(
                            "train", done, m, rate, result.gradientNorm(), tokensPerSecond, seconds()));
                    progress.at(done, line(m, phase, rate, tokensPerSecond));
                    logged = Sums.NONE;
                    loggedAt = now;
                }
                if (phase.evalData().isPresent() && (done % config.watching().evalEvery() == 0 || done == last)) {
                    long before = System.nanoTime();
                    evaluate(session, log, phase, done);
                    loggedAt += System.nanoTime() - before;
                }
                boolean stop = interruption.requested() && done < config.duration().steps();
                if (done == last || stop) {
                    checkpointer.saveLast(done, session);
                } else {
                    checkpointer.step(done, session);
                }
                if (stop) {
                    log.write(MetricsLog.Line.event("interrupted", done, seconds()));
                    return false;
                }
            }
        }
        return true;
    }

    private Checkpointer.Listener listener(MetricsLog log) {
        return new Checkpointer.Listener() {
            @Override
            public void written(Checkpointer.Written checkpoint) throws IOException {
                log.write(MetricsLog.Line.event("checkpoint", checkpoint.step(), seconds()));
            }

            @Override
            public void warning(long step, String text) {
                progress.say(text);
            }
        };
    }

    private void evaluate(TrainingSession session, MetricsLog log, PhasePlan phase, long step) throws IOException {
        DataSet data = phase.evalData().orElseThrow();
        Evaluation evaluation = Evaluation.of(
                Loader.sequential(data, phase.phase().batchSize() / phase.phase().accumulationSteps()),
                data.size(),
                config.watching().evalBatches(),
                data.unigramCounts().map(Unigram::new),
                batch -> {
                    phase.requireIds(batch, plan.model());
                    return session.evaluate(batch);
                },
                Progress.SILENT);
        log.write(MetricsLog.Line.of("held_out", step, evaluation.metrics(), null, null, null, seconds()));
        checkpointer.best(step, evaluation.maskedLmLoss(), session);
        progress.say(String.format(
                Locale.ROOT,
                "step %,d, held-out: masked LM loss %.3f, accuracy %.3f%s%s",
                step,
                evaluation.maskedLmLoss(),
                evaluation.maskedLmAccuracy(),
                evaluation.metrics().pairs("; %s loss %.3f, accuracy %.3f", PairTask.of(data).words()),
                evaluation.unigramCrossEntropy() == null
                        ? ""
                        : String.format(Locale.ROOT, "; unigram %.3f", evaluation.unigramCrossEntropy())));
    }

    private static void requireFinite(long step, StepResult result, Batch batch) {
        if (!result.finite()) {
            throw Failure.diverged(
                    "step %d: masked LM loss %s, pair loss %s, gradient norm %s, on records %s; "
                            + "lower the learning rate or look at these records; checkpoints before it are intact",
                    step + 1,
                    result.sums().metrics().maskedLmLoss(),
                    result.sums().metrics().nextSentenceLoss(),
                    result.gradientNorm(),
                    Arrays.toString(LongStream.of(batch.records()).filter(record -> record >= 0).toArray()));
        }
    }

    private String line(Metrics m, PhasePlan phase, double rate, double tokensPerSecond) {
        return String.format(
                Locale.ROOT,
                "loss %.3f | masked LM %.3f (%.1f%%)%s | rate %.2e | %,.0f tokens/s",
                m.loss(),
                m.maskedLmLoss(),
                100 * m.maskedLmAccuracy(),
                m.pairs(" | %1$s %2$.3f (%4$.1f%%)", phase.pairTask()),
                rate,
                tokensPerSecond);
    }

    /** Since this process began the run. */
    private double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    @Override
    public void close() throws IOException {
        claim.close();
    }
}
