package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Reachable;
import org.graphbert.graph.Saver;
import org.graphbert.graph.TaskHead;
import org.graphbert.graph.TaskTower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What trains an encoder on a task: two towers over the same variables, what makes the loss less, and the saver.
 *
 * @param training the tower with dropout
 * @param evaluation the tower without
 * @param learning of the mean loss of a batch
 * @param weight float32 [], to be fed: what the loss of a batch is divided by, the weights of all its rows
 * @param initialise gives every variable its initial value
 */
record FineTuningGraph(
        Graph graph,
        Compute compute,
        Variables variables,
        TaskTower training,
        TaskTower evaluation,
        Learning learning,
        Operand<TFloat32> weight,
        Saver saver,
        Op initialise) implements AutoCloseable {

    /**
     * The sizes of the towers' texts, [B, S] each.
     *
     * @param training of the tower with dropout
     * @param evaluation of the tower without
     */
    record Sizes(Shape training, Shape evaluation) {

        /** Any; a graph that is to tell its memory needs fixed ones. */
        static final Sizes FREE = new Sizes(Shape.of(Inputs.FREE, Inputs.FREE), Shape.of(Inputs.FREE, Inputs.FREE));
    }

    /**
     * How a graph is to be built.
     *
     * @param accumulated whether gradients are summed over several micro-batches before an update
     */
    record Build(Sizes sizes, Optimisation optimisation, Compute compute, boolean accumulated) {

        /** In float32, a batch a step, for texts of any sizes. */
        static Build plain(Optimisation optimisation) {
            return new Build(Sizes.FREE, optimisation, Compute.FLOAT32, false);
        }
    }

    /**
     * The graph of a model, which gets a pooler where the head needs one and it has none.
     *
     * @param seed of the initial weights
     */
    static FineTuningGraph build(ModelConfig model, TaskHead head, Build build, long seed) {
        Graph graph = new Graph();
        Variables variables = new Variables(graph);
        TaskTower training = TaskTower.training(
                graph, variables, model, head, build.sizes().training(), build.compute().precision(), seed);
        TaskTower evaluation = TaskTower.inference(graph, variables, model, head, build.sizes().evaluation(), seed);
        Ops tf = Ops.create(graph).withSubScope("optimiser");
        Operand<TFloat32> weight = TrainingGraph.scalar(tf, "weight");
        Operand<TFloat32> loss = tf.math.div(training.loss(), weight);
        Learning learning = Learning.create(tf, variables, TaskTower.under(head, model), build.optimisation(), loss,
                new Learning.Step(build.compute().precision() == Precision.FLOAT16, build.accumulated()));
        try (FineTuningGraph whole = new FineTuningGraph(graph, build.compute(), variables, training, evaluation, learning, weight,
                Saver.create(graph, TrainingGraph.saved(variables)), variables.initialise())) {
            return whole.in(Reachable.from(graph, whole.entries()));
        }
    }

    /** What a checkpoint holds. */
    List<Variable> saved() {
        return TrainingGraph.saved(variables);
    }

    private List<Op> entries() {
        List<Op> entries = new ArrayList<>(learning.entries());
        entries.addAll(List.of(saver.save(), saver.restore(), initialise));
        entries.addAll(training.outputs());
        entries.addAll(evaluation.outputs());
        return entries;
    }

    private FineTuningGraph in(Reachable part) {
        Variables copies = variables.in(part);
        return new FineTuningGraph(
                part.graph(),
                compute,
                copies,
                training.in(part),
                evaluation.in(part),
                learning.in(part, copies),
                part.of(weight),
                saver.in(part),
                part.of(initialise));
    }

    @Override
    public void close() {
        graph.close();
    }
}
