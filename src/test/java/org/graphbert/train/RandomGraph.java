package org.graphbert.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.graphbert.config.Batch;
import org.graphbert.config.Precision;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Losses;
import org.graphbert.graph.SessionOptions;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Both towers of a random model and the gradients of its joint loss, with random weights. Without an optimiser, of which
 * the ops would take most of the time.
 *
 * @param weights by name: what the graph's variables hold
 */
record RandomGraph(
        Batch batch,
        Graph graph,
        Session session,
        Tower training,
        Tower inference,
        List<Variable> variables,
        List<Operand<TFloat32>> gradients,
        Map<String, double[]> weights) implements AutoCloseable {

    static RandomGraph of(RandomModel model) {
        Batch batch = model.batch();
        long places = batch.packing() == null ? 0 : batch.places();
        Inputs.BatchSizes sizes = model.free()
                ? new Inputs.BatchSizes(Inputs.FREE, Inputs.FREE, Inputs.FREE, places == 0 ? 0 : Inputs.FREE)
                : new Inputs.BatchSizes(batch.size(), batch.sequenceLength(), batch.predictions(), places);
        Graph graph = new Graph();
        Variables variables = new Variables(graph);
        Tower training = Tower.training(graph, variables, model.config(), 1, sizes, Precision.FLOAT32);
        Tower inference = Tower.inference(graph, variables, model.config(), 1, sizes);
        List<Operand<TFloat32>> gradients = gradients(graph, training.losses(), batch, variables.trainable());
        Session session = new Session(graph, SessionOptions.threads(1).proto());
        Map<String, float[]> drawn = Sessions.drawn(variables, new Random(model.weights()));
        Sessions.assign(graph, session, variables, drawn);
        Map<String, double[]> weights = new LinkedHashMap<>();
        drawn.forEach((name, values) -> weights.put(name, Sessions.doubles(values)));
        return new RandomGraph(batch, graph, session, training, inference, variables.trainable(), gradients, weights);
    }

    @SuppressWarnings("unchecked")
    private static List<Operand<TFloat32>> gradients(
            Graph graph, Losses losses, Batch batch, List<Variable> variables) {
        Ops tf = Ops.create(graph).withSubScope("joint");
        Operand<TFloat32> joint = tf.math.div(
                losses.maskedLmLoss(), tf.constant((float) (batch.weight() + Sums.WEIGHT_EPSILON)));
        if (losses.nextSentenceLoss() != null) {
            float pairs = batch.paired() ? batch.pairs() : Float.POSITIVE_INFINITY;
            joint = tf.math.add(joint, tf.math.div(losses.nextSentenceLoss(), tf.constant(pairs)));
        }
        Output<?>[] reads = variables.stream().map(v -> v.value().asOutput()).toArray(Output[]::new);
        Output<?>[] gradients = graph.addGradients(joint.asOutput(), reads);
        return Arrays.stream(gradients).map(g -> (Operand<TFloat32>) g).toList();
    }

    List<float[]> fetch(Tower tower, List<Operand<TFloat32>> operands) {
        try (Feed feed = new Feed().batch(tower.inputs(), batch)) {
            if (tower.dropoutKey() != null) {
                feed.add(tower.dropoutKey(), TInt64.scalarOf(0));
            }
            return Sessions.run(session, feed, operands);
        }
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
