package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DataSet;
import org.graphbert.interop.CheckpointIndex;
import org.graphbert.interop.ModelVariables;
import org.graphbert.text.Tokenizers;

/** What {@code --init} names: a run, or a checkpoint's prefix, whose weights another run begins with. */
final class InitialWeights {

    private InitialWeights() {}

    /** The run whose variables this one takes on: itself, where it goes on with --init long done, or the one in --init. */
    static Optional<RunDirectory> predecessor(RunConfig given) throws IOException {
        if (given.init() == null) {
            return Optional.empty();
        }
        RunDirectory own = new RunDirectory(Path.of(given.run()));
        RunDirectory init = new RunDirectory(Path.of(given.init()));
        boolean goesOn = own.exists() && own.checkpoints().latest().isPresent();
        return goesOn ? Optional.of(own) : Optional.of(init).filter(RunDirectory::exists);
    }

    /** The configuration that was named, or that of the run whose weights are taken. */
    static ModelConfig modelOf(RunConfig given, Optional<RunDirectory> predecessor) throws IOException {
        if (given.model() != null) {
            return ModelConfig.read(Path.of(given.model()));
        }
        if (predecessor.isEmpty()) {
            throw Failure.usage("init %s is no run, and does not say what model it is; name the configuration with --model FILE",
                    given.init());
        }
        return predecessor.get().model();
    }

    /**
     * The checkpoint prefix that --init means; a run's is its newest sound one.
     *
     * @param say takes a line for each damaged one that is passed over
     */
    static Optional<String> prefix(RunConfig config, Consumer<String> say) throws IOException {
        if (config.init() == null) {
            return Optional.empty();
        }
        RunDirectory run = new RunDirectory(Path.of(config.init()));
        return Optional.of(run.exists() ? run.checkpoint(false, say).prefix() : config.init());
    }

    /** Refuses weights of another tokenizer than the data's, or of other shapes than the model's. */
    static void requireFit(RunConfig config, ModelConfig model, DataSet data) throws IOException {
        RunDirectory run = new RunDirectory(Path.of(config.init()));
        Optional<String> theirs = run.exists() ? tokenizerChecksum(run) : Optional.empty();
        Optional<String> ours = Plan.tokenizerChecksum(data);
        if (theirs.isPresent() && ours.isPresent() && !ours.equals(theirs)) {
            throw Failure.usage(
                    "%s was trained with another tokenizer (checksum %.12s) than %s (%.12s); prepare the data with %s",
                    config.init(), theirs.get(), data.path(), ours.get(), run.tokenizer());
        }
        // Of the damaged ones that are passed over Pretraining tells.
        String prefix = prefix(config, line -> {}).orElseThrow();
        List<String> problems;
        try (ModelVariables variables = new ModelVariables(model, config.seed())) {
            problems = CheckpointIndex.read(prefix).problems(variables.shapes());
        }
        if (!problems.isEmpty()) {
            throw Failure.usage(
                    "%s does not fit the model: %s%s",
                    prefix, problems.get(0), problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)");
        }
    }

    static Optional<String> tokenizerChecksum(RunDirectory run) {
        return Files.exists(run.tokenizer()) ? Optional.of(Tokenizers.load(run.tokenizer(), null).checksum()) : Optional.empty();
    }
}
