package org.graphbert.train;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Pooling;
import org.graphbert.data.Permutation;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.LabelledText;
import org.graphbert.evaluate.TaskBatch;
import org.graphbert.evaluate.task.ClassificationTask;
import org.graphbert.graph.Flops;
import org.graphbert.graph.TaskHead;
import org.graphbert.text.Tokenizer;
import org.tensorflow.ndarray.Shape;

/**
 * A quick fine-tuning of the weights in training on a task of classes, scored by the accuracy on its dev examples. Each
 * begins with the same head, sees the same examples in the same order and drops the same units, so that two scores of a run
 * differ by the weights alone. It has a graph and a session of its own: of the training's it reads the weights.
 */
public final class TaskProbe implements Probe {

    /** What keeps a probe quick: so many steps at most, */
    private static final int MOST_STEPS = 300;
    /** fewer where they would be more than so many passes over the examples (as many as Mosbach et al. 2021 take), */
    private static final int MOST_PASSES = 20;
    private static final int BATCH_SIZE = 16;
    /** so many tokens of a text or a pair, */
    private static final int LONGEST = 128;
    /** and so many examples to be scored on. */
    private static final int MOST_DEV = 1000;
    private static final int DEV_BATCH_SIZE = 50;
    /** Of the steps, as Devlin et al. 2018 and Mosbach et al. 2021 have it. */
    private static final double WARMUP = 0.1;

    private final ClassificationTask task;
    private final ModelConfig model;
    private final int threads;
    private final long seed;
    private final List<TaskBatch> train;
    private final List<TaskBatch> dev;
    private FineTuningGraph graph;

    /**
     * Reads and encodes a task; all that may be wrong with it is said here.
     *
     * @param directory with train.tsv and dev.tsv, see {@link ClassificationTask#read}
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @param seed of the head, the dropout and the choice and order of examples
     */
    public TaskProbe(Path directory, ModelConfig model, Tokenizer tokenizer, int threads, long seed) {
        this.task = ClassificationTask.read(directory);
        this.model = model;
        this.threads = threads;
        this.seed = seed;
        int examples = task.train().examples().size();
        int steps = (int) Math.min(MOST_STEPS, ((long) MOST_PASSES * examples + BATCH_SIZE - 1) / BATCH_SIZE);
        EncodedExamples.Shuffled batches = encoded(task.train().examples(), steps * BATCH_SIZE, tokenizer).shuffled(steps, BATCH_SIZE, seed);
        this.train = LongStream.range(0, steps).mapToObj(batches::get).toList();
        this.dev = encoded(task.dev().examples(), MOST_DEV, tokenizer).each(DEV_BATCH_SIZE);
    }

    /** Some of the examples, chosen by the seed; all, where these are no more. */
    private EncodedExamples encoded(List<LabelledText> all, int most, Tokenizer tokenizer) {
        Permutation order = new Permutation(all.size(), seed);
        List<LabelledText> some = IntStream.range(0, Math.min(most, all.size())).mapToObj(i -> all.get((int) order.at(i))).toList();
        return EncodedExamples.of(
                some, task.labels(), tokenizer, Math.min(LONGEST, model.maxPositionEmbeddings()), model.typeVocabSize());
    }

    @Override
    public Optional<Score> score(TrainingSession weights, BooleanSupplier stop) {
        long started = System.nanoTime();
        try (FineTuningSession session = new FineTuningSession(graph(), threads, seed)) {
            session.initialise();
            session.takeEncoder(weights);
            OptionalDouble accuracy = accuracy(session, stop);
            return accuracy.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Score(accuracy.getAsDouble(), (System.nanoTime() - started) / 1e9));
        }
    }

    private OptionalDouble accuracy(FineTuningSession session, BooleanSupplier stop) {
        LearningRate schedule = new LearningRate.Polynomial(
                Recipes.fineTuningRate(model), 0, Math.round(WARMUP * train.size()), train.size(), 1);
        for (int step = 0; step < train.size() && !stop.getAsBoolean(); step++) {
            session.step(step, List.of(train.get(step)), schedule.at(step));
        }
        FineTuningSession.Sums sums = FineTuningSession.Sums.NONE;
        for (int i = 0; i < dev.size() && !stop.getAsBoolean(); i++) {
            sums = sums.plus(session.evaluate(dev.get(i)));
        }
        return stop.getAsBoolean() ? OptionalDouble.empty() : OptionalDouble.of(sums.accuracy());
    }

    /** Kept from one probe to the next; the weights and moments are not, which are three times the model. */
    private FineTuningGraph graph() {
        if (graph == null) {
            graph = build(FineTuningGraph.Sizes.FREE);
        }
        return graph;
    }

    private FineTuningGraph build(FineTuningGraph.Sizes sizes) {
        // With bias correction: without it fine-tuning on few examples fails every now and then (Mosbach et al. 2021, 5.1).
        Optimisation optimisation = new Optimisation(new AdamW(0.9, 0.999, 1e-6, 0.01, true), 1.0, 1.0, List.of());
        return FineTuningGraph.build(model, new TaskHead.Classes(task.labels().size(), Pooling.CLS),
                new FineTuningGraph.Build(sizes, optimisation, Compute.FLOAT32, false), seed);
    }

    /** Of a graph of its own, for that tells its memory only where sizes are fixed: those of the largest batches. */
    @Override
    public long bytes() {
        try (FineTuningGraph fixed = build(new FineTuningGraph.Sizes(largest(train), largest(dev)))) {
            return MemoryEstimate.bytes(fixed);
        }
    }

    private static Shape largest(List<TaskBatch> batches) {
        return Shape.of(
                batches.stream().mapToInt(TaskBatch::size).max().orElseThrow(),
                batches.stream().mapToInt(batch -> batch.texts().length()).max().orElseThrow());
    }

    @Override
    public String describe(long every, double stepFlops) {
        long scored = dev.stream().mapToLong(TaskBatch::size).sum();
        long[] classes = new long[task.labels().size()];
        dev.forEach(batch -> Arrays.stream(batch.labels()).forEach(label -> classes[label]++));
        return String.format(Locale.ROOT,
                "Probe: %s, %,d examples of %d classes; every %,d steps %,d steps of %d, scored on %,d dev examples (largest class "
                        + "%.1f%%); about %.1f%% of the run's arithmetic",
                task.name(), task.train().examples().size(), task.labels().size(), every, train.size(), BATCH_SIZE, scored,
                100.0 * Arrays.stream(classes).max().orElse(0) / scored, 100 * flops() / (flops() + every * stepFlops));
    }

    @Override
    public String describe(Score score) {
        return String.format(Locale.ROOT, "%s accuracy %.3f (%.1f s)", task.name(), score.accuracy(), score.seconds());
    }

    @Override
    public double flops() {
        ModelConfig pooled = model.withOptions(model.options().withPairHead());
        double forwardAndBackward = train.stream().mapToDouble(batch -> step(pooled, batch)).sum();
        return forwardAndBackward + dev.stream().mapToDouble(batch -> step(pooled, batch)).sum() / 3;
    }

    private static double step(ModelConfig pooled, TaskBatch batch) {
        return Flops.trainingStep(pooled, batch.size(), batch.texts().length(), 0);
    }

    @Override
    public void close() {
        if (graph != null) {
            graph.close();
        }
    }
}
