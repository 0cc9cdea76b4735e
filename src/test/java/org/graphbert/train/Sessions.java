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
import org.graphbert.graph.Variables.Variable;
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
            ModelConfig model, Batch batch, boolean accumulated, AdamW optimiser, double clip) {
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(
                batch.size(), batch.sequenceLength(), batch.predictions(),
                batch.packing() == null ? 0 : batch.packing().places(), accumulated);
        TrainingSession session = new TrainingSession(TrainingGraph.build(model, sizes, optimiser, clip, 1), 1, 1);
        session.initialise();
        return session;
    }

    /** Gives every variable random values, so that no bias is zero and no gamma one. */
    static void randomise(TrainingSession session, long seed) {
        Random random = new Random(seed);
        Ops tf = Ops.create(session.graph().graph()).withSubScope("randomise");
        List<Op> assigned = new ArrayList<>();
        try (Feed feed = new Feed()) {
            for (Variable variable : session.graph().variables().trainable()) {
                float[] values = new float[(int) variable.shape().size()];
                for (int i = 0; i < values.length; i++) {
                    double centre = variable.name().endsWith("gamma") ? 1 : 0;
                    values[i] = (float) (centre + 0.3 * random.nextGaussian());
                }
                Operand<TFloat32> given = tf.placeholder(TFloat32.class, Placeholder.shape(variable.shape()));
                assigned.add(tf.assignVariableOp(variable.handle(), given));
                feed.floats(given, variable.shape(), values);
            }
            Op all = tf.withControlDependencies(assigned).noOp();
            feed.to(session.session().runner()).addTarget(all).run().close();
        }
    }

    static Map<String, double[]> weights(TrainingSession session) {
        Map<String, double[]> weights = new LinkedHashMap<>();
        List<String> names = session.graph().variables().trainable().stream().map(Variable::name).toList();
        values(session, names).forEach((name, floats) -> {
            double[] doubles = new double[floats.length];
            for (int i = 0; i < floats.length; i++) {
                doubles[i] = floats[i];
            }
            weights.put(name, doubles);
        });
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
        try (Feed feed = new Feed().batch(tower.inputs(), batch);
                Result result = feed.to(session.session().runner()).fetch(operand).run()) {
            return floats((TFloat32) result.get(0));
        }
    }

    static List<float[]> gradients(TrainingSession session, Batch batch) {
        Tower tower = session.graph().training();
        Session.Runner runner = session.session().runner();
        session.graph().gradients().forEach(runner::fetch);
        List<float[]> gradients = new ArrayList<>();
        try (Feed feed = new Feed()
                        .batch(tower.inputs(), batch)
                        .add(tower.dropoutKey(), TInt64.scalarOf(0))
                        .scalar(session.graph().maskedLmWeight(), batch.weight() + Sums.WEIGHT_EPSILON)
                        .scalar(session.graph().examples(), batch.pairs());
                Result result = feed.to(runner).run()) {
            for (int i = 0; i < session.graph().gradients().size(); i++) {
                gradients.add(floats((TFloat32) result.get(i)));
            }
        }
        return gradients;
    }

    private static float[] floats(TFloat32 tensor) {
        float[] values = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }
}
