package org.graphbert.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.Interruption;
import org.graphbert.config.Progress;
import org.graphbert.evaluate.task.TaskPart;
import org.graphbert.train.Checkpoints.Checkpoint;

/**
 * A fine-tuning from beginning to end: its trainings, each in a directory of its own where there are several, and of the best
 * of them the weights, the scores and the predictions.
 */
public final class FineTuning {

    private static final String PREDICTIONS = "predictions-";
    private static final String DEV = "dev";

    private final FineTuningPlan plan;
    private final Progress progress;
    private final LongSupplier nanos;
    private final Interruption interruption;

    private FineTuning(FineTuningPlan plan, Progress progress, LongSupplier nanos, Interruption interruption) {
        this.plan = plan;
        this.progress = progress;
        this.nanos = nanos;
        this.interruption = interruption;
    }

    /**
     * Runs a plan to its end, or until a signal comes.
     *
     * @return what it came to; empty if a signal came, and then the state is saved
     */
    public static Optional<FineTuningResults> run(FineTuningPlan plan, Progress progress) throws IOException {
        try (Interruption interruption = new Interruption()) {
            try {
                return new FineTuning(plan, progress, System::nanoTime, interruption).run();
            } catch (RuntimeException | IOException e) {
                // With a signal the process ends before anyone could tell of this.
                if (!interruption.withdraw()) {
                    progress.say("Interrupted; " + (e instanceof Failure ? e.getMessage() : e.toString()));
                }
                throw e;
            }
        }
    }

    private Optional<FineTuningResults> run() throws IOException {
        FineTuningConfig config = plan.config();
        plan.describe().forEach(progress::say);
        return config.restarts() == 1 ? train(config) : restarts();
    }

    /** Several trainings, one after the other; those that are finished are not done again. */
    private Optional<FineTuningResults> restarts() throws IOException {
        FineTuningConfig config = plan.config();
        RunDirectory whole = new RunDirectory(Path.of(config.output()));
        try (RunClaim claim = RunClaim.take(whole, "--output")) {
            Optional<FineTuningResults> before = begin(whole, config);
            if (before.isPresent() && before.get().restarts().size() >= config.restarts()) {
                finished(whole, config);
                return before;
            }
            claim.fill(() -> fill(whole, config));
            List<FineTuningResult> results = new ArrayList<>();
            for (int number = 0; number < config.restarts(); number++) {
                FineTuningConfig one = plan.restart(number);
                progress.say(String.format(Locale.ROOT, "Training %d of %d, seed %d:", number + 1, config.restarts(), one.seed()));
                Optional<FineTuningResults> result = train(one);
                if (result.isEmpty()) {
                    return Optional.empty();
                }
                results.add(result.get().best());
            }
            FineTuningResults all = FineTuningResults.of(config.task(), config.metric(), results);
            keep(all, whole);
            return Optional.of(all);
        }
    }

