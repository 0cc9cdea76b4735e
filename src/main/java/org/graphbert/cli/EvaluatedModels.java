package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Progress;
import org.graphbert.serve.SavedModelReport;
import org.graphbert.train.Checkpoints;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code evaluate} that say which models. */
final class EvaluatedModels {

    private static final String ALL = "all";

    @ArgGroup(multiplicity = "1", heading = "%nModels:%n")
    private Source source;

    /** Where the weights are. */
    static final class Source {
        @Option(
                names = "--run",
                paramLabel = "DIR",
                description = "A run; its newest checkpoint that is sound. Several, --run A --run B, are compared in a table.")
        private List<Path> runs;

        @Option(
                names = "--checkpoint",
                paramLabel = "PREFIX",
                description = "A checkpoint's prefix; the model's configuration with --model.")
        private String checkpoint;
    }

    @Option(
            names = "--checkpoints",
            paramLabel = "STEPS",
            split = ",",
            description = "Of the runs, the checkpoints of these steps, such as 1000,2000, or all: a table with a row each.")
    private List<String> steps;

    @Mixin
    private BestOption best;

    @Option(names = "--model", paramLabel = "FILE", description = "Model configuration of --checkpoint.")
    private Path model;

    /**
     * A model to evaluate.
     *
     * @param run null, as the step, of a checkpoint that was named by itself
     * @param prefix of the checkpoint
     */
    record Evaluated(RunDirectory run, Long step, String prefix, ModelConfig config) {

        /** As messages name it. */
        String name() {
            return run == null ? prefix : run.path().toString();
        }
    }

    /** Those that were named; what is passed over is said. */
    List<Evaluated> models(Progress progress) throws IOException {
        if (source.runs == null) {
            best.refuseFor("--checkpoint");
            if (steps != null) {
                throw Failure.usage("--checkpoints chooses among the checkpoints of a run; leave it out with --checkpoint");
            }
            if (model == null) {
                throw Failure.usage("--checkpoint needs the model's configuration: add --model FILE");
            }
            return List.of(new Evaluated(null, null, source.checkpoint, ModelConfig.read(model)));
        }
        if (model != null) {
            throw Failure.usage("--model is of --checkpoint; a run has its own configuration: leave it out with --run");
        }
        if (steps != null) {
            best.refuseFor("--checkpoints");
        }
        List<Evaluated> models = new ArrayList<>();
        for (Path path : source.runs) {
            RunDirectory run = new RunDirectory(path);
            if (!run.exists() && SavedModelReport.recognises(path)) {
                throw Failure.usage("%s: is an export, which is not evaluated; name the run that it was made of (--run), or its checkpoint "
                        + "(--checkpoint with --model)", path);
            }
            ModelConfig config = run.model();
            List<Checkpoints.Checkpoint> chosen = steps == null ? List.of(best.checkpoint(path)) : chosen(run, progress);
            chosen.forEach(c -> models.add(new Evaluated(run, c.step(), c.prefix(), config)));
        }
        return models;
    }

    /** Whether a table was asked for, with one row or more. */
    boolean compared() {
        return steps != null || source.runs != null && source.runs.size() > 1;
    }

    private List<Checkpoints.Checkpoint> chosen(RunDirectory run, Progress progress) throws IOException {
        Checkpoints checkpoints = run.checkpoints();
        List<Checkpoints.Checkpoint> there = checkpoints.list();
        if (there.isEmpty()) {
            run.newest(); // says that there is none
        }
        if (steps.equals(List.of(ALL))) {
            List<Checkpoints.Checkpoint> sound = new ArrayList<>();
            for (Checkpoints.Checkpoint checkpoint : there) {
                checkpoints.fault(checkpoint).ifPresentOrElse(
                        fault -> progress.say(fault + "; this checkpoint is left out"), () -> sound.add(checkpoint));
            }
            if (sound.isEmpty()) {
                throw Failure.data("%s: all %d checkpoints are damaged; copy one back", run.path(), there.size());
            }
            return sound;
        }
        List<Checkpoints.Checkpoint> named = new ArrayList<>();
        for (long step : numbers()) {
            Checkpoints.Checkpoint checkpoint = there.stream().filter(c -> c.step() == step).findFirst()
                    .orElseThrow(() -> Failure.usage("--checkpoints %d: %s has no checkpoint of that step; it has those of %s",
                            step, run.path(), there.stream().map(c -> Long.toString(c.step())).collect(Collectors.joining(", "))));
            checkpoints.fault(checkpoint).ifPresent(fault -> {
                throw Failure.data("%s; leave this checkpoint out", fault);
            });
            named.add(checkpoint);
        }
        return named;
    }

    private long[] numbers() {
        try {
            return Arrays.stream(steps.toArray(String[]::new)).mapToLong(step -> Long.parseLong(step.strip())).toArray();
        } catch (NumberFormatException e) {
            throw Failure.usage("--checkpoints is '%s', expected all or steps such as 1000,2000", String.join(",", steps), e);
        }
    }
}
