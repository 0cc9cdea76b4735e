package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.graphbert.config.Batch;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.data.Manifest;
import org.graphbert.data.Masking;
import org.graphbert.evaluate.Metrics;
import org.graphbert.graph.Flops;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.interop.CheckpointIndex;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/** A run resolved against its data: everything is checked here, before anything long starts. */
public final class Plan implements AutoCloseable {

    /** google-research/bert's warm-up, and a tenth of runs that are shorter than a million steps. */
    private static final long LONGEST_WARMUP = 10_000;
    private static final double WARMUP_SHARE = 0.1;

    private final RunConfig config;
    private final ModelConfig model;
    private final DataSet data;
    private final Optional<DataSet> evalData;
    private final List<String> notes = new ArrayList<>();

    /**
     * Resolves what the configuration leaves open.
     *
     * @throws Failure if the model, the data sets and the configuration do not fit each other
     */
    public Plan(RunConfig given) throws IOException {
        ModelConfig file = ModelConfig.read(Path.of(given.model()));
        data = DataSet.open(Path.of(given.data()));
        evalData = given.evalData() == null ? Optional.empty() : Optional.of(DataSet.open(Path.of(given.evalData())));
        notes.addAll(data.notes());
        evalData.ifPresent(held -> notes.addAll(held.notes()));
        model = file.withVocabSize(vocabSize(given, file));
        evalData.ifPresent(held -> requireSameTokenizer(given, held));
        requireLength(data);
        evalData.ifPresent(this::requireLength);
        long elements = (long) given.batchSize() / given.accumulationSteps() * data.maxSeqLength() * model.hiddenSize();
        if (elements > Integer.MAX_VALUE) {
            throw Failure.usage(
                    "batch_size %d of %d tokens and hidden size %d is more than a tensor takes; "
                            + "lower batch_size, or raise accumulation_steps",
                    given.batchSize(), data.maxSeqLength(), model.hiddenSize());
        }
        long steps = given.steps() != null
                ? given.steps()
                : (long) Math.ceil(given.epochs() * data.size() / given.batchSize());
        config = given.resolved(
                steps,
                given.learningRate() != null ? given.learningRate() : Recipes.learningRate(model),
                given.warmupSteps() != null
                        ? given.warmupSteps()
                        : Math.min(LONGEST_WARMUP, Math.round(WARMUP_SHARE * steps)));
        // A run that has a checkpoint goes on from it, wherever it once began.
        if (config.init() != null
                && new RunDirectory(Path.of(config.run())).checkpoints().latest().isEmpty()) {
            requireInitialWeights();
        }
    }

    public RunConfig config() {
        return config;
    }

    public ModelConfig model() {
        return model;
    }

    Optional<DataSet> evalData() {
        return evalData;
    }

    AdamW optimiser() {
        return new AdamW(
                config.beta1(), config.beta2(), config.epsilon(), config.weightDecay(), config.biasCorrection());
    }

    Loader loader() {
        Loader loader = Loader.of(data, config.batchSize(), config.seed());
        if (!config.dynamicMasking()) {
            return loader;
        }
        Manifest manifest = data.manifest().orElseThrow(() -> Failure.usage(
                "dynamic_masking needs the tokenizer; %s has no manifest.json", data.path()));
        return loader.withDynamicMasking(Masking.of(
                manifest.request().recipe().masks(),
                Tokenizers.load(data.tokenizerDirectory().orElseThrow(), null)));
    }

    TrainingGraph buildGraph() {
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(
                config.batchSize() / config.accumulationSteps(),
                data.maxSeqLength(),
                data.maxPredictions(),
                config.accumulationSteps() > 1);
        return TrainingGraph.build(model, sizes, optimiser(), config.clipNorm(), config.seed());
    }

    RunRecord record() {
        return RunRecord.of(
                config,
                model,
                new RunRecord.Data(
                        data.size(),
                        data.maxSeqLength(),
                        data.checksum().orElse(null),
                        tokenizerChecksum(data).orElse(null)));
    }

    /** Refuses a batch that holds ids beyond the model. */
    void requireIds(Batch batch) {
        batch.requireIds(data.path(), model.vocabSize(), model.typeVocabSize());
    }

    /** The tokenizer of the records: the data set's own, or for files without a manifest the one that was named. */
    private Optional<Tokenizer> tokenizer() {
        return data.tokenizerDirectory()
                .or(() -> Optional.ofNullable(config.tokenizer()).map(Path::of))
                .map(from -> Tokenizers.load(from, null));
    }

