package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.Manifest;
import org.graphbert.device.Device;
import org.graphbert.train.Compute;
import org.graphbert.train.PretrainBench;
import org.graphbert.train.StepProfile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert bench pretrain}: how fast training steps are. */
@Command(
        name = "pretrain",
        description = "Time training steps, dropout on, the optimiser included.",
        customSynopsis = "graphbert bench pretrain --model=FILE [OPTIONS]",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "On random tokens, full sequences with 20 predictions each, or on a data set's records; under the optimiser of "
                    + "BERT. The share is of what the fastest of the model's matrix products alone reaches, timed between the "
                    + "steps.",
            "",
            "Example:",
            "  graphbert bench pretrain --model config/bert-mini.json \\",
            "      --vocab-size 8192 --profile"
        })
final class BenchPretrainCommand implements Callable<Integer> {

    private static final int SHOWN_TYPES = 20;
    private static final double MIB = 1 << 20;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "Model configuration.")
    private Path model;

    @Option(names = "--vocab-size", paramLabel = "N", description = "Instead of the data set's, or without one the configuration's.")
    private Integer vocabSize;

    @Option(names = "--batch-size", paramLabel = "N", description = "Sequences in a batch (${DEFAULT-VALUE}).")
    private int batchSize = 32;

    @Option(names = "--sequence-length", paramLabel = "N", description = "Tokens in a sequence (128, or the data set's).")
    private Integer sequenceLength;

    @Option(names = "--data", paramLabel = "DIR", description = "A data set, instead of random tokens.")
    private Path data;

    @Option(names = "--pack", description = "Several of the data set's records in one sequence.")
    private boolean pack;

    @Option(names = "--precision", paramLabel = "TYPE", description = "float32, tf32, bfloat16 or float16 (${DEFAULT-VALUE}).")
    private Precision precision = Precision.FLOAT32;

    @Option(names = "--xla", description = "Compile clusters of the graph.")
    private boolean xla;

    @Mixin
    private DeviceOption device;

    @Option(names = "--steps", paramLabel = "N", description = "Timed steps (${DEFAULT-VALUE}).")
    private int steps = 20;

    @Option(names = "--profile", description = "Trace a few steps more: which operations cost most.")
    private boolean profile;

    @Option(names = "--threads", paramLabel = "N", description = "Of TensorFlow's kernels; 0 for all cores (0).")
    private int threads = 0;

    @Option(names = "--seed", paramLabel = "N", description = "Of weights and tokens (${DEFAULT-VALUE}).")
    private long seed = 12345;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (batchSize < 1 || steps < 1 || sequenceLength != null && sequenceLength < 1) {
            throw Failure.usage("--batch-size, --sequence-length and --steps are at least 1");
        }
        if (pack && data == null) {
            throw Failure.usage("--pack is for the records of a data set; name it with --data");
        }
        Device computesOn = device.use(precision, new ConsoleProgress());
        ModelConfig config = ModelConfig.read(model);
        int length = sequenceLength == null ? 128 : sequenceLength;
        if (data != null) {
            try (DataSet set = DataSet.open(data)) {
                if (sequenceLength != null && sequenceLength != set.maxSeqLength()) {
                    throw Failure.usage("--sequence-length is %d, the records of %s have %d; leave the option out",
                            sequenceLength, data, set.maxSeqLength());
                }
                length = set.maxSeqLength();
                Integer known = set.manifest().map(BenchPretrainCommand::vocabulary).orElse(null);
                vocabSize = vocabSize == null ? known : vocabSize;
            }
        }
        if (vocabSize != null) {
            config = config.withVocabSize(vocabSize);
        }
        if (length > config.maxPositionEmbeddings()) {
            throw Failure.usage("sequences of %d tokens, %s has max_position_embeddings %d; shorten them or choose another",
                    length, model, config.maxPositionEmbeddings());
        }
        Compute compute = Compute.choose(precision.toString(), xla ? RunConfig.ON : RunConfig.OFF, computesOn).compute();
        PretrainBench.Figures figures = PretrainBench.run(new PretrainBench.Request(
                config, batchSize, length, steps, threads, compute, data, pack, profile, seed));
        spec.commandLine().getOut().println(json ? Json.write(figures) : text(figures));
        return 0;
    }

    private static int vocabulary(Manifest manifest) {
        return manifest.request().tokenizer().vocabularySize();
    }

    private static String text(PretrainBench.Figures f) {
        List<String> lines = new ArrayList<>();
        lines.add(format("%.1f ms a step (median of %d), %,.0f tokens/s%s, %.3f TFLOP/s",
                1000 * f.stepSeconds(), f.steps(), f.tokensPerSecond(),
                f.data() == null ? "" : format(" (%,.0f without padding)", f.filledTokensPerSecond()),
                f.teraflopsPerSecond()));
        lines.add(format("%.0f%% of what a matrix product alone reaches, %.3f TFLOP/s; %.1f ms of processor time a step%s",
                100 * f.productShare(), f.productTeraflopsPerSecond(), 1000 * f.cpuSeconds(),
                f.peakResidentBytes() == null ? "" : format("; at most %,.0f MiB", f.peakResidentBytes() / MIB)));
        if (f.profile() != null) {
            lines.add(format("kernels of a step: %.1f ms, %.1f%% of it in matrix products",
                    1000 * f.profile().kernelSeconds(), 100 * f.profile().productShare()));
            f.profile().types().stream().limit(SHOWN_TYPES).map(BenchPretrainCommand::line).forEach(lines::add);
            lines.add("of single operations:");
            f.profile().nodes().stream().map(BenchPretrainCommand::line).forEach(lines::add);
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String line(StepProfile.Cost cost) {
        return format("%9.2f ms %5.1f%% %5.0f  %s", 1000 * cost.seconds(), 100 * cost.share(), cost.count(), cost.name());
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
