package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.graphbert.config.Failure;
import org.graphbert.config.Interruption;
import org.graphbert.config.Progress;
import org.graphbert.config.RunConfig;
import org.graphbert.train.Checkpoints.Checkpoint;
import org.graphbert.train.Pace.Work;

/** A run, from what must hold before it starts to what is said at its end; between the two is its {@link TrainingLoop}. */
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
    private final LongSupplier nanos;
    private final Stopwatch time;
    private final Cluster cluster;

    private Pretraining(Plan plan, Progress progress, LongSupplier nanos, long begun, Cluster cluster) {
        this.cluster = cluster;
        this.plan = plan;
        this.config = plan.config();
        this.progress = progress;
        this.run = new RunDirectory(Path.of(config.run()));
        this.nanos = nanos;
        this.time = new Stopwatch(nanos, begun);
    }

    /** Runs a plan to its end, or until a signal comes. */
    public static Outcome run(Plan plan, Progress progress) throws IOException {
        return run(plan, progress, System::nanoTime);
    }

    /**
     * The same, for who has waited since before: a budget, and the seconds that are written down, begin there.
     *
     * @param begun what {@link System#nanoTime} was then
     */
    public static Outcome run(Plan plan, Progress progress, long begun) throws IOException {
        return run(new Pretraining(plan, progress, System::nanoTime, begun, Cluster.ALONE));
    }

    /**
     * The same.
     *
     * @param nanos the clock that counts a budget
     */
    static Outcome run(Plan plan, Progress progress, LongSupplier nanos) throws IOException {
        return run(new Pretraining(plan, progress, nanos, nanos.getAsLong(), Cluster.ALONE));
    }

    private static Outcome run(Pretraining training) throws IOException {
        try (RunClaim claim = RunClaim.take(training.run)) {
            return training.run(claim);
        }
    }

    /** The same as the chief of a cluster, of a run that this process has taken. */
    static Outcome run(Plan plan, Progress progress, long begun, Cluster cluster, RunClaim claim) throws IOException {
        return new Pretraining(plan, progress, System::nanoTime, begun, cluster).run(claim);
    }

    private Outcome run(RunClaim claim) throws IOException {
        Optional<Checkpoint> newest = run.checkpoints().newestSound(progress::say);
        Optional<String> changed = Optional.empty();
        if (newest.isEmpty() && run.exists()) {
            // Without a checkpoint there is nothing yet that another configuration could spoil.
            changed = run.record().difference(plan.record());
        } else if (newest.isPresent()) {
            if (run.exists()) {
                run.record().requireSame(plan.record(), run.path());
            }
            if (ended(Pace.of(plan, run), newest.get().step())) {
                cluster.end(Outcome.FINISHED_BEFORE);
                return Outcome.FINISHED_BEFORE;
            }
        }
        for (PhasePlan phase : plan.phases()) {
            phase.requireIds(phase.loader().batch(0), plan.model());
        }
        plan.describe().forEach(progress::say);
        if (newest.isPresent() && run.exists()) {
            run.record().moved(plan.record()).ifPresent(progress::say);
            run.record().divided(plan.record()).ifPresent(progress::say);
        }
        if (changed.isPresent()) {
            progress.say(String.format("%s has no checkpoint, and was begun with %s: it begins anew.", run.path(), changed.get()));
            run.forgetCourse();
        }
        claim.fill(() -> {
            plan.saveTokenizer(run);
            plan.record().write(run.recordFile());
        });
        try (Interruption interruption = new Interruption()) {
            try {
                return train(claim, newest, Pace.of(plan, run), interruption);
            } catch (RuntimeException | IOException e) {
                cluster.fail(e);
                // With a signal the process ends before anyone could tell of this.
                if (!interruption.withdraw()) {
                    progress.say("Interrupted; " + (e instanceof Failure ? e.getMessage() : e.toString()));
                }
                throw e;
            }
        }
    }

    private Outcome train(RunClaim claim, Optional<Checkpoint> newest, Pace course, Interruption interruption)
            throws IOException {
        long from = newest.map(Checkpoint::step).orElse(0L);
        try (RunLog log = RunLog.open(run, config, plan.record().processes(), progress, time);
                Pace pace = course;
                Checkpointer checkpointer =
                        Checkpointer.open(claim, config.checkpoints(), from, new Told(log, pace, progress))) {
            TrainingLoop loop = new TrainingLoop(
                    plan, run, new TrainingLoop.Tools(pace, log, checkpointer, interruption, cluster, progress, nanos));
            Outcome outcome = loop.train(newest);
            end(outcome, loop.step(), log);
            cluster.end(outcome);
            return outcome;
        }
    }

    /** Whether the run is at its end, and if so says which. */
    private boolean ended(Pace pace, long steps) throws IOException {
        EarlyStopping early = EarlyStopping.of(config.guards(), MetricsLog.read(run.metricsFile()), steps);
        if (pace.after(steps).isEmpty()) {
            progress.say(String.format(Locale.ROOT,
                    "%s is finished: step %,d of %,d. More steps need another --run (start it with --init %s).",
                    run.path(), steps, steps, run.path()));
        } else if (early.plateau()) {
            progress.say(run.path() + ": " + early.text());
        }
        return pace.after(steps).isEmpty() || early.plateau();
    }

    /**
     * What becomes of the news of checkpoints.
     *
     * @param pace which wants to know what they cost
     */
    private record Told(RunLog log, Pace pace, Progress progress) implements Checkpointer.Listener {

        @Override
        public void written(Checkpointer.Written checkpoint) throws IOException {
            log.checkpoint(checkpoint);
            pace.took(Work.SAVING, checkpoint.stalledSeconds());
            pace.took(Work.LAST_SAVING, checkpoint.stalledSeconds() + checkpoint.writingSeconds());
            pace.force();
        }

        @Override
        public void warning(long step, String text) {
            progress.say("Warning: " + text);
            log.warning(step, text);
        }
    }

    private void end(Outcome outcome, long step, RunLog log) {
        switch (outcome) {
            case FINISHED -> log.event("finish", step);
            case STOPPED_EARLY -> log.event("early_stop", step);
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
