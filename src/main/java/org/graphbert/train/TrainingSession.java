package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.graphbert.config.Batch;
import org.graphbert.distribute.Collectives;
import org.graphbert.distribute.Group;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Reachable;
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
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** A training graph at work, or several replicas of one: weights, slots and step live here. Not for several threads at once. */
public final class TrainingSession implements Checkpointer.State, AutoCloseable {

    private static final long LONGEST_READ_SECONDS = 60;

    private final ReplicatedGraph replicated;
    /** The replica that evaluates and is saved. */
    private final TrainingGraph graph;
    private final List<Learning> learning;
    private final Session session;
    private final long seed;
    private final Cluster cluster;
    /** Who is handed the trace of each run of a step; null for nobody, for tracing costs time. */
    private Consumer<RunMetadata> trace;
    private RunOptions.TraceLevel level;
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
        this(ReplicatedGraph.one(graph, Group.ALONE), threads, seed);
    }

    /** The same of several replicas. */
    TrainingSession(ReplicatedGraph replicated, int threads, long seed) {
        this(replicated, threads, seed, Cluster.ALONE);
    }

    /** The same of replicas that learn together with those of other processes. */
    TrainingSession(ReplicatedGraph replicated, int threads, long seed, Cluster cluster) {
        this.cluster = cluster;
        this.replicated = replicated;
        this.graph = replicated.first();
        this.learning = replicated.replicas().stream().map(TrainingGraph::learning).toList();
        this.seed = seed;
        this.session = cluster.session(replicated.graph(), replicated.sessionOptions(threads).proto());
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
        synchronise();
    }

    /** All replicas begin with the first one's variables. */
    private void synchronise() {
        if (replicated.synchronise() != null) {
            session.runner().addTarget(replicated.synchronise()).run().close();
        }
    }

    /** Gives the variables of the chief to all other workers; each of them must call this. */
    void share() {
        if (replicated.shared() != null) {
            cluster.together(() -> {
                session.runner().addTarget(replicated.shared()).setOptions(Collectives.options().build()).run().close();
                return null;
            });
            synchronise();
        }
    }

    /**
     * The state of so many whole steps, where a computation of the next one was left behind; empty if that has reached the
     * weights. The step is counted before anything else changes, and so what was read before the count was looked at is whole.
     */
    Optional<Snapshot> whole(long steps) {
        // What was left behind may keep a device busy for ever, and whoever asks for its weights waiting.
        CompletableFuture<Optional<Snapshot>> read = new CompletableFuture<>();
        Thread reader = new Thread(() -> read.complete(wholeNow(steps)), "whole-state");
        reader.setDaemon(true);
        reader.start();
        return read.completeOnTimeout(Optional.empty(), LONGEST_READ_SECONDS, TimeUnit.SECONDS).join();
    }

    private Optional<Snapshot> wholeNow(long steps) {
        try {
            Snapshot snapshot = snapshot();
            if (globalStep() == steps) {
                return Optional.of(snapshot);
            }
            snapshot.close();
        } catch (RuntimeException e) {
            // Of a session that can no longer be read there is nothing to be saved.
        }
        return Optional.empty();
    }

    @Override
    public Snapshot snapshot() {
        return Snapshot.of(session, graph.saved());
    }

    /**
     * Takes every variable from a checkpoint of this graph; gradient sums, which no checkpoint holds, begin at zero.
     *
     * @throws org.graphbert.config.Failure (data) if it lacks one, or has one of another shape
     */
    void restore(String prefix) {
        Restoring.whole(session, graph.saver(), graph.variables(), prefix);
        synchronise();
    }

    /** Takes the trainable variables from another checkpoint, which must hold them all. */
    void initialiseFrom(String prefix) {
        Restoring.some(session, graph.graph(), graph.variables().trainable(), prefix);
        synchronise();
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
     * One optimiser step over one or more micro-batches; their losses divide by the weights of all of them, those of other
     * processes too.
     *
     * @param step its number, from 0, which keys the dropout
     * @param microBatches of this process; each divides into equal parts for its replicas
     * @param rate the learning rate
     */
    StepResult step(long step, List<Batch> microBatches, double rate) {
        return cluster.together(() -> stepOfAll(step, microBatches, rate));
    }

    private StepResult stepOfAll(long step, List<Batch> microBatches, double rate) {
        List<List<Batch>> parts = parts(microBatches);
        Sums sums = Sums.NONE;
        boolean accumulated = graph.learning().accumulate() != null;
        Applied applied = null;
        for (int i = 0; i < microBatches.size(); i++) {
            try (Feed feed = feed(step, parts, i)) {
                Session.Runner runner = requestSums(session.runner());
                if (accumulated) {
                    learning.forEach(replica -> runner.addTarget(replica.accumulate()));
                } else {
                    learning.forEach(replica -> replica.feed(feed, rate, step));
                    Applied.request(runner, learning);
                }
                try (Result result = run(feed.to(runner))) {
                    sums = sums.plus(sums(microBatches.get(i), result));
                    applied = accumulated ? null : Applied.of(result, graph.learning());
                }
            }
        }
        applied = accumulated ? Applied.accumulated(session.runner(), learning, rate, step, this::run) : applied;
        return new StepResult(sums, applied.norm(), applied.lossScale(), Double.isFinite(applied.norm()));
    }

    /** Each replica's part of each micro-batch. */
    private List<List<Batch>> parts(List<Batch> microBatches) {
        List<List<Batch>> parts = new ArrayList<>();
        replicated.replicas().forEach(replica -> parts.add(new ArrayList<>()));
        for (Batch microBatch : microBatches) {
            List<Batch> split = microBatch.split(parts.size());
            for (int r = 0; r < split.size(); r++) {
                parts.get(r).add(split.get(r));
            }
        }
        return parts;
    }

    /** Asks for the sums of a micro-batch, as the first of the results; over a group each replica must take part in them. */
    private Session.Runner requestSums(Session.Runner runner) {
        if (replicated.group().alone()) {
            return Sums.request(runner, graph.training().losses());
        }
        runner.fetch(graph.globalSums().all());
        replicated.others().forEach(other -> runner.addTarget(other.globalSums().all()));
        return runner;
    }

    private Sums sums(Batch microBatch, Result result) {
        return replicated.group().alone()
                ? Sums.of(microBatch, graph.training().losses(), result)
                : GlobalSums.of((TFloat64) result.get(0));
    }

    /**
     * A micro-batch of a step, for the training tower of each replica.
     *
     * @param parts each replica's micro-batches
     */
    private Feed feed(long step, List<List<Batch>> parts, int number) {
        Feed feed = new Feed();
        for (int r = 0; r < parts.size(); r++) {
            TrainingGraph replica = replicated.replicas().get(r);
            List<Batch> own = parts.get(r);
            int rank = replicated.group().firstRank() + r;
            // The replicas' weights are summed up, and what is added to the sum is added once.
            double weight = own.stream().mapToDouble(Batch::weight).sum() + (rank == 0 ? Sums.WEIGHT_EPSILON : 0);
            double pairs = own.stream().mapToInt(Batch::pairs).sum();
            // Over infinity, the pair head's loss and all its gradients are exactly 0. No replica has pairs where another has none.
            double examples = pairs == 0 ? Double.POSITIVE_INFINITY : pairs;
            feed.batch(replica.training().inputs(), own.get(number))
                    .add(replica.training().dropoutKey(),
                            TInt64.scalarOf(dropoutKey(seed, step, rank * own.size() + number)))
                    .scalar(replica.maskedLmWeight(), weight)
                    .scalar(replica.examples(), examples);
            if (replica.globalSums() != null) {
                replica.globalSums().feed(feed, own.get(number), replica.training().losses().paired());
            }
        }
        return feed;
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
            finiteGradients = learning.stream()
                    .map(replica -> NonFinite.finite(tf, replica.gradients()))
                    .reduce(tf.math::logicalAnd)
                    .orElseThrow();
        }
        List<Integer> inWeights = NonFinite.indices(session.runner().fetch(finiteWeights).run());
        if (!inWeights.isEmpty()) {
            return Optional.of(
                    new NonFinite(weights.get(inWeights.get(0)).name(), false, inWeights.size(), weights.size()));
        }
        SortedSet<Integer> found = cluster.together(() -> nonFiniteGradients(step, microBatches));
        List<Learned> learned = graph.learning().learned();
        return found.isEmpty() ? Optional.empty() : Optional.of(new NonFinite(
                learned.get(found.last()).variable().name(), true, found.size(), learned.size()));
    }

    private SortedSet<Integer> nonFiniteGradients(long step, List<Batch> microBatches) {
        List<List<Batch>> parts = parts(microBatches);
        SortedSet<Integer> found = new TreeSet<>();
        for (int i = 0; i < microBatches.size(); i++) {
            try (Feed feed = feed(step, parts, i)) {
                found.addAll(NonFinite.indices(untraced(feed.to(session.runner()).fetch(finiteGradients)).run()));
            }
        }
        return found;
    }

    /** From now on each run of a step is traced, the device's own kernels with it. */
    void trace(Consumer<RunMetadata> to) {
        trace = to;
        level = RunOptions.TraceLevel.FULL_TRACE;
    }

    /** The same, but of a GPU only what TensorFlow knows without its tracer: what it was asked for, and the memory. */
    void traceMemory(Consumer<RunMetadata> to) {
        trace = to;
        level = RunOptions.TraceLevel.SOFTWARE_TRACE;
    }

    /**
     * Whether a step that failed in these nodes left the weights as it met them: the update waits for the norm of all gradients, so
     * what fails on the way to the norm fails before any weight has changed.
     *
     * @param nodes by their names; where none is known, nobody can tell, nor of several replicas: one may be further than another
     */
    boolean untouched(List<String> nodes) {
        List<String> before = new ArrayList<>(List.of(graph.learning().gradientNorm().op().name()));
        if (graph.learning().accumulate() != null) {
            before.add(graph.learning().accumulate().op().name());
        }
        return replicated.group().alone() && !nodes.isEmpty()
                && Reachable.names(graph.graph().toGraphDef(), before).containsAll(nodes);
    }

    /** A run that replicas may have to take part in together. */
    private Session.Runner untraced(Session.Runner runner) {
        return replicated.group().alone() ? runner : runner.setOptions(Collectives.options().build());
    }

    private Result run(Session.Runner runner) {
        if (trace == null) {
            return untraced(runner).run();
        }
        RunOptions.Builder options = replicated.group().alone() ? RunOptions.newBuilder() : Collectives.options();
        Result result = runner.setOptions(options.setTraceLevel(level).build()).runAndFetchMetadata();
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

    ReplicatedGraph replicated() {
        return replicated;
    }

    Session session() {
        return session;
    }

    /** What was left behind is left open too: closing it would wait for its end. */
    @Override
    public void close() {
        if (!cluster.abandoned()) {
            session.close();
            replicated.close();
        }
    }
}
