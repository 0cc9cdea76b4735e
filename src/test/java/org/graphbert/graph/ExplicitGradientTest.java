package org.graphbert.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.activations.GELU;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Formulas against the gradients that TensorFlow makes of the operations one by one, and where these fail. */
class ExplicitGradientTest {

    /** The value of a function of x, and the gradient of Σ weight · value for random weights. */
    private record Computed(float[] value, float[] gradient) {

        static Computed of(float[][] x, BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> function) {
            try (Graph graph = new Graph()) {
                Ops tf = Ops.create(graph);
                Operand<TFloat32> input = tf.identity(tf.constant(x));
                Operand<TFloat32> value = function.apply(tf, input);
                long size = value.shape().size();
                float[] weights = new float[(int) size];
                Random random = new Random(1);
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = (float) random.nextGaussian();
                }
                Operand<TFloat32> flat = tf.reshape(value, tf.array(-1L));
                Operand<TFloat32> sum = tf.sum(tf.math.mul(flat, tf.constant(weights)), tf.constant(0));
                Output<?>[] gradients = graph.addGradients(sum.asOutput(), new Output<?>[] {input.asOutput()});
                ExplicitGradient.forget(graph);
                try (Session session = new Session(graph);
                        Result result = session.runner().fetch(value).fetch(gradients[0]).run()) {
                    return new Computed(floats((TFloat32) result.get(0)), floats((TFloat32) result.get(1)));
                }
            }
        }

        private static float[] floats(TFloat32 tensor) {
            float[] values = new float[(int) tensor.size()];
            tensor.asRawTensor().data().asFloats().read(values);
            return values;
        }
    }

    @Test
    void gelu() {
        float[][] x = {{-40, -9, -3, -1, -0.1f, 0}, {0.1f, 0.7f, 1, 3, 9, 40}};
        Computed plain = Computed.of(x, (tf, input) -> GELU.gelu(tf, input, false));
        Computed formula = Computed.of(x, Gelu::of);
        near(plain.value(), formula.value(), 1e-6);
        near(plain.gradient(), formula.gradient(), 1e-6);
    }

    @Test
    void tokenLoss() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        float[][] logits = new float[5][33];
        for (float[] row : logits) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) (5 * random.nextGaussian());
            }
        }
        int[] labels = random.ints(5, 0, 33).toArray();
        Computed plain = Computed.of(logits, (tf, x) -> Losses.crossEntropy(tf, x, tf.constant(labels), 33));
        Computed formula = Computed.of(logits, (tf, x) -> tokenLoss(tf, x, labels));
        near(plain.value(), formula.value(), 1e-5);
        near(plain.gradient(), formula.gradient(), 1e-6);
    }

    /** A label whose probability is 0 in float32 has its loss all the same, and a finite gradient. */
    @Test
    void tokenLossOfAnImpossibleLabel() {
        float[][] logits = {{500, 0, -500}, {0, 0, 0}};
        Computed formula = Computed.of(logits, (tf, x) -> tokenLoss(tf, x, new int[] {2, 0}));
        near(new float[] {1000, (float) Math.log(3)}, formula.value(), 1e-4);
        float weight = formula.gradient()[0];
        near(new float[] {weight, 0, -weight}, new float[] {
                formula.gradient()[0], formula.gradient()[1], formula.gradient()[2]}, 1e-6);
    }

    private static Operand<TFloat32> tokenLoss(Ops tf, Operand<TFloat32> logits, int[] labels) {
        long[] wide = new long[labels.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = labels[i];
        }
        Operand<TInt64> likeliest = tf.math.argMax(logits, tf.constant(-1));
        return TokenLoss.of(tf, logits, tf.constant(wide), likeliest);
    }

    private static void near(float[] expected, float[] found, double tolerance) {
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], tolerance * Math.max(1, Math.abs(expected[i])), "element " + i);
        }
    }
}
