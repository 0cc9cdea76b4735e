package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.graphbert.serve.SavedModelExport;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert export}: a run to a SavedModel. */
@Command(
        name = "export",
        description = "Write a SavedModel, NAME/VERSION, as TF Serving wants it.",
        sortOptions = false,
        footer = {"", "Example:", "  graphbert export --run runs/wiki --output saved_models/wiki"})
final class ExportCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Option(names = "--run", required = true, paramLabel = "DIR", description = "A run; its newest checkpoint.")
    private Path run;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "E.g. saved_models/NAME.")
    private Path output;

    @Option(names = "--version", paramLabel = "N", description = "One above the highest there.")
    private Long version;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        RunDirectory directory = new RunDirectory(run);
        Path written = SavedModelExport.export(
                directory.model(),
                directory.newest().prefix(),
                Tokenizers.load(directory.requiredTokenizer(), null),
                output,
                version);
        spec.commandLine().getOut().println(written);
        return 0;
    }
}
