package org.graphbert.cli;

import java.nio.file.Path;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.data.DataSet;
import org.graphbert.data.LoadBench;
import org.graphbert.data.Loader;
import org.graphbert.data.Manifest;
import org.graphbert.data.Masking;
import org.graphbert.text.Tokenizers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert bench load}: how fast records become batches. */
@Command(
        name = "load",
        description = "Time the loading of shuffled training batches, without a model.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Sequences a second are of one thread. The batch of a late step must take no longer than that of an early "
                    + "one: so long a run takes to find its place again.",
            "",
            "Example:",
            "  graphbert bench load --data tfrecords/corpus --dynamic-masking"
        })
final class BenchLoadCommand implements Runnable {

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The data set.")
    private Path data;

    @Option(names = "--batch-size", paramLabel = "N", description = "Sequences in a batch (${DEFAULT-VALUE}).")
    private int batchSize = 32;

    @Option(names = "--dynamic-masking", description = "Mask each record anew, as the data set's options say.")
    private boolean dynamicMasking;

    @Option(names = "--pack", description = "Several records in a sequence.")
    private boolean pack;

    @Option(names = "--seconds", paramLabel = "N", description = "For each of the two speeds (${DEFAULT-VALUE}).")
    private double seconds = 5;

    @Option(names = "--seed", paramLabel = "N", description = "Of the order and the masks (${DEFAULT-VALUE}).")
    private long seed = 12345;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        try (DataSet set = DataSet.open(data)) {
            set.notes().forEach(new ConsoleProgress()::say);
            Loader loader = Loader.of(set, batchSize, seed);
            if (dynamicMasking) {
                Manifest manifest = set.manifest().orElseThrow(() -> Failure.usage(
                        "--dynamic-masking needs the tokenizer, and %s has no %s; leave the option out", data, Manifest.FILE));
                loader = loader.withDynamicMasking(Masking.of(
                        manifest.request().recipe().masks(),
                        Tokenizers.load(set.tokenizerDirectory().orElseThrow(), null)));
            }
            if (pack) {
                loader = loader.packed();
            }
            LoadBench.Figures figures = LoadBench.run(loader, set, batchSize, dynamicMasking, seconds);
            spec.commandLine().getOut().println(json ? Json.write(figures) : text(figures));
        }
    }

    private static String text(LoadBench.Figures figures) {
        return String.format(
                "%,d records of %d positions, batches of %d, masking %s%n"
                        + "one thread            %,9.0f sequences/s%n"
                        + "from the prefetcher   %,9.0f sequences/s%n"
                        + "batch 1               %,9.0f microseconds (median)%n"
                        + "batch 1,000,000       %,9.0f microseconds (median)",
                figures.records(), figures.sequenceLength(), figures.batchSize(),
                figures.dynamicMasking() ? "dynamic" : "as prepared", figures.sequencesPerSecond(),
                figures.prefetchedSequencesPerSecond(), figures.earlyBatchMicros(), figures.lateBatchMicros());
    }
}
