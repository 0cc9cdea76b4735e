package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.graphbert.config.Directories;
import org.graphbert.config.Duration;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Phase;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DataSet;
import org.graphbert.evaluate.Metrics;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/** A run resolved against its data: everything is checked here, before anything long starts. */
public final class Plan implements AutoCloseable {

    private final RunConfig config;
    private final ModelConfig model;
    private final List<PhasePlan> phases = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Resolves what the configuration leaves open.
     *
     * @throws Failure if the model, the data sets and the configuration do not fit each other
     */
    public Plan(RunConfig given) throws IOException {
        requireTrainable(new RunDirectory(Path.of(given.run())));
        Optional<RunDirectory> predecessor = InitialWeights.predecessor(given);
        ModelConfig file = InitialWeights.modelOf(given, predecessor);
        try {
            for (Phase phase : given.resolvedPhases()) {
                phases.add(PhasePlan.open(phase, given, phases.size()));
            }
            phases.forEach(phase -> phase.sets().forEach(set -> notes.addAll(set.notes())));
            model = file.withVocabSize(vocabSize(given, file, predecessor));
            phases.forEach(phase -> new DataFit(model, first()).require(phase));
            long steps = steps(given.duration());
            long[] ends = Phase.ends(given.resolvedPhases(), steps);
            for (int i = 0; i < ends.length; i++) {
                phases.set(i, phases.get(i).within(i == 0 ? 0 : ends[i - 1], ends[i]));
            }
            config = given.resolved(
                    steps,
                    given.optimization().learningRate() != null
                            ? given.optimization().learningRate() : Recipes.learningRate(model),
                    LearningRate.warmupSteps(given.optimization(), steps));
            // A run that has a checkpoint goes on from it, wherever it once began.
            if (config.init() != null
                    && new RunDirectory(Path.of(config.run())).checkpoints().latest().isEmpty()) {
                InitialWeights.requireFit(config, model, first());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** An imported model stays what was imported. */
    private static void requireTrainable(RunDirectory run) throws IOException {
        if (run.exists() && run.record().imported() != null) {
            throw Failure.usage("%s: is an imported model, which stays as it is; choose another --run, and start it with --init %s",
                    run.path(), run.path());
        }
    }

    private long steps(Duration duration) {
        if (duration.steps() != null) {
            return duration.steps();
        }
        if (duration.epochs() == null) {
            throw Failure.usage("expected steps or epochs");
        }
        PhasePlan only = phases.get(0);
        return (long) Math.ceil(duration.epochs() * only.loader().sequences() / only.phase().batchSize());
    }

    public RunConfig config() {
        return config;
    }

    public ModelConfig model() {
        return model;
    }

    /** In order; one, where the run has one data set. */
    List<PhasePlan> phases() {
        return phases;
    }

    /** The phase that goes on when so many steps are done. */
    PhasePlan phaseAfter(long steps) {
        return phases.stream().filter(phase -> steps < phase.end()).findFirst().orElseThrow();
    }

    TrainingGraph buildGraph(PhasePlan phase) {
        return TrainingGraph.build(
                model, phase.sizes(), Optimisation.of(config.optimization()), Compute.of(config), config.seed());
    }

    RunRecord record() {
        return RunRecord.of(config, model, phases.stream().map(PhasePlan::record).toList());
    }

    /** The tokenizer of the records: the data set's own, or for files without a manifest the one that was named. */
    private Optional<Tokenizer> tokenizer() {
        return first().tokenizerDirectory()
                .or(() -> Optional.ofNullable(config.tokenizer()).map(Path::of))
                .map(from -> Tokenizers.load(from, null));
    }

    private DataSet first() {
        return phases.get(0).data();
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

    /** As {@link #describe(TrainingGraph)}, for a graph that is built for nothing else. */
    public List<String> describe() {
        try (TrainingGraph graph = buildGraph(phases.get(0))) {
            return describe(graph);
        }
    }

    /** What a look before a long run should show. */
    List<String> describe(TrainingGraph graph) {
        List<Variable> trainable = graph.variables().trainable();
        long parameters = graph.variables().parameterCount();
        List<String> lines = new ArrayList<>(notes);
        lines.add(PhasePlan.text(
                "Model: %d layers, hidden %,d, %d heads, intermediate %,d, vocabulary %,d; %,d parameters in %d variables "
                        + "(%,d decayed, %,d not%s)%s",
                model.numHiddenLayers(), model.hiddenSize(), model.numAttentionHeads(), model.intermediateSize(),
                model.vocabSize(), parameters, trainable.size(), graph.decayed(),
                parameters - graph.decayed() - graph.frozen(),
                graph.frozen() == 0 ? "" : PhasePlan.text(", %,d frozen", graph.frozen()),
                model.options().named().stream().map(option -> "; " + option).collect(Collectors.joining())));
        MemoryEstimate memory = MemoryEstimate.of(graph);
        lines.add(PhasePlan.text(
                "Memory: about %.2f GB: weights and moments %.2f, a step %.2f (activations %.2f, gradients %.2f), the rest "
                        + "TensorFlow and Java",
                memory.totalBytes() / 1e9,
                (memory.parameterBytes() + memory.optimiserBytes() + memory.gradientSumBytes()) / 1e9,
                memory.stepBytes() / 1e9, memory.activationBytes() / 1e9, memory.gradientBytes() / 1e9));
        String rate = PhasePlan.text("learning rate to %.2e over %,d steps, then %s; ",
                config.optimization().learningRate(), config.optimization().warmupSteps(), config.optimization().schedule());
        for (PhasePlan phase : phases) {
            heading(phase).ifPresent(lines::add);
            lines.addAll(phase.describe(model, phase.begin() == 0 ? rate : "", config.dynamicMasking() ? "dynamic" : "static"));
        }
        return lines;
    }

    /** Which phase it is, where there are several. */
    Optional<String> heading(PhasePlan phase) {
        return phases.size() == 1 ? Optional.empty() : Optional.of(PhasePlan.text(
                "Phase %d of %d: steps %,d to %,d, sequences of %d tokens from %s",
                number(phase), phases.size(), phase.begin() + 1, phase.end(), phase.data().maxSeqLength(),
                phase.data().path()));
    }

    /** From 1. */
    int number(PhasePlan phase) {
        return phases.indexOf(phase) + 1;
    }

    /** The first step's losses beside what a model that knows nothing has. */
    String describeFirst(Metrics first) {
        return PhasePlan.text(
                "First step: masked LM loss %.3f (ln %,d = %.3f)",
                first.maskedLmLoss(), model.vocabSize(), Math.log(model.vocabSize()))
                + first.pairs(", %s loss %.3f (ln 2 = 0.693)", phases.get(0).pairTask());
    }

    private int vocabSize(RunConfig given, ModelConfig file, Optional<RunDirectory> predecessor) throws IOException {
        Optional<Tokenizer> named = Optional.ofNullable(given.tokenizer()).map(Path::of).map(from -> Tokenizers.load(from, null));
        Optional<String> ours = tokenizerChecksum(first());
        if (named.isPresent() && ours.isPresent() && !ours.get().equals(named.get().checksum())) {
            throw Failure.usage("%s was prepared with another tokenizer (checksum %.12s) than tokenizer %s (%.12s); "
                    + "leave tokenizer out: the data set has its own",
                    first().path(), ours.get(), given.tokenizer(), named.get().checksum());
        }
        Optional<Integer> entries = first().manifest().map(m -> m.request().tokenizer().vocabularySize())
                .or(() -> named.map(Tokenizer::size));
        if (entries.isEmpty()) {
            return given.vocabSize() != null ? given.vocabSize() : file.vocabSize();
        }
        int tokenizer = entries.get();
        if (given.vocabSize() != null && given.vocabSize() < tokenizer) {
            throw Failure.usage(
                    "vocab_size is %d, but the tokenizer of %s has %d entries; it may enlarge the vocabulary, not shrink it",
                    given.vocabSize(), first().path(), tokenizer);
        }
        int size = given.vocabSize() != null ? given.vocabSize() : tokenizer;
        if (given.vocabSize() == null && predecessor.isPresent()
                && InitialWeights.tokenizerChecksum(predecessor.get()).equals(tokenizerChecksum(first()))) {
            // Its table of embeddings may have more rows than the tokenizer has entries.
            size = Math.max(size, predecessor.get().model().vocabSize());
        }
        if (size != file.vocabSize()) {
            notes.add(PhasePlan.text(
                    "The model takes a vocabulary of %,d entries (%s has %,d; %s says %,d).",
                    size, first().path(), tokenizer, given.model() == null ? given.init() : given.model(), file.vocabSize()));
        }
        return size;
    }

    static Optional<String> tokenizerChecksum(DataSet set) {
        return set.manifest().map(m -> m.request().tokenizer().checksum());
    }

    @Override
    public void close() {
        phases.forEach(PhasePlan::close);
    }
}
