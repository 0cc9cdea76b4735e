package org.graphbert.train;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.graphbert.graph.SessionOptions;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A training graph at work: its weights, slots and step live here. Not for several threads at once. */
public final class TrainingSession implements Checkpointer.State, AutoCloseable {

    private final TrainingGraph graph;
    private final Session session;
    private final long seed;
    /** Who is handed the trace of each run of a step; null for nobody, for tracing costs time. */
    private Consumer<RunMetadata> trace;
    /** Made when first asked for. */
    private Operand<TBool> finiteWeights;
    private Operand<TBool> finiteGradients;

    /**
     * Opens a session; no variable has a value until {@link #initialise} or {@link #restore}.
     *
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @param seed of the dropout
     */
    TrainingSession(TrainingGraph graph, int threads, long seed) {
        this.graph = graph;
        this.seed = seed;
        this.session = new Session(
                graph.graph(), new SessionOptions(threads, graph.compute().xla()).proto());
    }

    /**
     * What a step came to.
     *
     * @param gradientNorm the global norm before clipping, without the loss scale
     * @param lossScale what the loss was multiplied by for the gradients' sake; 1 where they need none
     * @param applied whether the weights followed; not where the norm is not finite, and then nothing but the number of
     *     steps has changed
     */
    public record StepResult(Sums sums, double gradientNorm, double lossScale, boolean applied) {

        public boolean finite() {
            return sums.finite() && Double.isFinite(gradientNorm);
        }
    }

    void initialise() {
        session.runner().addTarget(graph.initialise()).run().close();
    }

    @Override
    public Snapshot snapshot() {
        return Snapshot.of(session, graph.saved());
    }

    /**
     * Takes every variable from a checkpoint of this graph; gradient sums, which no checkpoint holds, begin at zero.
     *
     * @throws Failure (data) if it lacks one, or has one of another shape
     */
    void restore(String prefix) {
        Restoring.whole(session, graph.saver(), graph.variables(), prefix);
    }

    /** Takes the trainable variables from another checkpoint, which must hold them all. */
    void initialiseFrom(String prefix) {
        Restoring.some(session, graph.graph(), graph.variables().trainable(), prefix);
    }

    /** A variable's present value by the operand that reads it. */
    public TFloat32 read(Operand<TFloat32> value) {
        Result result = session.runner().fetch(value).run();
        return (TFloat32) result.get(0);
    }

    /** A variable's present values, row-major. */
    float[] values(Variable variable) {
        try (Result result = session.runner().fetch(variable.value()).run()) {
            TFloat32 tensor = (TFloat32) result.get(0);
            float[] values = new float[Math.toIntExact(tensor.size())];
            tensor.asRawTensor().data().asFloats().read(values);
            return values;
        }
    }

    /** The number of optimiser steps taken. */
    long globalStep() {
        try (Result result = session.runner()
                .fetch(graph.variables().globalStep().value())
                .run()) {
            return ((TInt64) result.get(0)).getLong();
        }
    }

    /**
     * One optimiser step over one or more micro-batches; their losses divide by the weights of all of them.
     *
     * @param step its number, from 0, which keys the dropout
     * @param rate the learning rate
     */
    StepResult step(long step, List<Batch> microBatches, double rate) {
        Learning learning = graph.learning();
        Sums sums = Sums.NONE;
        boolean accumulated = learning.accumulate() != null;
        Applied applied = null;
        for (int i = 0; i < microBatches.size(); i++) {
            Batch batch = microBatches.get(i);
            Tower tower = graph.training();
            try (Feed feed = feed(step, microBatches, i)) {
                Session.Runner runner = Sums.request(session.runner(), tower.losses());
                if (accumulated) {
                    runner.addTarget(learning.accumulate());
                } else {
                    learning.feed(feed, rate, step);
                    Applied.request(runner, learning);
                }
                try (Result result = run(feed.to(runner))) {
                    sums = sums.plus(Sums.of(batch, tower.losses(), result));
                    applied = accumulated ? null : Applied.of(result, learning);
                }
            }
        }
        applied = accumulated ? Applied.accumulated(session.runner(), learning, rate, step, this::run) : applied;
        return new StepResult(sums, applied.norm(), applied.lossScale(), Double.isFinite(applied.norm()));
    }

    /** A micro-batch of a step, for the training tower. */
    private Feed feed(long step, List<Batch> microBatches, int number) {
        double weight = microBatches.stream().mapToDouble(Batch::weight).sum() + Sums.WEIGHT_EPSILON;
        double pairs = microBatches.stream().mapToInt(Batch::pairs).sum();
        // Over infinity, the pair head's loss and all its gradients are exactly 0.
        double examples = pairs == 0 ? Double.POSITIVE_INFINITY : pairs;
        return new Feed()
                .batch(graph.training().inputs(), microBatches.get(number))
                .add(graph.training().dropoutKey(), TInt64.scalarOf(dropoutKey(seed, step, number)))
                .scalar(graph.maskedLmWeight(), weight)
                .scalar(graph.examples(), examples);
    }

    /**
     * Where infinities or NaNs come from, after a step that was not applied: its gradients are computed once more, with the
     * same dropout on the same weights. Nothing is changed.
     *
     * @return empty if weights and gradients are finite: then the squares of the gradients are too large for a norm
     */
    Optional<NonFinite> firstNonFinite(long step, List<Batch> microBatches) {
        List<Variable> weights = graph.variables().trainable();
        if (finiteWeights == null) {
            Ops tf = Ops.create(graph.graph()).withSubScope("diagnosis");
            finiteWeights = NonFinite.finite(tf, weights.stream().map(Variable::floats).toList());
            finiteGradients = NonFinite.finite(tf, graph.learning().gradients());
        }
        try (Feed none = new Feed()) {
            List<Integer> found = NonFinite.indices(session, finiteWeights, none);
            if (!found.isEmpty()) {
                return Optional.of(
                        new NonFinite(weights.get(found.get(0)).name(), false, found.size(), weights.size()));
            }
        }
        SortedSet<Integer> found = new TreeSet<>();
        for (int i = 0; i < microBatches.size(); i++) {
            try (Feed feed = feed(step, microBatches, i)) {
                found.addAll(NonFinite.indices(session, finiteGradients, feed));
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(new NonFinite(
                graph.learning().learned().get(found.last()).variable().name(), true, found.size(),
                graph.learning().learned().size()));
    }

    /** From now on each run of a step is traced. */
    void trace(Consumer<RunMetadata> to) {
        trace = to;
    }

    private Result run(Session.Runner runner) {
        if (trace == null) {
            return runner.run();
        }
        Result result = runner
                .setOptions(RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build())
                .runAndFetchMetadata();
        trace.accept(result.getMetadata().orElseThrow());
        return result;
    }

    /** The sums of a batch without dropout; nothing is changed. */
    public Sums evaluate(Batch batch) {
        Tower tower = graph.evaluation();
        try (Feed feed = new Feed().batch(tower.inputs(), batch);
                Result result = feed.to(Sums.request(session.runner(), tower.losses())).run()) {
            return Sums.of(batch, tower.losses(), result);
        }
    }

    /** Distinct for each (seed, step, micro-batch), and nothing but these: resuming draws the same bits. */
    static long dropoutKey(long seed, long step, int microBatch) {
        long mixed = seed * 0x9E3779B97F4A7C15L + step;
        return (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L + microBatch;
    }

    TrainingGraph graph() {
        return graph;
    }

    Session session() {
        return session;
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
