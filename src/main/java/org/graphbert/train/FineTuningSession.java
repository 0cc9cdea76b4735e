package org.graphbert.train;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.graphbert.evaluate.ClassificationBatch;
import org.graphbert.evaluate.PaddedQueries;
import org.graphbert.graph.ClassifierTower;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.SessionOptions;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A fine-tuning graph at work; closing it leaves the graph as it is, for another. Not for several threads at once. */
final class FineTuningSession implements AutoCloseable {

    private final FineTuningGraph graph;
    private final Session session;
    private final long seed;

    /**
     * Opens a session; no variable has a value until {@link #initialise}.
     *
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @param seed of the dropout
     */
    FineTuningSession(FineTuningGraph graph, int threads, long seed) {
        this.graph = graph;
        this.seed = seed;
        this.session = new Session(graph.graph(), SessionOptions.threads(threads).proto());
    }

    /**
     * What a batch came to.
     *
     * @param loss Σ −ln p(label)
     * @param correct how many
     */
    record Sums(double loss, double correct, long examples) {

        static final Sums NONE = new Sums(0, 0, 0);

        Sums plus(Sums other) {
            return new Sums(loss + other.loss, correct + other.correct, examples + other.examples);
        }

        double meanLoss() {
            return loss / examples;
        }

        double accuracy() {
            return correct / examples;
        }
    }

    /** Gives every variable its initial value. */
    void initialise() {
        session.runner().addTarget(graph.initialise()).run().close();
    }

    /**
     * Gives the encoder the weights that another session has at this moment, which is only read. What that has not keeps its
     * value: the head, and the pooler of a model without one.
     */
    void takeEncoder(TrainingSession from) {
        Set<String> theirs = from.graph().variables().trainable().stream().map(Variable::name).collect(Collectors.toSet());
        List<Variable> shared = graph.variables().trainable().stream().filter(v -> theirs.contains(v.name())).toList();
        Session.Runner read = from.session().runner();
        shared.forEach(v -> read.fetch(from.graph().variables().get(v.name()).value()));
        Session.Runner assign = session.runner();
        try (Result values = read.run()) {
            for (int i = 0; i < shared.size(); i++) {
                // In the place of their initial values.
                assign.feed(shared.get(i).initial(), values.get(i)).addTarget(shared.get(i).initialise());
            }
            assign.run().close();
        }
    }

    /**
     * One optimiser step.
     *
     * @param step its number, from 0, which keys the dropout
     * @param rate the learning rate
     */
    Sums step(long step, ClassificationBatch batch, double rate) {
        ClassifierTower tower = graph.training();
        try (Feed feed = feed(tower, batch)
                .add(tower.dropoutKey(), TInt64.scalarOf(TrainingSession.dropoutKey(seed, step, 0)))
                .scalar(graph.examples(), batch.size())) {
            graph.learning().feed(feed, rate, step);
            return sums(feed.to(session.runner()).addTarget(graph.learning().update()), tower, batch);
        }
    }

    /** The sums of a batch without dropout; nothing is changed. */
    Sums evaluate(ClassificationBatch batch) {
        ClassifierTower tower = graph.evaluation();
        try (Feed feed = feed(tower, batch)) {
            return sums(feed.to(session.runner()), tower, batch);
        }
    }

    static Feed feed(ClassifierTower tower, ClassificationBatch batch) {
        PaddedQueries texts = batch.texts();
        Shape shape = Shape.of(texts.batch(), texts.length());
        Inputs inputs = tower.inputs();
        return new Feed()
                .ints(inputs.inputIds(), shape, texts.inputIds())
                .ints(inputs.inputMask(), shape, texts.inputMask())
                .ints(inputs.segmentIds(), shape, texts.segmentIds())
                .ints(tower.labels(), Shape.of(batch.size()), batch.labels());
    }

    private static Sums sums(Session.Runner runner, ClassifierTower tower, ClassificationBatch batch) {
        try (Result result = runner.fetch(tower.loss()).fetch(tower.correct()).run()) {
            return new Sums(
                    ((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat(), batch.size());
        }
    }

    FineTuningGraph graph() {
        return graph;
    }

    Session session() {
        return session;
    }

    @Override
    public void close() {
        session.close();
    }
}
