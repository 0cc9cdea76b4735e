package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.graphbert.config.CheckpointConfig;
import org.graphbert.config.DeviceChoice;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.OptimizerConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;
import org.graphbert.config.VariableRule;
import org.graphbert.config.WatchConfig;
import org.graphbert.data.Sha256;
import org.graphbert.device.Accelerator;
import org.graphbert.device.Device;
import org.graphbert.evaluate.task.TaskFormat;
import org.graphbert.evaluate.task.TaskInput;
import org.graphbert.evaluate.task.TaskPart;
import org.graphbert.graph.TaskHead;
import org.tensorflow.ndarray.Shape;

/** A fine-tuning resolved against its files: everything is checked here, before anything long starts. */
public final class FineTuningPlan {

    /** As the references have it: run_classifier.py, and for questions run_squad.py. */
    private static final int TEXT_LENGTH = 128;
    private static final int WINDOW_LENGTH = 384;

    private final FineTuningConfig config;
    private final FineTuningSource source;
    private final TaskFormat format;
    private final TaskPart train;
    private final TaskPart dev;
    private final Optional<TaskPart> test;
    private final Map<String, String> checksums = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Reads and encodes the files, and resolves what the configuration leaves open.
     *
     * @param say takes a line for each damaged checkpoint of the source that is passed over
     * @throws Failure if files, model and configuration do not fit each other
     */
    public FineTuningPlan(FineTuningConfig given, Consumer<String> say) throws IOException {
        // Before anything of TensorFlow is touched: it looks for a GPU once.
        Device device = Accelerator.use(DeviceChoice.of(given.device()), Precision.given(given.precision()), say);
        Preflight.requireWritable(Path.of(required("output", given.output())));
        requireOutput(new RunDirectory(Path.of(given.output())));
        required("train", given.train());
        required("dev", given.dev());
        source = FineTuningSource.of(given, say);
        ModelConfig model = source.model();
        int length = length(given, model);
        TaskInput input = new TaskInput(source.tokenizer(), length, model.typeVocabSize());
        format = TaskFormat.of(given, input);
        train = format.train();
        dev = format.read(Path.of(given.dev()), true);
        test = Optional.ofNullable(given.test()).map(Path::of).map(file -> format.read(file, false));
        Compute.Choice choice = Compute.choose(given.precision(), given.xla(), device);
        notes.add(choice.text());
        config = resolve(given, choice.compute(), length);
        requireMetric();
        checksum("train", given.train());
        checksum("dev", given.dev());
        if (given.test() != null) {
            checksum("test", given.test());
        }
    }

    private static String required(String key, String value) {
        if (value == null) {
            throw Failure.usage("%s is not set; give --%s", key, key);
        }
        return value;
    }

    private void checksum(String use, String file) {
        checksums.put(use, Sha256.of(Path.of(file)));
    }

    /** Nothing but a fine-tuned run is ever gone on with. */
    private static void requireOutput(RunDirectory run) throws IOException {
        if (run.exists() && run.record().fineTuned() == null) {
            throw Failure.usage("--output %s: holds a run that is not fine-tuned; choose another directory", run.path());
        }
    }

    private static int length(FineTuningConfig given, ModelConfig model) {
        int most = model.maxPositionEmbeddings();
        boolean table = model.options().positions() == PositionEmbedding.ABSOLUTE;
        Integer asked = given.files().maxSeqLength();
        if (asked != null && asked > most && table) {
            throw Failure.usage("max_seq_length is %d, and the model takes %d positions; lower it", asked, most);
        }
        return asked != null ? asked : Math.min(most, given.task().equals("qa") ? WINDOW_LENGTH : TEXT_LENGTH);
    }

    private FineTuningConfig resolve(FineTuningConfig given, Compute compute, int length) {
        int examples = train.encoded().size();
        double passes = given.duration().epochs() == null ? 0 : given.duration().epochs();
        long steps = given.duration().steps() != null
                ? given.duration().steps()
                : Math.max(1, (long) Math.ceil(passes * examples / given.batchSize()));
        OptimizerConfig optimizer = given.optimization();
        double rate = optimizer.learningRate() != null ? optimizer.learningRate() : Recipes.fineTuningRate(source.model());
        long pass = Math.max(1, (examples + given.batchSize() - 1) / given.batchSize());
        String metric = given.metric() == null ? format.metric() : given.metric();
        FineTuningConfig resolved = given.resolved(new FineTuningConfig.Resolved(
                steps, rate, LearningRate.warmupSteps(optimizer, steps), compute.precision(), compute.xla(),
                given.evalEvery() == null ? Math.min(steps, pass) : given.evalEvery(), metric, format.config().withMaxSeqLength(length)));
        requireFreezable(resolved);
        return resolved;
    }

    /** Of outputs that say nothing there are all the scores that there will be. */
    private void requireMetric() {
        float[][][] nothing = dev.encoded().examples().stream()
                .map(example -> new float[example.weights().length][head().classes(example.length())])
                .toArray(float[][][]::new);
        Set<String> names = new LinkedHashSet<>(List.of(TaskScores.LOSS));
        names.addAll(dev.scores(nothing).keySet());
        if (!names.contains(config.metric())) {
            throw Failure.usage("metric is '%s', expected one of %s", config.metric(), String.join(", ", names));
        }
    }

