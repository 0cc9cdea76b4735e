package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.graphbert.report.Along;
import org.graphbert.report.Metric;
import org.graphbert.report.Plot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graphbert plot}: the curves of runs as a picture. */
@Command(
        name = "plot",
        description = "Draws the curves of one or several runs as PNG or SVG.",
        customSynopsis = "graphbert plot RUN... --output=FILE [OPTIONS]",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Training is drawn smoothed, over what was logged in pale; held-out data is marked where it was measured. A run is "
                    + "a directory with a metrics.jsonl in it, whichever program wrote that; see the README for its keys.",
            "",
            "Examples:",
            "  graphbert plot runs/wiki --output wiki.png",
            "  graphbert plot runs/adamw runs/lamb --metric masked_lm_loss \\",
            "      --x time --output compared.svg"
        })
final class PlotCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Run directories.")
    private List<Path> runs;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The picture, a .png or .svg; replaced if it exists.")
    private Path output;

    @Option(
            names = "--metric",
            split = ",",
            paramLabel = "KEY",
            description = "Keys of metrics.jsonl, a panel for each, several with commas between (what the runs have of "
                    + "masked_lm_loss, masked_lm_accuracy, next_sentence_accuracy, learning_rate, tokens_per_second, "
                    + "gradient_norm).")
    private List<String> metrics = List.of();

    @Option(names = "--x", paramLabel = "AXIS", description = "step, tokens or time (step).")
    private String along = "step";

    @Option(
            names = "--smooth",
            paramLabel = "X",
            description = "Width of the smoothing as a share of a curve's length, 0 for none (0.01; more where points are few).")
    private Double smooth;

    @Option(names = "--log", description = "Logarithmic y axes.")
    private boolean logarithmic;

    @Option(names = "--title", paramLabel = "TEXT", description = "Above the picture (the name of a single run).")
    private String title;

    @Override
    public Integer call() throws IOException {
        List<String> told = Plot.write(new Plot.Request(
                runs, output, metrics.stream().map(Metric::of).toList(), Along.of(along), smooth, logarithmic, title));
        told.forEach(System.err::println);
        System.out.println(output);
        return 0;
    }
}
