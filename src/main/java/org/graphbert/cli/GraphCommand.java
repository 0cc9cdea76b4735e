package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.Memory;
import org.graphbert.train.GraphFile;
import org.graphbert.train.Optimisation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert graph}: a model configuration to a GraphDef. */
@Command(
        name = "graph",
        description = "Write the training graph, NAME.pb, and what is in it, NAME.txt.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  graphbert graph --model config/bert-base.json --output graphs/bert-base \\",
            "      --memory 16g"
        })
final class GraphCommand implements Callable<Integer> {

    private static final String FREE = "free";

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "Model configuration.")
    private Path model;

    @Option(names = "--output", required = true, paramLabel = "NAME", description = "E.g. graphs/NAME.")
    private Path output;

    @Option(names = "--vocab-size", paramLabel = "N", description = "Instead of the configuration's.")
    private Integer vocabSize;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Sequences a step, or 'free' for any number (${DEFAULT-VALUE}).")
    private String batchSize;

    @Option(names = "--max-seq-length", paramLabel = "N", description = "Tokens a sequence (${DEFAULT-VALUE}).")
    private int maxSeqLength = 128;

    @Option(
            names = "--max-predictions-per-seq",
            paramLabel = "N",
            description = "Predictions a sequence (${DEFAULT-VALUE}).")
    private int maxPredictions = 20;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "adamw",
            description = "adamw, lamb, adafactor or sgd (${DEFAULT-VALUE}).")
    private String optimizer;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Tell the largest batch for this memory, e.g. 16g (default: this machine's).")
    private String memory;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Integer batch = batch();
        long bytes = (memory == null ? Memory.ofMachine() : Memory.parse(memory)).bytes();
        ModelConfig config = ModelConfig.read(model);
        if (vocabSize != null) {
            config = config.withVocabSize(vocabSize);
        }
        GraphFile.Request request = new GraphFile.Request(
                config, batch, maxSeqLength, maxPredictions, bytes, Optimisation.of(optimizer));
        GraphFile.Written written = GraphFile.write(request, output);
        spec.commandLine().getOut().print(json ? Json.write(written.facts()) + "\n" : written.text());
        new ConsoleProgress()
                .say((written.written() ? "Wrote " : "Unchanged: ") + written.graph() + " and " + written.summary());
        return 0;
    }

    /** Null for any number. */
    private Integer batch() {
        if (batchSize.equals(FREE)) {
            return null;
        }
        try {
            return Integer.valueOf(batchSize);
        } catch (NumberFormatException e) {
            throw Failure.usage("--batch-size is '%s', expected a whole number or '%s'", batchSize, FREE);
        }
    }
}
