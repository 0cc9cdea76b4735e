package org.graphbert.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graphbert inspect}: what is this? */
@Command(
        name = "inspect",
        description = "What is this? Looks into a data set or TFRecord files.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  graphbert inspect tfrecords/wiki --show 2"})
final class InspectCommand implements Runnable {

    /** Asked in this order. */
    private static final List<Inspector> INSPECTORS = List.of(new DataSetInspector());

    @Parameters(paramLabel = "PATH", description = "A directory, a file, or a pattern of TFRecord files.")
    private Path path;

    @Option(names = "--show", paramLabel = "N", description = "How many examples to show (${DEFAULT-VALUE}).")
    private int show = 3;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Inspector inspector = INSPECTORS.stream()
                .filter(i -> i.recognises(path))
                .findFirst()
                .orElseThrow(() -> Failure.data("%s: %s; expected %s", path,
                        Files.exists(path) ? "not recognised" : "no such file or directory",
                        INSPECTORS.stream().map(Inspector::kind).collect(Collectors.joining(", or "))));
        Inspector.Report report = inspector.inspect(path, show);
        spec.commandLine().getOut().println(json ? report.json() : report.text());
        spec.commandLine().getOut().flush();
    }
}
