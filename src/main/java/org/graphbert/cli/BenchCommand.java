package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.train.PretrainBench;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measured figures. */
@Command(
        name = "bench",
        description = "Measure: a figure as text or JSON.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BenchTokenizeCommand.class, BenchPrepareCommand.class, BenchLoadCommand.class, BenchCommand.Pretrain.class
        })
final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(
            name = "pretrain",
            description = "Time training steps on synthetic records: 20 predictions a sequence, dropout on.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  graphbert bench pretrain --model config/bert-mini.json --vocab-size 8192"})
    static final class Pretrain implements Callable<Integer> {

        @Spec
        private CommandSpec spec;

        @Option(names = "--model", required = true, paramLabel = "FILE", description = "Model configuration.")
        private Path model;

        @Option(names = "--vocab-size", description = "Instead of the configuration's.")
        private Integer vocabSize;

        @Option(names = "--batch-size", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
        private int batchSize;

        @Option(names = "--sequence-length", defaultValue = "128", description = "Default: ${DEFAULT-VALUE}.")
        private int sequenceLength;

        @Option(names = "--precision", defaultValue = "float32", description = "float32, the only one so far.")
        private String precision;

        @Option(names = "--steps", defaultValue = "20", description = "Timed steps. Default: ${DEFAULT-VALUE}.")
        private int steps;

        @Option(names = "--threads", defaultValue = "0", description = "0 for all cores.")
        private int threads;

        @Option(names = "--seed", defaultValue = "12345", description = "Default: ${DEFAULT-VALUE}.")
        private long seed;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() throws IOException {
            if (!precision.equals("float32")) {
                throw Failure.usage("--precision is '%s', expected float32", precision);
            }
            if (batchSize < 1 || steps < 1 || sequenceLength < 1) {
                throw Failure.usage("--batch-size, --sequence-length and --steps are at least 1");
            }
            ModelConfig config = ModelConfig.read(model);
            if (vocabSize != null) {
                config = config.withVocabSize(vocabSize);
            }
            if (sequenceLength > config.maxPositionEmbeddings()) {
                throw Failure.usage(
                        "--sequence-length is %d, %s has max_position_embeddings %d",
                        sequenceLength, model, config.maxPositionEmbeddings());
            }
            PretrainBench.Figures figures =
                    PretrainBench.run(config, batchSize, sequenceLength, steps, threads, seed);
            spec.commandLine().getOut().println(json
                    ? Json.write(figures)
                    : String.format(
                            "%.1f ms a step (median of %d), %,.0f tokens/s, %.3f TFLOP/s",
                            1000 * figures.stepSeconds(),
                            steps,
                            figures.tokensPerSecond(),
                            figures.teraflopsPerSecond()));
            return 0;
        }
    }
}
