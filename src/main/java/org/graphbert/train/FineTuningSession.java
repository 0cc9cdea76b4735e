package org.graphbert.train;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.graphbert.evaluate.TaskBatch;
import org.graphbert.evaluate.TaskSession;
import org.graphbert.graph.Feed;
import org.graphbert.graph.SessionOptions;
import org.graphbert.graph.TaskTower;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A fine-tuning graph at work; closing it leaves the graph as it is, for another. Not for several threads at once. */
final class FineTuningSession implements Checkpointer.State, AutoCloseable {

    private final FineTuningGraph graph;
    private final Session session;
    private final long seed;

    /**
     * Opens a session; no variable has a value until {@link #initialise} or {@link #restore}.
     *
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @param seed of the dropout
     */
    FineTuningSession(FineTuningGraph graph, int threads, long seed) {
        this.graph = graph;
        this.seed = seed;
        this.session = new Session(graph.graph(), new SessionOptions(threads, graph.compute().xla()).proto());
    }

    /**
     * What batches came to.
     *
     * @param loss Σ weight · loss over the rows
     * @param correct Σ weight · [the likeliest class is the label]; 0 where targets are numbers
     * @param weight Σ weight
     */
    record Sums(double loss, double correct, double weight, long examples, long tokens) {

        static final Sums NONE = new Sums(0, 0, 0, 0, 0);

        Sums plus(Sums other) {
            return new Sums(loss + other.loss, correct + other.correct, weight + other.weight, examples + other.examples,
                    tokens + other.tokens);
        }

        /** 0 of what weighs nothing. */
        double meanLoss() {
            return weight == 0 ? 0 : loss / weight;
        }

        double accuracy() {
            return weight == 0 ? 0 : correct / weight;
        }
    }

    /** What a step came to. */
    record StepResult(Sums sums, Applied applied) {

        /** Whether the weights followed. */
        boolean changed() {
            return Double.isFinite(applied.norm());
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

    /** Takes some of the variables from a checkpoint that holds them. */
    void take(List<Variable> variables, String prefix) {
        Restoring.some(session, graph.graph(), variables, prefix);
    }

    /** Takes every variable from a checkpoint of this graph. */
    void restore(String prefix) {
        Restoring.whole(session, graph.saver(), graph.variables(), prefix);
    }

    @Override
    public Snapshot snapshot() {
        return Snapshot.of(session, graph.saved());
    }

    /**
     * One optimiser step over one or more micro-batches; their losses divide by the weights of all of them.
     *
     * @param step its number, from 0, which keys the dropout
     * @param rate the learning rate
     */
    StepResult step(long step, List<TaskBatch> microBatches, double rate) {
        TaskTower tower = graph.training();
        Learning learning = graph.learning();
        double rows = microBatches.stream().mapToDouble(TaskBatch::weight).sum();
        // Of examples that all weigh nothing there is nothing to divide, and nothing to learn.
        double weight = rows == 0 ? 1 : rows;
        Sums sums = Sums.NONE;
        Applied applied = null;
        for (int i = 0; i < microBatches.size(); i++) {
            TaskBatch batch = microBatches.get(i);
            try (Feed feed = batch.feed(tower)
                    .add(tower.dropoutKey(), TInt64.scalarOf(TrainingSession.dropoutKey(seed, step, i)))
                    .scalar(graph.weight(), weight)) {
                Session.Runner runner = request(session.runner(), tower);
                if (learning.accumulate() != null) {
                    runner.addTarget(learning.accumulate());
                } else {
                    learning.feed(feed, rate, step);
                    Applied.request(runner, learning);
                }
                try (Result result = feed.to(runner).run()) {
                    sums = sums.plus(sums(result, tower, batch));
                    applied = learning.accumulate() == null ? Applied.of(result, learning) : null;
                }
            }
        }
        return new StepResult(sums, applied == null ? Applied.accumulated(session.runner(), List.of(learning), rate, step, Session.Runner::run) : applied);
    }

    /** The sums of a batch without dropout; nothing is changed. */
    Sums evaluate(TaskBatch batch) {
        return evaluate(batch, logits -> {});
    }

    /**
     * The sums of a batch, and the logits of its rows.
     *
     * @param logits takes them, [R, C] flat
     */
    Sums evaluate(TaskBatch batch, Consumer<float[]> logits) {
        TaskTower tower = graph.evaluation();
        try (Feed feed = batch.feed(tower);
                Result result = feed.to(request(session.runner(), tower)).fetch(tower.logits()).run()) {
            logits.accept(TaskSession.floats(result));
            return sums(result, tower, batch);
        }
    }

    private static Session.Runner request(Session.Runner runner, TaskTower tower) {
        runner.fetch(tower.loss());
        return tower.correct() == null ? runner : runner.fetch(tower.correct());
    }

    private static Sums sums(Result result, TaskTower tower, TaskBatch batch) {
        return new Sums(
                ((TFloat32) result.get(0)).getFloat(),
                tower.correct() == null ? 0 : ((TFloat32) result.get(1)).getFloat(),
                batch.weight(),
                batch.size(),
                batch.tokens());
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
