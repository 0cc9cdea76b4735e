package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.train.GraphFile;
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
        footer = {"", "Example:", "  graphbert graph --model config/bert-base.json --output graphs/bert-base"})
final class GraphCommand implements Callable<Integer> {

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "Model configuration.")
    private Path model;

    @Option(names = "--output", required = true, paramLabel = "NAME", description = "E.g. graphs/NAME.")
    private Path output;

    @Option(names = "--vocab-size", paramLabel = "N", description = "Instead of the configuration's.")
    private Integer vocabSize;

    @Option(names = "--batch-size", paramLabel = "N", description = "Sequences a step (${DEFAULT-VALUE}).")
    private int batchSize = 32;

    @Option(names = "--max-seq-length", paramLabel = "N", description = "Tokens a sequence (${DEFAULT-VALUE}).")
    private int maxSeqLength = 128;

    @Option(
            names = "--max-predictions-per-seq",
            paramLabel = "N",
            description = "Predictions a sequence (${DEFAULT-VALUE}).")
    private int maxPredictions = 20;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (batchSize < 1 || maxSeqLength < 1 || maxPredictions < 1) {
            throw Failure.usage("--batch-size, --max-seq-length and --max-predictions-per-seq are at least 1");
        }
        ModelConfig config = ModelConfig.read(model);
        if (vocabSize != null) {
            config = config.withVocabSize(vocabSize);
        }
        GraphFile.Written written = GraphFile.write(config, batchSize, maxSeqLength, maxPredictions, output);
        spec.commandLine().getOut().print(written.text());
        new ConsoleProgress()
                .say((written.written() ? "Wrote " : "Unchanged: ") + written.graph() + " and " + written.summary());
        return 0;
    }
}
