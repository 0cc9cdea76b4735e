package org.graphbert.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.BiasAddGrad;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * LayerNorm (Ba et al. 2016) over the last dimension: γ · n + β with n = (x − mean) / √(variance + ε). Letters: M rows, H
 * features.
 */
final class LayerNorm {

    private LayerNorm() {}

    /**
     * With the variables LayerNorm/gamma and LayerNorm/beta.
     *
     * @param x [M, H]
     * @param h H
     * @return [M, H]
     */
    static Operand<TFloat32> of(Place<?> at, Operand<TFloat32> x, long h) {
        Place<?> place = at.sub("LayerNorm");
        Ops tf = place.tf();
        Operand<TFloat32> gamma = place.ones("gamma", h);
        Operand<TFloat32> beta = place.zeros("beta", h);
        Operand<TFloat32> epsilon = tf.constant((float) place.config().layerNormEps());
        Operand<TInt32> features = tf.constant(-1);
        Operand<TFloat32> mean = tf.math.mean(x, features, Mean.keepDims(true));                        // [M, 1]
        Operand<TFloat32> centred = tf.math.sub(x, mean);                                               // [M, H]
        Operand<TFloat32> variance = tf.math.mean(tf.math.square(centred), features, Mean.keepDims(true)); // [M, 1]
        Operand<TFloat32> scale = tf.math.rsqrt(tf.math.add(variance, epsilon));                        // [M, 1]
        Operand<TFloat32> normal = tf.math.mul(centred, scale);                                         // [M, H]
        Operand<TFloat32> output = tf.nn.biasAdd(tf.math.mul(normal, gamma), beta);                     // [M, H]
        return place.dropout().training()
                ? ExplicitGradient.of(tf, output, List.of(x, gamma, beta),
                        (back, gradient) -> backward(back, gradient, normal, scale, gamma))
                : output;
    }

    /** Of the input: (d − mean(d) − n · mean(n · d)) / √(variance + ε), where d = gradient · γ. */
    private static List<Operand<TFloat32>> backward(
            Ops tf, Operand<TFloat32> gradient, Operand<TFloat32> normal, Operand<TFloat32> scale, Operand<TFloat32> gamma) {
        Operand<TInt32> features = tf.constant(-1);
        Operand<TFloat32> d = tf.math.mul(gradient, gamma);                                             // [M, H]
        Operand<TFloat32> mean = tf.math.mean(d, features, Mean.keepDims(true));                        // [M, 1]
        Operand<TFloat32> along = tf.math.mean(tf.math.mul(normal, d), features, Mean.keepDims(true));  // [M, 1]
        Operand<TFloat32> across = tf.math.sub(tf.math.sub(d, mean), tf.math.mul(normal, along));       // [M, H]
        return List.of(
                tf.math.mul(across, scale),                                                             // [M, H]
                BiasAddGrad.create(tf.scope(), tf.math.mul(gradient, normal)),                          // [H]
                BiasAddGrad.create(tf.scope(), gradient));                                              // [H]
    }
}