    /** The best training's checkpoint and predictions become the whole run's; the others keep their metrics and scores. */
    private void keep(FineTuningResults all, RunDirectory whole) throws IOException {
        RunDirectory best = new RunDirectory(whole.restarts().resolve(Long.toString(all.best().seed())));
        if (Files.exists(best.checkpoints().directory())) {
            Checkpoint checkpoint = best.checkpoints().requireBest();
            Path files = checkpoint.directory();
            whole.checkpoints().removeRemains();
            for (Checkpoint before : whole.checkpoints().list()) {
                whole.checkpoints().remove(before);
            }
            whole.checkpoints().write(checkpoint.step(), prefix -> copy(files, Path.of(prefix).getParent()));
            whole.checkpoints().markBest(best.checkpoints().best().orElseThrow());
        }
        try (var written = Files.list(best.path())) {
            for (Path file : written.filter(path -> path.getFileName().toString().startsWith(PREDICTIONS)).toList()) {
                Files.copy(file, whole.path().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        all.write(whole);
        for (FineTuningResult result : all.restarts()) {
            RunDirectory run = new RunDirectory(whole.restarts().resolve(Long.toString(result.seed())));
            Directories.delete(run.path().resolve("checkpoints"));
        }
    }

    private static void copy(Path from, Path to) {
        try (var files = Files.list(from)) {
            for (Path file : files.filter(path -> !path.endsWith(CheckpointFault.CHECKSUMS)).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, TaskPart> parts() {
        Map<String, TaskPart> parts = new LinkedHashMap<>();
        parts.put(DEV, plan.dev());
        plan.test().ifPresent(test -> parts.put("test", test));
        return parts;
    }

    /** Refuses to go on under another configuration; what is finished is told. */
    private Optional<FineTuningResults> begin(RunDirectory run, FineTuningConfig config) throws IOException {
        if (!run.exists()) {
            return Optional.empty();
        }
        Optional<String> changed = run.record().difference(plan.record(config));
        if (changed.isPresent() && FineTuningSource.begun(run)) {
            throw Failure.usage("%s exists with %s; continue it with the same, or choose another --output", run.path(), changed.get());
        }
        if (changed.isPresent()) {
            progress.say(String.format("%s has no checkpoint, and was begun with %s: it begins anew.", run.path(), changed.get()));
            run.forgetCourse();
        }
        return FineTuningResults.read(run);
    }

    /** Nothing is done again; other examples to test are for the model as it is. */
    private void finished(RunDirectory run, FineTuningConfig config) throws IOException {
        progress.say(run.path() + " is finished.");
        String asked = plan.record(config).fineTuned().checksums().get("test");
        if (asked != null && !asked.equals(run.fineTuned().checksums().get("test"))) {
            progress.say(String.format("It was finished without %s; for its scores and answers: graphbert predict %s --run %s --examples %s",
                    config.test(), config.task(), run.path(), config.test()));
        }
    }

    private void fill(RunDirectory run, FineTuningConfig config) throws IOException {
        run.saveTokenizer(plan.source().tokenizer());
        plan.record(config).write(run.recordFile());
    }

    /** One training, from where it is to its scores. */
    private Optional<FineTuningResults> train(FineTuningConfig config) throws IOException {
        RunDirectory run = new RunDirectory(Path.of(config.output()));
        try (RunClaim claim = RunClaim.take(run, "--output")) {
            Optional<FineTuningResults> before = begin(run, config);
            if (before.isPresent()) {
                finished(run, config);
                return before;
            }
            Optional<Checkpoint> newest = run.checkpoints().newestSound(progress::say);
            claim.fill(() -> fill(run, config));
            try (FineTuningGraph graph = plan.graph(config.seed());
                    FineTuningSession session = new FineTuningSession(graph, config.threads(), config.seed())) {
                if (newest.isPresent()) {
                    session.restore(newest.get().prefix());
                    progress.say(String.format(Locale.ROOT, "Resuming %s at step %,d.", run.path(), newest.get().step()));
                } else {
                    progress.say(plan.source().begin(session));
                }
                return train(config, claim, newest.map(Checkpoint::step).orElse(0L), session);
            }
        }
    }

    private Optional<FineTuningResults> train(FineTuningConfig config, RunClaim claim, long from, FineTuningSession session)
            throws IOException {
        RunDirectory run = claim.run();
        try (RunLog log = RunLog.open(run, plan.watching(), progress, new Stopwatch(nanos))) {
            FineTuningLoop loop;
            boolean ended;
            try (Checkpointer checkpointer = Checkpointer.open(claim, plan.checkpoints(), from, new Told(log, progress))) {
                EarlyStopping early =
                        EarlyStopping.of(config.earlyStopping(), config.metric(), MetricsLog.read(run.metricsFile()), from);
                loop = new FineTuningLoop(plan, config, session, from,
                        new FineTuningLoop.Tools(log, checkpointer, early, interruption, progress, nanos));
                ended = loop.train();
            }
            Optional<FineTuningResults> results = ended ? conclude(config, run, loop.step(), session) : Optional.empty();
            log.event(results.isPresent() ? "finish" : "interrupted", loop.step());
            if (results.isEmpty()) {
                progress.say(String.format(Locale.ROOT,
                        "Interrupted; the state of step %,d is saved. The same command continues.", loop.step()));
            }
            return results;
        }
    }

    /** Scores the best weights, writes what they predict, and only then that it is finished. */
    private Optional<FineTuningResults> conclude(FineTuningConfig config, RunDirectory run, long steps, FineTuningSession session)
            throws IOException {
        Checkpoint best = run.checkpoints().requireBest();
        session.restore(best.prefix());
        Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
        for (Map.Entry<String, TaskPart> part : parts().entrySet()) {
            Optional<TaskScores> found = TaskScores.of(
                    session, plan.head(), TaskScores.Batches.of(part.getValue(), config.batchSize()), interruption::requested);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            TaskPart chosen = part.getValue().chosen(scores.isEmpty() ? found.get().scores() : scores.get(DEV));
            chosen.write(run.path(), PREDICTIONS + part.getKey(), found.get().logits());
            if (chosen.labelled()) {
                Map<String, Double> by = new LinkedHashMap<>(found.get().scores());
                by.putAll(chosen.scores(found.get().logits()));
                scores.put(part.getKey(), by);
            }
        }
        FineTuningResults results = FineTuningResults.of(config.task(), config.metric(),
                List.of(new FineTuningResult(config.seed(), steps, best.step(), scores.get(DEV), scores.get("test"))));
        results.write(run);
        return Optional.of(results);
    }

    /** What becomes of the news of checkpoints. */
    private record Told(RunLog log, Progress progress) implements Checkpointer.Listener {

        @Override
        public void written(Checkpointer.Written checkpoint) {
            log.checkpoint(checkpoint);
        }

        @Override
        public void warning(long step, String text) {
            progress.say("Warning: " + text);
            log.warning(step, text);
        }
    }
}
