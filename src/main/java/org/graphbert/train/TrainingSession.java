package org.graphbert.train;

import java.util.List;
import java.util.function.Consumer;
import org.graphbert.config.Batch;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Tower;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** A training graph at work: its weights, slots and step live here. Not for several threads at once. */
public final class TrainingSession implements AutoCloseable {

    private final TrainingGraph graph;
    private final Session session;
    private final long seed;
    /** Who is handed the trace of each run of a step; null for nobody, for tracing costs time. */
    private Consumer<RunMetadata> trace;

    /**
     * Opens a session; no variable has a value until {@link #initialise} or {@link #restore}.
     *
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @param seed of the dropout
     */
    TrainingSession(TrainingGraph graph, int threads, long seed) {
        this.graph = graph;
        this.seed = seed;
        this.session = new Session(graph.graph(), InferenceSession.threads(threads));
    }

    /**
     * What a step came to.
     *
     * @param gradientNorm the global norm before clipping
     */
    public record StepResult(Sums sums, double gradientNorm) {

        public boolean finite() {
            return sums.finite() && Double.isFinite(gradientNorm);
        }
    }

    void initialise() {
        session.runner().addTarget(graph.initialise()).run().close();
    }

    void save(String prefix) {
        try (TString filename = TString.scalarOf(prefix);
                Result result = session.runner()
                        .feed(graph.saver().filename(), filename)
                        .fetch(graph.saver().save())
                        .run()) {
            // The op writes the files; its result is the prefix again.
        }
    }

    /** Takes every variable from a checkpoint of this graph; gradient sums, which no checkpoint holds, begin at zero. */
    void restore(String prefix) {
        try (TString filename = TString.scalarOf(prefix)) {
            Session.Runner runner = session.runner()
                    .feed(graph.saver().filename(), filename)
                    .addTarget(graph.saver().restore());
            graph.variables().all().stream().filter(Collected::holds).forEach(v -> runner.addTarget(v.initialise()));
            runner.run().close();
        }
    }

    /** Takes the trainable variables from another checkpoint, which must hold them all. */
    void initialiseFrom(String prefix) {
        Ops tf = Ops.create(graph.graph()).withSubScope("initial_weights");
        Operand<TString> filename = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
        Op restore = Saver.restore(tf, filename, graph.variables().trainable());
        try (TString value = TString.scalarOf(prefix)) {
            session.runner().feed(filename, value).addTarget(restore).run().close();
        }
    }

    /** A variable's present value by the operand that reads it. */
    public TFloat32 read(Operand<TFloat32> value) {
        Result result = session.runner().fetch(value).run();
        return (TFloat32) result.get(0);
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
        double adamRate = graph.optimiser().adamRate(rate, step);
        double weight = microBatches.stream().mapToDouble(Batch::weight).sum() + Sums.WEIGHT_EPSILON;
        double pairs = microBatches.stream().mapToInt(Batch::pairs).sum();
        // Over infinity, the pair head's loss and all its gradients are exactly 0.
        double examples = pairs == 0 ? Double.POSITIVE_INFINITY : pairs;
        Sums sums = Sums.NONE;
        boolean accumulated = graph.accumulate() != null;
        double norm = Double.NaN;
        for (int i = 0; i < microBatches.size(); i++) {
            Batch batch = microBatches.get(i);
            Tower tower = graph.training();
            try (Feed feed = new Feed()
                    .batch(tower.inputs(), batch)
                    .add(tower.dropoutKey(), TInt64.scalarOf(dropoutKey(step, i)))
                    .scalar(graph.maskedLmWeight(), weight)
                    .scalar(graph.examples(), examples)) {
                Session.Runner runner = Sums.request(session.runner(), tower.losses());
                if (accumulated) {
                    runner.addTarget(graph.accumulate());
                } else {
                    feed.scalar(graph.learningRate(), rate).scalar(graph.adamRate(), adamRate);
                    runner.addTarget(graph.update()).fetch(graph.gradientNorm());
                }
                try (Result result = run(feed.to(runner))) {
                    sums = sums.plus(Sums.of(batch, tower.losses(), result));
                    norm = accumulated ? norm : number(result, result.size() - 1);
                }
            }
        }
        return new StepResult(sums, accumulated ? applyAccumulated(rate, adamRate) : norm);
    }

    private double applyAccumulated(double rate, double adamRate) {
        try (Feed feed = new Feed().scalar(graph.learningRate(), rate).scalar(graph.adamRate(), adamRate);
                Result result = run(feed.to(session.runner())
                        .addTarget(graph.update())
                        .fetch(graph.gradientNorm()))) {
            return number(result, 0);
        }
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

    private static float number(Result result, int index) {
        return ((TFloat32) result.get(index)).getFloat();
    }

    /** Distinct for each (seed, step, micro-batch), and nothing but these: resuming draws the same bits. */
    private long dropoutKey(long step, int microBatch) {
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
