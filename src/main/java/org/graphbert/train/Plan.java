package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.graphbert.config.Devices;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Phase;
import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DataSet;
import org.graphbert.device.Accelerator;
import org.graphbert.device.Device;
import org.graphbert.distribute.Group;
import org.graphbert.distribute.Place;
import org.graphbert.distribute.cluster.Identity;
import org.graphbert.evaluate.Metrics;
import org.graphbert.graph.SessionOptions;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/** A run resolved against its data: everything is checked here, before anything long starts. */
public final class Plan implements AutoCloseable {

    private final RunConfig config;
    private final Devices devices;
    private final Place place;
    private final Group group;
    private final ModelConfig model;
    private final List<PhasePlan> phases = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    /** Graphs by the numbers of their phases: they take a while to build. */
    private final Map<Integer, TrainingGraph> lookedAt = new HashMap<>();
    private Optional<Probe> probe = Optional.empty();

    /**
     * Resolves what the configuration leaves open.
     *
     * @throws Failure if the model, the data sets and the configuration do not fit each other
     */
    public Plan(RunConfig given) throws IOException {
        this(given, Place.ALONE);
    }

    /**
     * The same for one of several workers. Only the chief looks into the run's directory; the others need not reach it.
     *
     * @throws Failure if the model, the data sets and the configuration do not fit each other
     */
    public Plan(RunConfig given, Place place) throws IOException {
        this.place = place;
        if (place.chief()) {
            Preflight.requireWritable(Path.of(given.run()));
            requireTrainable(new RunDirectory(Path.of(given.run())));
        }
        // Before anything touches TensorFlow; who has chosen the same before has told the user.
        Device device = Accelerator.use(given.deviceChoice(), Precision.given(given.precision()), text -> {});
        Optional<RunDirectory> predecessor = InitialWeights.predecessor(given);
        ModelConfig file = InitialWeights.modelOf(given, predecessor);
        devices = given.devices() == null ? Devices.cpus(1) : Accelerator.resolve(Devices.parse(given.devices()));
        group = place.alone() ? Group.of(devices.count()) : Group.of(place, devices.count());
        try {
            for (Phase phase : given.resolvedPhases()) {
                requireParts(phase);
                phases.add(PhasePlan.open(phase, given, phases.size(), group.size(), place));
            }
            phases.forEach(phase -> phase.sets().forEach(set -> notes.addAll(set.notes())));
            model = file.withVocabSize(vocabSize(given, file, predecessor));
            phases.forEach(phase -> new DataFit(model, first()).require(phase));
            Compute.Choice choice = Compute.choose(given.precision(), given.xla(), device);
            notes.add(choice.text());
            config = Spans.resolve(given, model, phases).computed(
                    choice.compute().precision(), choice.compute().xla(), given.devices() == null ? null : devices);
            // A run that has a checkpoint goes on from it, wherever it once began.
            if (place.chief() && config.init() != null
                    && new RunDirectory(Path.of(config.run())).checkpoints().latest().isEmpty()) {
                InitialWeights.requireFit(config, model, first());
            }
            if (place.chief() && config.guards().probe() != null) {
                probe = Optional.of(openProbe());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Each device of each worker computes the same number of sequences. */
    private void requireParts(Phase phase) {
        int parts = phase.accumulationSteps() * group.size();
        int below = phase.batchSize() / parts * parts;
        if (below != phase.batchSize()) {
            String among = place.alone() ? "devices " + devices
                    : place.workers() + " workers" + (devices.count() == 1 ? "" : " with devices " + devices);
            throw Failure.usage("batch_size (%d) is not a multiple of %d (%s%s); choose %s%d",
                    phase.batchSize(), parts, among,
                    phase.accumulationSteps() == 1 ? "" : " times accumulation_steps " + phase.accumulationSteps(),
                    below == 0 ? "" : below + " or ", below + parts);
        }
    }

    /** An imported model stays what was imported. */
    private static void requireTrainable(RunDirectory run) throws IOException {
        if (run.exists() && run.record().imported() != null) {
            throw Failure.usage("%s: is an imported model, which stays as it is; choose another --run, and start it with --init %s",
                    run.path(), run.path());
        }
        if (run.exists() && run.record().fineTuned() != null) {
            throw Failure.usage("%s: is a fine-tuned run; choose another --run", run.path());
        }
    }

    private Probe openProbe() {
        Tokenizer tokenizer = tokenizer().orElseThrow(() -> Failure.usage(
                "probe %s needs the tokenizer, and %s has no manifest.json; name it with --tokenizer",
                config.guards().probe(), first().path()));
        return new TaskProbe(Path.of(config.guards().probe()), model, tokenizer, config.threads(), config.seed());
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

    /** A phase's graph; the one that {@link #describe} looked at, if nobody took it yet. */
    TrainingGraph buildGraph(PhasePlan phase) {
        TrainingGraph looked = lookedAt.remove(phase.number());
        return looked != null ? looked : TrainingGraph.build(
                config.inPretraining(model), phase.sizes(), Optimisation.of(config.optimization()), Compute.of(config), config.seed(),
                group.ofGraph(phase.number()));
    }

    /** The same on each of the run's devices. */
    ReplicatedGraph buildReplicas(PhasePlan phase) {
        return ReplicatedGraph.of(buildGraph(phase), group.ofGraph(phase.number()), devices);
    }

    /** The replicas that learn as one. */
    Group group() {
        return group;
    }

    /** Whether this process decides, and writes the run. */
    public boolean chief() {
        return place.chief();
    }

    /** The devices of this process, as TensorFlow is to divide them. */
    SessionOptions sessionOptions() {
        return ReplicatedGraph.sessionOptions(devices, config.threads(), Compute.of(config));
    }

    RunRecord record() {
        return RunRecord.of(config, model, phases.stream().map(PhasePlan::record).toList(), place.workers());
    }

    /** What all workers of a cluster must have the same of. */
    Identity identity() {
        return record().identity();
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

    /** Copies the data set's tokenizer into the run. */
    void saveTokenizer(RunDirectory run) throws IOException {
        Optional<Tokenizer> tokenizer = tokenizer();
        if (tokenizer.isPresent()) {
            run.saveTokenizer(tokenizer.get());
        }
    }

    /**
     * What a look before a long run should show: the model, what it takes of the machine, and what each phase does.
     *
     * @throws Failure (usage) if the machine has no room for it
     */
    public List<String> describe() throws IOException {
        List<String> lines = new ArrayList<>(notes);
        Path directory = Path.of(config.run());
        Preflight preflight = Preflight.now(directory);
        if (!place.alone()) {
            lines.add(PhasePlan.text("Workers: %d, each with its part of every batch and a copy of the weights", place.workers()));
        }
        if (devices.count() > 1) {
            lines.add(PhasePlan.text("Devices: %d (%s), each with its part of every batch and a copy of the weights",
                    devices.count(), devices));
        }
        long probeBytes = probe.map(Probe::bytes).orElse(0L);
        for (PhasePlan phase : phases) {
            TrainingGraph graph = buildGraph(phase);
            lookedAt.put(phase.number(), graph);
            if (phase.number() == 1) {
                lines.add(describe(graph));
                if (config.dropout() != null) {
                    lines.add(PhasePlan.text("Dropout: %s while pre-training; the model keeps its own, hidden %s and attention %s",
                            config.dropout(), model.hiddenDropoutProb(), model.attentionProbsDropoutProb()));
                }
                lines.addAll(preflight.disk(
                        graph, config.checkpoints(), config.duration().timed() ? 0 : config.duration().steps(),
                        new RunDirectory(directory).checkpoints().bytes()));
            }
            lines.addAll(phase.describe(model, config.dynamicMasking()));
            lines.addAll(preflight.memory(config.inPretraining(model), phase, graph, probeBytes));
        }
        probe.ifPresent(p -> lines.add(p.describe(config.probeEvery(), phases.get(0).stepFlops(model))));
        return lines;
    }

    private String describe(TrainingGraph graph) {
        List<Variable> trainable = graph.variables().trainable();
        long parameters = graph.variables().parameterCount();
        return PhasePlan.text(
                "Model: %d layers, hidden %,d, %d heads, intermediate %,d, vocabulary %,d; %,d parameters in %d variables "
                        + "(%,d decayed, %,d not%s)%s",
                model.numHiddenLayers(), model.hiddenSize(), model.numAttentionHeads(), model.intermediateSize(),
                model.vocabSize(), parameters, trainable.size(), graph.decayed(),
                parameters - graph.decayed() - graph.frozen(),
                graph.frozen() == 0 ? "" : PhasePlan.text(", %,d frozen", graph.frozen()),
                model.options().named().stream().map(option -> "; " + option).collect(Collectors.joining()));
    }

    /** What the weights are tried on while they are trained, if the run wants that. */
    Optional<Probe> probe() {
        return probe;
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
        probe.ifPresent(Probe::close);
        lookedAt.values().forEach(TrainingGraph::close);
    }
}
