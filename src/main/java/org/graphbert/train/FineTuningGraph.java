package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.ClassifierTower;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Reachable;
import org.graphbert.graph.Variables;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What trains an encoder on a task's classes: two towers over the same variables, and what makes the loss less.
 *
 * @param training the tower with dropout
 * @param evaluation the tower without
 * @param learning of the mean loss of a batch
 * @param examples float32 [], to be fed: what the loss of a batch is divided by
 * @param initialise gives every variable its initial value
 */
record FineTuningGraph(
        Graph graph,
        Variables variables,
        ClassifierTower training,
        ClassifierTower evaluation,
        Learning learning,
        Operand<TFloat32> examples,
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

    /** The graph of a model for texts of any sizes. */
    static FineTuningGraph build(ModelConfig model, int classes, Optimisation optimisation, long seed) {
        return build(model, classes, Sizes.FREE, optimisation, seed);
    }

    /**
     * The graph of a model, which gets a pooler where it has none.
     *
     * @param seed of the initial weights
     */
    static FineTuningGraph build(ModelConfig model, int classes, Sizes sizes, Optimisation optimisation, long seed) {
        ModelConfig pooled = model.withOptions(model.options().withPairHead());
        Graph graph = new Graph();
        Variables variables = new Variables(graph);
        ClassifierTower training = ClassifierTower.training(graph, variables, pooled, classes, sizes.training(), seed);
        ClassifierTower evaluation = ClassifierTower.inference(graph, variables, pooled, classes, sizes.evaluation(), seed);
        Ops tf = Ops.create(graph).withSubScope("optimiser");
        Operand<TFloat32> examples = TrainingGraph.scalar(tf, "examples");
        Operand<TFloat32> loss = tf.math.div(training.loss(), examples);
        Learning learning = Learning.create(tf, variables, pooled, optimisation, loss, Learning.Step.PLAIN);
        try (FineTuningGraph whole = new FineTuningGraph(
                graph, variables, training, evaluation, learning, examples, variables.initialise())) {
            return whole.in(Reachable.from(graph, whole.entries()));
        }
    }

    private List<Op> entries() {
        List<Op> entries = new ArrayList<>(learning.entries());
        entries.add(initialise);
        for (ClassifierTower tower : List.of(training, evaluation)) {
            entries.addAll(List.of(tower.logits(), tower.loss(), tower.correct()));
        }
        return entries;
    }

    private FineTuningGraph in(Reachable part) {
        Variables copies = variables.in(part);
        return new FineTuningGraph(
                part.graph(),
                copies,
                training.in(part),
                evaluation.in(part),
                learning.in(part, copies),
                part.of(examples),
                part.of(initialise));
    }

    @Override
    public void close() {
        graph.close();
    }
}
