package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.interop.CheckpointIndex;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/**
 * What a fine-tuning begins with.
 *
 * @param prefix of the checkpoint whose encoder is taken; empty for random weights
 * @param step of that checkpoint, where its name says it
 * @param task that it was fine-tuned on before; empty if it was not
 */
record FineTuningSource(ModelConfig model, Tokenizer tokenizer, Optional<String> prefix, Optional<Long> step,
        Optional<String> task) {

    private static final String ENCODER = "bert/";
    private static final String POOLER = "bert/pooler/";
    private static final String PREFIX = "model.ckpt";

    FineTuningSource {
        if (tokenizer.size() > model.vocabSize()) {
            throw Failure.usage("the tokenizer has %,d entries, the model's vocab_size is %,d; ids beyond it would have no embedding: "
                    + "name the model's own tokenizer with --tokenizer", tokenizer.size(), model.vocabSize());
        }
    }

    /**
     * What a configuration names.
     *
     * @param say takes a line for each damaged checkpoint that is passed over
     * @throws Failure (usage) if that is no run and no checkpoint, or it does not say what its model or its tokenizer is
     */
    static FineTuningSource of(FineTuningConfig config, Consumer<String> say) throws IOException {
        RunDirectory own = new RunDirectory(Path.of(config.output()));
        if (begun(own)) {
            // It goes on with what it began with, whatever has become of that run since.
            RunRecord record = own.record();
            return new FineTuningSource(record.model(), Tokenizers.load(own.requiredTokenizer(), null),
                    Optional.ofNullable(record.fineTuned().checkpoint()), Optional.ofNullable(record.fineTuned().step()), Optional.empty());
        }
        if (config.from() == null) {
            return new FineTuningSource(
                    ModelConfig.read(Path.of(config.model())), Tokenizers.load(Path.of(config.tokenizer()), null), Optional.empty(),
                    Optional.empty(), Optional.empty());
        }
        Path from = Path.of(config.from());
        RunDirectory run = new RunDirectory(from);
        if (run.exists()) {
            boolean best = config.fromBest() || run.record().fineTuned() != null;
            Optional<Checkpoints.Checkpoint> checkpoint =
                    config.scratch() ? Optional.empty() : Optional.of(run.checkpoint(best, say));
            return new FineTuningSource(run.record().model(), tokenizer(config, run), checkpoint.map(Checkpoints.Checkpoint::prefix),
                    checkpoint.map(Checkpoints.Checkpoint::step), config.scratch() ? Optional.empty() : task(run.record()));
        }
        Path prefix = Files.isDirectory(from) ? from.resolve(PREFIX) : from;
        if (!CheckpointIndex.exists(prefix.toString())) {
            throw Failure.usage("--from %s: is neither a run (there is no run.json in it) nor the prefix of a checkpoint (there is no "
                    + "%s.index); name one of them", from, prefix);
        }
        Optional<RunDirectory> owner = owner(prefix);
        if (config.model() == null && owner.isEmpty()) {
            throw Failure.usage("--from %s: is a checkpoint outside of a run, and does not say what model it is; name the configuration "
                    + "with --model FILE", from);
        }
        ModelConfig model = config.model() == null ? owner.get().record().model() : ModelConfig.read(Path.of(config.model()));
        Tokenizer tokenizer = owner.isPresent()
                ? tokenizer(config, owner.get())
                : Tokenizers.load(Path.of(requireTokenizer(config)), null);
        return new FineTuningSource(
                model, tokenizer, config.scratch() ? Optional.empty() : Optional.of(prefix.toString()), Optional.empty(),
                config.scratch() || owner.isEmpty() ? Optional.empty() : task(owner.get().record()));
    }

    private static Optional<String> task(RunRecord record) {
        return Optional.ofNullable(record.fineTuned()).map(learnt -> learnt.config().task());
    }

    /** Whether a directory holds a fine-tuned run that has done something. */
    static boolean begun(RunDirectory run) throws IOException {
        return run.exists() && run.record().fineTuned() != null
                && (run.checkpoints().latest().isPresent() || Files.exists(run.restarts()) || Files.exists(run.resultsFile()));
    }

    private static Optional<RunDirectory> owner(Path prefix) {
        Path above = prefix.toAbsolutePath().normalize();
        for (int i = 0; i < 3 && above != null; i++) {
            above = above.getParent();
        }
        return Optional.ofNullable(above).map(RunDirectory::new).filter(RunDirectory::exists);
    }

    private static Tokenizer tokenizer(FineTuningConfig config, RunDirectory run) {
        return Tokenizers.load(config.tokenizer() == null ? run.requiredTokenizer() : Path.of(config.tokenizer()), null);
    }

    private static String requireTokenizer(FineTuningConfig config) {
        if (config.tokenizer() == null) {
            throw Failure.usage("--from %s: is a checkpoint outside of a run, and has no tokenizer; name it with --tokenizer PATH",
                    config.from());
        }
        return config.tokenizer();
    }

    /**
     * Gives a session its first weights: initial ones, and the encoder's out of the checkpoint.
     *
     * @return what was done, in a line
     * @throws Failure (usage) if the checkpoint has not the encoder's variables in these shapes
     */
    String begin(FineTuningSession session) throws IOException {
        session.initialise();
        if (prefix.isEmpty()) {
            return "Starting from random weights.";
        }
        CheckpointIndex index = CheckpointIndex.read(prefix.get());
        List<Variable> encoder = session.graph().variables().trainable().stream()
                .filter(variable -> variable.name().startsWith(ENCODER))
                .toList();
        List<Variable> there = encoder.stream()
                .filter(variable -> !variable.name().startsWith(POOLER) || index.entries().containsKey(variable.name()))
                .toList();
        List<String> problems = index.problems(there.stream().collect(Collectors.toMap(
                Variable::name, variable -> Arrays.stream(variable.shape().asArray()).boxed().toList())));
        if (!problems.isEmpty()) {
            throw Failure.usage("%s does not fit the model: %s%s", prefix.get(), problems.get(0),
                    problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)");
        }
        session.take(there, prefix.get());
        return String.format(Locale.ROOT, "Starting from the encoder of %s: %d variables; initialised: the head%s.", prefix.get(),
                there.size(), there.size() < encoder.size() ? " and the pooler, which it has not" : "");
    }
}
