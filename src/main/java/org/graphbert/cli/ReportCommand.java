package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.graphbert.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graphbert report}: a run as a page. */
@Command(
        name = "report",
        description = "Writes one HTML page about a run: its figures, curves, configuration, provenance, data and sample "
                + "predictions. The page needs no network.",
        customSynopsis = "graphbert report RUN [OPTIONS]",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example:", "  graphbert report runs/wiki --output wiki.html"})
final class ReportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RUN", description = "Run directory.")
    private Path run;

    @Option(names = "--output", paramLabel = "FILE", description = "The page; replaced if it exists (report.html in the run).")
    private Path output;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data set whose records are predicted as samples (the run's held-out data, else what it was trained on).")
    private Path data;

    @Override
    public Integer call() throws IOException {
        System.out.println(Report.write(new Report.Request(run, output, data), new ConsoleProgress()));
        return 0;
    }
}
