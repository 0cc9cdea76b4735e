package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.config.TaskConfig;
import org.graphbert.evaluate.task.TaskFormat;
import org.graphbert.interop.FloatType;
import org.graphbert.interop.GoogleExport;
import org.graphbert.interop.HuggingFaceExport;
import org.graphbert.serve.ExportFacts;
import org.graphbert.serve.Exportable;
import org.graphbert.serve.FrozenGraph;
import org.graphbert.serve.Reading;
import org.graphbert.serve.SavedModelExport;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.FineTunedModel;
import org.graphbert.train.RunDirectory;
import org.graphbert.train.RunRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert export}: a run to a SavedModel, or to what Hugging Face's or Google's code reads. */
@Command(
        name = "export",
        description = "Write a run's model as a SavedModel (NAME/VERSION, as TF Serving wants it), a frozen graph (one GraphDef for "
                + "the JVM), a Hugging Face directory or a Google checkpoint.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  graphbert export --run runs/wiki --output saved_models/wiki",
            "  graphbert export --run runs/wiki --output wiki-bert \\",
            "      --format huggingface --dtype float16"
        })
final class ExportCommand implements Callable<Integer> {

    /** What an export is for. */
    enum Format {
        SAVED_MODEL,
        FROZEN_GRAPH,
        HUGGINGFACE,
        GOOGLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Option(names = "--run", required = true, paramLabel = "DIR", description = "A run; its newest checkpoint that is sound.")
    private Path run;

    @Mixin
    private BestOption best;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "E.g. saved_models/NAME; for the other formats a new directory.")
    private Path output;

    @Option(names = "--format", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Format format = Format.SAVED_MODEL;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "Of the weights: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}). A SavedModel of a narrower type has half the "
                    + "size, and widens its weights at each call.")
    private FloatType type = FloatType.FLOAT32;

    @Option(names = "--version", paramLabel = "N", description = "Of a SavedModel (one above the highest there).")
    private Long version;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (type != FloatType.FLOAT32 && format == Format.GOOGLE) {
            throw Failure.usage("--dtype %s is not for --format google, whose checkpoints are of float32; leave it out", type);
        }
        if (version != null && format != Format.SAVED_MODEL) {
            throw Failure.usage("--version is for --format saved-model; leave it out for %s", format);
        }
        RunDirectory directory = new RunDirectory(run);
        ConsoleProgress progress = new ConsoleProgress();
        if (directory.record().fineTuned() != null) {
            return exportTask(directory);
        }
        directory.untrainedMaskedLm().ifPresent(progress::say);
        directory.untrainedPairs().ifPresent(progress::say);
        ModelConfig config = directory.model();
        String prefix = best.prefix(run);
        Tokenizer tokenizer = Tokenizers.load(directory.requiredTokenizer(), null);
        Exportable model = new Exportable(config, ExportFacts.pretraining(directory.pairTask()), prefix, tokenizer);
        spec.commandLine().getOut().println(switch (format) {
            case SAVED_MODEL, FROZEN_GRAPH -> served(model);
            case HUGGINGFACE -> {
                HuggingFaceExport.write(config, prefix, tokenizer, type, output, progress);
                yield output;
            }
            case GOOGLE -> {
                GoogleExport.write(config, prefix, tokenizer, output);
                yield output;
            }
        });
        return 0;
    }

    private Path served(Exportable model) throws IOException {
        Precision stored = Precision.of(type.toString());
        if (format == Format.SAVED_MODEL) {
            return SavedModelExport.export(model, stored, output, version);
        }
        FrozenGraph.write(model, stored, output);
        return output;
    }

    /** A fine-tuned run's, always of the checkpoint that was best on dev. */
    private int exportTask(RunDirectory directory) throws IOException {
        if (format != Format.SAVED_MODEL && format != Format.FROZEN_GRAPH) {
            throw Failure.usage("%s: is fine-tuned, and --format %s has no place for its head; take saved-model or frozen-graph",
                    run, format);
        }
        RunRecord.FineTuned tuned = directory.fineTuned();
        TaskConfig files = tuned.config().files();
        ExportFacts facts = ExportFacts.fineTuned(tuned.config().task(), files.regression(), files.pooled(), tuned.labels());
        String prefix = directory.checkpoint(true, new ConsoleProgress()::say).prefix();
        Tokenizer tokenizer = Tokenizers.load(directory.requiredTokenizer(), null);
        TaskFormat format = FineTunedModel.format(directory);
        facts = facts.with(Reading.of(format)).withPairs(format.texts() == 2);
        spec.commandLine().getOut().println(served(new Exportable(directory.record().model(), facts, prefix, tokenizer)));
        return 0;
    }
}