    /** Copies the data set's tokenizer into the run, once; the directory is complete or absent, as checkpoints are. */
    void saveTokenizer(Path directory) throws IOException {
        Optional<Tokenizer> tokenizer = tokenizer();
        if (Files.exists(directory) || tokenizer.isEmpty()) {
            return;
        }
        Path aside = directory.resolveSibling(".tokenizer.writing");
        Directories.delete(aside);
        tokenizer.get().save(aside);
        Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The checkpoint prefix that --init means. */
    Optional<String> initialWeights() throws IOException {
        if (config.init() == null) {
            return Optional.empty();
        }
        RunDirectory run = new RunDirectory(Path.of(config.init()));
        return Optional.of(run.exists() ? run.newest().prefix() : config.init());
    }

    /** As {@link #describe(TrainingGraph)}, for a graph that is built for nothing else. */
    public List<String> describe() {
        try (TrainingGraph graph = buildGraph()) {
            return describe(graph);
        }
    }

    /** What a look before a long run should show. */
    List<String> describe(TrainingGraph graph) {
        List<Variable> trainable = graph.variables().trainable();
        long parameters = graph.variables().parameterCount();
        long decayed = trainable.stream().filter(Variable::decayed).mapToLong(v -> v.shape().size()).sum();
        double flops = Flops.trainingStep(model, config.batchSize(), data.maxSeqLength(), data.maxPredictions());
        List<String> lines = new ArrayList<>(notes);
        lines.add(text(
                "Model: %d layers, hidden %,d, %d heads, intermediate %,d, vocabulary %,d; %,d parameters in %d variables "
                        + "(%,d decayed, %,d not)",
                model.numHiddenLayers(), model.hiddenSize(), model.numAttentionHeads(), model.intermediateSize(),
                model.vocabSize(), parameters, trainable.size(), decayed, parameters - decayed));
        lines.add(text(
                "Data:  %s, %,d records of %d tokens; %,d steps of %d are %.1f epochs",
                data.path(), data.size(), data.maxSeqLength(), config.steps(), config.batchSize(),
                Loader.of(data, config.batchSize(), config.seed()).epochs(config.steps())));
        lines.add(text(
                "Memory: %.2f GB of weights, gradients and moments; activations come beside them",
                4.0 * Float.BYTES * parameters / 1e9));
        lines.add(text(
                "Step:  %,d tokens, %.1f GFLOP; learning rate to %.2e over %,d steps, then %s; masking %s",
                (long) config.batchSize() * data.maxSeqLength(), flops / 1e9, config.learningRate(),
                config.warmupSteps(), config.schedule(), config.dynamicMasking() ? "dynamic" : "static"));
        return lines;
    }

    /** The first step's losses beside what a model that knows nothing has. */
    List<String> describeFirst(Metrics first) {
        return List.of(text(
                "First step: masked LM loss %.3f (ln %,d = %.3f), next sentence loss %.3f (ln 2 = %.3f)",
                first.maskedLmLoss(), model.vocabSize(), Math.log(model.vocabSize()),
                first.nextSentenceLoss(), Math.log(2)));
    }

    private int vocabSize(RunConfig given, ModelConfig file) {
        if (data.manifest().isEmpty()) {
            return given.vocabSize() != null ? given.vocabSize() : file.vocabSize();
        }
        int tokenizer = data.manifest().get().request().tokenizer().vocabularySize();
        if (given.vocabSize() != null && given.vocabSize() < tokenizer) {
            throw Failure.usage(
                    "vocab_size is %d, but the tokenizer of %s has %d entries; it may enlarge the vocabulary, not shrink it",
                    given.vocabSize(), data.path(), tokenizer);
        }
        int size = given.vocabSize() != null ? given.vocabSize() : tokenizer;
        if (size != file.vocabSize()) {
            notes.add(text(
                    "The model takes a vocabulary of %,d entries (%s has %,d; %s says %,d).",
                    size, data.path(), tokenizer, given.model(), file.vocabSize()));
        }
        return size;
    }

    private void requireLength(DataSet set) {
        if (set.maxSeqLength() > model.maxPositionEmbeddings()) {
            throw Failure.usage(
                    "%s has sequences of %d tokens, the model has max_position_embeddings %d; "
                            + "prepare shorter ones with --max-seq-length %d",
                    set.path(), set.maxSeqLength(), model.maxPositionEmbeddings(), model.maxPositionEmbeddings());
        }
    }

    private void requireSameTokenizer(RunConfig given, DataSet held) {
        Optional<String> ours = tokenizerChecksum(data);
        Optional<String> theirs = tokenizerChecksum(held);
        if (ours.isPresent() && theirs.isPresent() && !ours.equals(theirs)) {
            throw Failure.usage(
                    "%s was prepared with another tokenizer (checksum %.12s) than %s (%.12s); prepare both with the same",
                    given.evalData(), theirs.get(), given.data(), ours.get());
        }
    }

    static Optional<String> tokenizerChecksum(DataSet set) {
        return set.manifest().map(m -> m.request().tokenizer().checksum());
    }

    private void requireInitialWeights() throws IOException {
        String prefix = initialWeights().orElseThrow();
        Map<String, List<Long>> expected = new LinkedHashMap<>();
        try (TrainingGraph graph = buildGraph()) {
            for (Variable variable : graph.variables().trainable()) {
                List<Long> shape = new ArrayList<>();
                for (long size : variable.shape().asArray()) {
                    shape.add(size);
                }
                expected.put(variable.name(), shape);
            }
        }
        List<String> problems = CheckpointIndex.read(prefix).problems(expected);
        if (!problems.isEmpty()) {
            throw Failure.usage(
                    "%s does not fit the model: %s%s",
                    prefix, problems.get(0), problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)");
        }
        RunDirectory run = new RunDirectory(Path.of(config.init()));
        if (run.exists() && Files.exists(run.tokenizer())) {
            String theirs = Tokenizers.load(run.tokenizer(), null).checksum();
            tokenizerChecksum(data).filter(ours -> !ours.equals(theirs)).ifPresent(ours -> {
                throw Failure.usage(
                        "%s was trained with another tokenizer (checksum %.12s) than %s (%.12s)",
                        config.init(), theirs, data.path(), ours);
            });
        }
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    @Override
    public void close() {
        data.close();
        evalData.ifPresent(DataSet::close);
    }
}