    private void requireFreezable(FineTuningConfig resolved) {
        if (resolved.freeze() == null) {
            return;
        }
        ModelConfig model = source.model();
        if (resolved.freeze() > model.numHiddenLayers()) {
            throw Failure.usage("freeze is %d, and the model has %d layers; lower it", resolved.freeze(), model.numHiddenLayers());
        }
        if (resolved.freeze() > 0 && model.options().hiddenGroups() != null) {
            throw Failure.usage("freeze is %d, and the model's layers share their variables; freeze the embeddings alone (0)",
                    resolved.freeze());
        }
    }

    /** A training with another seed, in a directory of its own. */
    FineTuningConfig restart(int number) {
        long seed = config.seed() + number;
        String directory = new RunDirectory(Path.of(config.output())).restarts().resolve(Long.toString(seed)).toString();
        return config.restart(number, directory);
    }

    public FineTuningConfig config() {
        return config;
    }

    FineTuningSource source() {
        return source;
    }

    TaskHead head() {
        return format.head();
    }

    TaskFormat format() {
        return format;
    }

    TaskPart train() {
        return train;
    }

    TaskPart dev() {
        return dev;
    }

    Optional<TaskPart> test() {
        return test;
    }

    /** The record of a run of this, under its own seed and directory. */
    RunRecord record(FineTuningConfig of) {
        return RunRecord.fineTuned(source.model(), new RunRecord.FineTuned(
                of, format.labels(), source.prefix().orElse(null), source.step().orElse(null), checksums,
                source.tokenizer().checksum()));
    }

    /**
     * The graph.
     *
     * @param seed of the head's initial weights, and of the encoder's where these are random
     */
    FineTuningGraph graph(long seed) {
        return graph(seed, FineTuningGraph.Sizes.FREE);
    }

    private FineTuningGraph graph(long seed, FineTuningGraph.Sizes sizes) {
        Compute compute = new Compute(
                Precision.of(config.precision()), config.xla().equals(RunConfig.ON));
        return FineTuningGraph.build(config.dropping(source.model()), head(),
                new FineTuningGraph.Build(sizes, optimisation(), compute, config.accumulationSteps() > 1), seed);
    }

    /** Of a graph of its own, for that tells its memory only where sizes are fixed: those of the largest batches. */
    FineTuningMemory memory() {
        int length = train.encoded().longest();
        int scored = Stream.concat(Stream.of(dev), test.stream()).mapToInt(part -> part.encoded().longest()).max().orElseThrow();
        FineTuningGraph.Sizes sizes = new FineTuningGraph.Sizes(
                Shape.of(config.batchSize() / config.accumulationSteps(), length), Shape.of(config.batchSize(), scored));
        try (FineTuningGraph fixed = graph(config.seed(), sizes)) {
            return new FineTuningMemory(config, length, MemoryEstimate.bytes(fixed));
        }
    }

    private Optimisation optimisation() {
        Optimisation plain = Optimisation.of(config.optimization());
        List<VariableRule> rules = new ArrayList<>();
        if (config.freeze() != null) {
            rules.add(new VariableRule("^bert/embeddings/", 0.0, null));
            for (int layer = 0; layer < config.freeze(); layer++) {
                rules.add(new VariableRule("^bert/encoder/layer_" + layer + "/", 0.0, null));
            }
        }
        rules.addAll(plain.rules());
        return new Optimisation(plain.optimiser(), plain.clipNorm(), plain.layerDecay(), rules);
    }

    LearningRate schedule() {
        return LearningRate.of(config.optimization(), config.duration().steps());
    }

    /** The newest checkpoint, to go on from, and the best by the metric. */
    CheckpointConfig checkpoints() {
        CheckpointConfig asked = config.checkpoints();
        return new CheckpointConfig(asked.checkpointEvery(), asked.keepCheckpoints(), asked.keepEvery(), true);
    }

    WatchConfig watching() {
        return new WatchConfig(config.evalEvery(), null, config.logEvery(), config.tensorboard(), null);
    }

    /** What a look before a training should show. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>(notes);
        ModelConfig model = source.model();
        lines.add(String.format(Locale.ROOT, "Model: %d layers, hidden %,d, %d heads, vocabulary %,d%s",
                model.numHiddenLayers(), model.hiddenSize(), model.numAttentionHeads(), model.vocabSize(),
                source.prefix().map(prefix -> "; the encoder of " + prefix).orElse("; random weights")));
        source.task().ifPresent(task -> lines.add(String.format(
                "%s was fine-tuned to %s: its encoder is trained on, and the head is new.", config.from(), task)));
        lines.add(String.format(Locale.ROOT, "Task: %s, %s; %,d examples to train on, %,d to choose by%s", config.task(),
                format.describe(), train.file().count(), dev.file().count(),
                test.map(part -> String.format(Locale.ROOT, ", %,d to test", part.file().count())).orElse("")));
        Stream.of(Optional.of(train), Optional.of(dev), test).flatMap(Optional::stream)
                .forEach(part -> part.notes().forEach(note -> lines.add(part.file().path() + ": " + note)));
        long steps = config.duration().steps();
        lines.add(String.format(Locale.ROOT,
                "Training: %,d steps of %d (%.1f passes), at most %d tokens; learning rate %s after %,d steps; every %,d steps %s on dev%s",
                steps, config.batchSize(), (double) steps * config.batchSize() / train.encoded().size(),
                config.files().maxSeqLength(), config.optimization().learningRate(), config.optimization().warmupSteps(),
                config.evalEvery(), config.metric(),
                config.restarts() == 1 ? "" : String.format(Locale.ROOT, "; %d times, with seeds from %d", config.restarts(), config.seed())));
        lines.addAll(memory().lines(MachineMemory.now(), Accelerator.device().memoryBytes()));
        return lines;
    }
}
