package org.graphbert.train;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
import org.graphbert.train.TrainingSession.StepResult;
import org.tensorflow.exceptions.TensorFlowException;

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
    private final FileLock lock;
    private final LearningRate schedule;
    private long savedAt = -1;
    /** The steps that were done when this process began. */
    private long begun;

    private Pretraining(Plan plan, Progress progress) throws IOException {
        this.plan = plan;
        this.config = plan.config();
        this.progress = progress;
        this.run = new RunDirectory(Path.of(config.run()));
        this.schedule = LearningRate.of(
                config.optimization(), config.duration().steps());
        this.lock = run.lock();
    }

    /** Runs a plan to its end, or until a signal comes. */
    public static Outcome run(Plan plan, Progress progress) throws IOException {
        try (Pretraining training = new Pretraining(plan, progress)) {
            return training.run();
        }
    }

    private Outcome run() throws IOException {
        RunRecord record = plan.record();
        Optional<Checkpoints.Checkpoint> newest = run.checkpoints().latest();
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
        plan.saveTokenizer(run.tokenizer());
        record.write(run.recordFile());
        try (Interruption interruption = new Interruption();
                RunLog log = RunLog.open(run, config, progress)) {
            return phases(log, interruption);
        }
    }

    /** Trains from the newest checkpoint on, phase by phase, each in a graph of its own sizes. */
    private Outcome phases(RunLog log, Interruption interruption) throws IOException {
        TrainingSession session = start();
        try {
            begun = session.globalStep();
            log.begin(begun);
            progress.start("pretraining", config.duration().steps(), "steps");
            boolean stopped = false;
            for (long step = begun; !stopped && step < config.duration().steps(); ) {
                PhasePlan phase = plan.phaseAfter(step);
                if (step > begun) {
                    session.close();
                    session = open(phase);
                    session.restore(run.newest().prefix());
                }
                log.opened(step, plan.number(phase), plan.phases().size(), session);
                if (plan.phases().size() > 1) {
                    progress.say(String.format(
                            Locale.ROOT, "Step %,d: phase %d of %d.", step, plan.number(phase), plan.phases().size()));
                }
                stopped = !train(session, log, phase, step, interruption);
                step = phase.end();
            }
            progress.done();
            if (stopped) {
                progress.say(String.format(
                        Locale.ROOT, "Interrupted; the state of step %,d is saved. The same command continues.", savedAt));
                return Outcome.INTERRUPTED;
            }
            log.event("finish", config.duration().steps());
            return Outcome.FINISHED;
        } finally {
            session.close();
        }
    }

    private TrainingSession open(PhasePlan phase) {
        return new TrainingSession(plan.buildGraph(phase), config.threads(), config.seed());
    }

    /** A session whose variables have their values: the newest sound checkpoint's, or the initial ones. */
    private TrainingSession start() throws IOException {
        List<Checkpoints.Checkpoint> all = run.checkpoints().list();
        PhasePlan phase = plan.phaseAfter(all.isEmpty() ? 0 : all.get(all.size() - 1).step());
        TrainingSession session = open(phase);
        try {
            plan.describe(session.graph()).forEach(progress::say);
            for (int i = all.size() - 1; i >= 0; i--) {
                Checkpoints.Checkpoint checkpoint = all.get(i);
                if (checkpoint.step() < phase.begin()) {
                    session.close();
                    phase = plan.phaseAfter(checkpoint.step());
                    session = open(phase);
                }
                try {
                    session.restore(checkpoint.prefix());
                    progress.say(String.format(Locale.ROOT, "Resuming %s at step %,d.", run.path(), checkpoint.step()));
                    return session;
                } catch (TensorFlowException e) {
                    String reason = e.getMessage().lines().findFirst().orElse("");
                    if (i == 0) {
                        throw Failure.data(
                                "%s: cannot be restored: %s; remove it to begin anew", checkpoint.directory(), reason, e);
                    }
                    progress.say(checkpoint.directory() + ": cannot be restored, falling back to the one before: " + reason);
                }
            }
            session.initialise();
            if (config.init() != null) {
                InitialWeights.prefix(config).ifPresent(session::initialiseFrom);
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
            TrainingSession session, RunLog log, PhasePlan phase, long first, Interruption interruption)
            throws IOException {
        long last = phase.end();
        Sums logged = Sums.NONE;
        long loggedAt = System.nanoTime();
        long loggedFrom = first;
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
                log.counted(result.sums(), true);
                log.weights(done, session);
                if (done % config.watching().logEvery() == 0 || done == last) {
                    long now = System.nanoTime();
                    double elapsed = (now - loggedAt) / 1e9;
                    double tokensPerSecond = logged.tokens() / elapsed;
                    double teraflops = (done - loggedFrom) * phase.stepFlops(plan.model()) / 1e12;
                    Metrics m = logged.metrics();
                    log.train(new TrainPoint(
                            done, plan.number(phase), m, rate, result.gradientNorm(), 1, tokensPerSecond, teraflops / elapsed));
                    progress.at(done, line(m, phase, rate, tokensPerSecond));
                    logged = Sums.NONE;
                    loggedAt = now;
                    loggedFrom = done;
                }
                if (phase.evalData().isPresent() && (done % config.watching().evalEvery() == 0 || done == last)) {
                    long before = System.nanoTime();
                    evaluate(session, log, phase, done);
                    loggedAt += System.nanoTime() - before;
                }
                boolean stop = interruption.requested() && done < config.duration().steps();
                if (done % config.checkpoints().checkpointEvery() == 0 || done == last || stop) {
                    save(session, log, done);
                }
                if (stop) {
                    log.event("interrupted", done);
                    return false;
                }
            }
        }
        return true;
    }

    private void save(TrainingSession session, RunLog log, long step) throws IOException {
        if (savedAt == step) {
            return;
        }
        run.checkpoints().write(step, session::save);
        run.checkpoints().keepNewest(config.checkpoints().keepCheckpoints());
        savedAt = step;
        log.event("checkpoint", step);
    }

    private void evaluate(TrainingSession session, RunLog log, PhasePlan phase, long step) throws IOException {
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
        log.heldOut(step, evaluation.metrics());
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

    @Override
    public void close() throws IOException {
        lock.channel().close();
    }
}
