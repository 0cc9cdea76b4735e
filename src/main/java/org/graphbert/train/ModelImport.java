package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Progress;
import org.graphbert.data.Sha256;
import org.graphbert.interop.ForeignModel;
import org.graphbert.interop.ModelFit;
import org.graphbert.interop.ModelVariables;
import org.graphbert.text.Tokenizer;

/**
 * A model from elsewhere to a run: one checkpoint of no steps, its tokenizer, and a record of where they come from. All of
 * the model is taken, or it is said what was not.
 */
public final class ModelImport {

    private final ForeignModel model;
    private final Path output;
    private final Options options;
    private final Progress progress;
    private final List<String> notes = new ArrayList<>();

    private ModelImport(ForeignModel model, Path output, Options options, Progress progress) {
        this.model = model;
        this.output = output;
        this.options = options;
        this.progress = progress;
    }

    /**
     * What the user allows.
     *
     * @param partial whether variables that are missing or of another shape may be initialised, and extra ones left out
     * @param seed of what is initialised
     */
    public record Options(boolean partial, long seed) {}

    /**
     * Imports a model.
     *
     * @param output the run's directory, complete or absent afterwards
     * @return whether it was written; false if the directory is this very import already
     * @throws Failure (data) if the model does not fit its configuration or its tokenizer, (usage) if the output is
     *     something else
     */
    public static boolean run(ForeignModel model, Path output, Options options, Progress progress) throws IOException {
        return new ModelImport(model, output, options, progress).run();
    }

    private boolean run() throws IOException {
        notes.addAll(model.notes());
        ModelConfig config = model.config();
        checkTokenizer(config);
        try (ModelVariables variables = new ModelVariables(config, options.seed())) {
            ModelFit fit = ModelFit.of(variables.shapes(), model);
            requireTotal(fit);
            noteFit(fit);
            RunRecord record = RunRecord.imported(config, new RunRecord.Imported(
                    model.where(), model.format(), checksums(),
                    model.tokenizer().map(Tokenizer::checksum).orElse(null), options.seed(), fit.initialised(), notes));
            notes.forEach(progress::say);
            if (isThere(record)) {
                return false;
            }
            write(record, variables, fit);
            progress.say(String.format(Locale.ROOT, "%s: %d of the model's %d variables are from %s.",
                    output, fit.fitting().size(), variables.shapes().size(), model.where()));
        }
        return true;
    }

    private void checkTokenizer(ModelConfig config) {
        Optional<Tokenizer> tokenizer = model.tokenizer();
        if (tokenizer.isEmpty()) {
            notes.add("There is no tokenizer beside " + model.where() + ": predict and export will need one (--tokenizer PATH).");
            return;
        }
        int entries = tokenizer.get().size();
        if (entries > config.vocabSize()) {
            throw Failure.data("%s: the tokenizer has %,d entries, the model's vocab_size is %,d; ids beyond it would have no "
                    + "embedding: name the model's own tokenizer with --tokenizer", model.where(), entries, config.vocabSize());
        }
        if (entries < config.vocabSize()) {
            notes.add(String.format(Locale.ROOT, "The tokenizer has %,d entries, the model's vocab_size is %,d: its last %,d ids "
                    + "stand for no token.", entries, config.vocabSize(), config.vocabSize() - entries));
        }
    }

    private void requireTotal(ModelFit fit) {
        if (!fit.total() && !options.partial()) {
            throw Failure.data("%s: does not fit its configuration: %s; correct the configuration (--model FILE), or add "
                    + "--allow-partial to initialise what is missing and leave out the rest", model.where(), fit.problems());
        }
    }

    private void noteFit(ModelFit fit) {
        if (!fit.initialised().isEmpty()) {
            notes.add(String.format("Not in %s, and initialised: %s.", model.where(), fit.initialisedNames()));
        }
        if (!fit.extra().isEmpty()) {
            notes.add(String.format("Left out of %s: %s.", model.where(), fit.extraNames()));
        }
    }

    private Map<String, String> checksums() {
        Map<String, String> checksums = new LinkedHashMap<>();
        model.files().forEach(file -> checksums.put(file.getFileName().toString(), Sha256.of(file)));
        return checksums;
    }

    /** Whether the output is this import already. */
    private boolean isThere(RunRecord record) throws IOException {
        if (!Files.exists(output)) {
            return false;
        }
        RunDirectory run = new RunDirectory(output);
        if (run.exists() && run.record().imported() != null && run.record().imported().same(record.imported())
                && run.model().equals(record.model())) {
            return true;
        }
        Directories.requireEmpty("--output", output);
        return false;
    }

    private void write(RunRecord record, ModelVariables variables, ModelFit fit) throws IOException {
        Directories.writeWhole("--output", output, aside -> {
            RunDirectory run = new RunDirectory(aside);
            variables.initialise(fit.initialised());
            List<String> damaged = variables.take(fit.fitting(), model);
            if (!damaged.isEmpty()) {
                progress.say(String.format("%s: not all numbers are finite in %s; 'graphbert inspect' counts them.",
                        model.where(), String.join(", ", damaged)));
            }
            run.checkpoints().write(0, variables::save);
            model.tokenizer().ifPresent(tokenizer -> tokenizer.save(run.tokenizer()));
            record.write(run.recordFile());
        });
    }
}
