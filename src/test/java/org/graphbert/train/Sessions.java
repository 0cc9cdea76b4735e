package org.graphbert.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** For tests: training sessions for a batch, their variables set at will, and what a run of them gives. */
final class Sessions {

    private Sessions() {}

    static TrainingSession open(
            ModelConfig model, Batch batch, boolean accumulated, Optimiser optimiser, double clip) {
        return open(model, batch, accumulated, new Optimisation(optimiser, clip, 1, List.of()), Compute.FLOAT32);
    }

    static TrainingSession open(
            ModelConfig model, Batch batch, boolean accumulated, Optimisation optimisation, Compute compute) {
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(
                batch.size(), batch.sequenceLength(), batch.predictions(),
                batch.packing() == null ? 0 : batch.packing().places(), accumulated);
        TrainingSession session =
                new TrainingSession(TrainingGraph.build(model, sizes, optimisation, compute, 1), 1, 1);
        session.initialise();
        return session;
    }

    /** Gives every variable random values, so that no bias is zero and no gamma one. */
    static void randomise(TrainingSession session, long seed) {
        assign(session, drawn(session.graph().variables(), new Random(seed)));
    }

    /** Random values for every variable by its name: about 1 for a gamma, about 0 for all others. */
    static Map<String, float[]> drawn(Variables variables, Random random) {
        Map<String, float[]> drawn = new LinkedHashMap<>();
        for (Variable variable : variables.trainable()) {
            float[] values = new float[(int) variable.shape().size()];
            for (int i = 0; i < values.length; i++) {
                double centre = variable.name().endsWith("gamma") ? 1 : 0;
                values[i] = (float) (centre + 0.3 * random.nextGaussian());
            }
            drawn.put(variable.name(), values);
        }
        return drawn;
    }

    static void assign(TrainingSession session, Map<String, float[]> values) {
        assign(session.graph().graph(), session.session(), session.graph().variables(), values);
    }

    /** Gives every variable the value of its name, row-major. */
    static void assign(Graph graph, Session session, Variables variables, Map<String, float[]> values) {
        Ops tf = Ops.create(graph).withSubScope("assign");
        List<Op> assigned = new ArrayList<>();
        try (Feed feed = new Feed()) {
            for (Variable variable : variables.trainable()) {
                Operand<TFloat32> given = tf.placeholder(TFloat32.class, Placeholder.shape(variable.shape()));
                assigned.add(tf.assignVariableOp(variable.handle(), given));
                feed.floats(given, variable.shape(), values.get(variable.name()));
            }
            Op all = tf.withControlDependencies(assigned).noOp();
            feed.to(session.runner()).addTarget(all).run().close();
        }
    }

    static Map<String, double[]> weights(TrainingSession session) {
        Map<String, double[]> weights = new LinkedHashMap<>();
        List<String> names = session.graph().variables().trainable().stream().map(Variable::name).toList();
        values(session, names).forEach((name, floats) -> weights.put(name, doubles(floats)));
        return weights;
    }

    static float[] value(TrainingSession session, String name) {
        return values(session, List.of(name)).get(name);
    }

    /** All in one call: each new set of fetches costs TensorFlow an optimised graph of its own. */
    static Map<String, float[]> values(TrainingSession session, List<String> names) {
        Map<String, float[]> values = new LinkedHashMap<>();
        Session.Runner runner = session.session().runner();
        names.forEach(name -> runner.fetch(session.graph().variables().get(name).value()));
        try (Result result = runner.run()) {
            for (int i = 0; i < names.size(); i++) {
                values.put(names.get(i), floats((TFloat32) result.get(i)));
            }
        }
        return values;
    }

    static float[] fetch(TrainingSession session, Tower tower, Batch batch, Operand<TFloat32> operand) {
        return fetchAll(session, tower, batch, List.of(operand)).get(0);
    }

    /** Gradients of the joint loss in the order of the trainable variables. */
    static List<float[]> gradients(TrainingSession session, Batch batch) {
        return fetchAll(session, session.graph().training(), batch, session.graph().learning().gradients());
    }

    /** In one run of a tower on a batch, whose joint loss divides by its own weights. */
    static List<float[]> fetchAll(
            TrainingSession session, Tower tower, Batch batch, List<Operand<TFloat32>> operands) {
        double pairs = batch.pairs() == 0 ? Double.POSITIVE_INFINITY : batch.pairs();
        try (Feed feed = new Feed()
                .batch(tower.inputs(), batch)
                .scalar(session.graph().maskedLmWeight(), batch.weight() + Sums.WEIGHT_EPSILON)
                .scalar(session.graph().examples(), pairs)) {
            if (tower.dropoutKey() != null) {
                feed.add(tower.dropoutKey(), TInt64.scalarOf(0));
            }
            return run(session.session(), feed, operands);
        }
    }

    /** All in one run, row-major. */
    static List<float[]> run(Session session, Feed feed, List<Operand<TFloat32>> operands) {
        Session.Runner runner = feed.to(session.runner());
        operands.forEach(runner::fetch);
        List<float[]> all = new ArrayList<>();
        try (Result result = runner.run()) {
            for (int i = 0; i < operands.size(); i++) {
                all.add(floats((TFloat32) result.get(i)));
            }
        }
        return all;
    }

    static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private static float[] floats(TFloat32 tensor) {
        float[] values = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }
}
