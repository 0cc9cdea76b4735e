package org.graphbert.graph;

import org.graphbert.config.Activation;
import org.tensorflow.Operand;
import org.tensorflow.framework.activations.GELU;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TFloating;

/** The layers that everything else is made of. Letters: M rows (any number of leading positions), H features. */
final class Layers {

    private Layers() {}

    /**
     * x · kernel + bias, with variables NAME/kernel [in, out] and NAME/bias [out].
     *
     * @param x [M, in]
     * @return [M, out]
     */
    static <T extends TFloating> Operand<TFloat32> dense(Place<T> at, String name, Operand<T> x, long in, long out) {
        Place<T> place = at.sub(name);
        return Dense.of(place, in, out).of(place, x);                                                   // [M, out]
    }

    /**
     * LayerNorm (Ba et al. 2016) over the last dimension, with variables LayerNorm/gamma and LayerNorm/beta.
     *
     * @param x [M, H]
     * @param h H
     * @return [M, H]
     */
    static Operand<TFloat32> layerNorm(Place<?> at, Operand<TFloat32> x, long h) {
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
        return tf.nn.biasAdd(tf.math.mul(normal, gamma), beta);                                         // [M, H]
    }

    /** The activation, element by element. */
    static Operand<TFloat32> activation(Ops tf, Activation kind, Operand<TFloat32> x) {
        return switch (kind) {
            case GELU -> GELU.gelu(tf, x, false);
            case GELU_NEW -> GELU.gelu(tf, x, true);
            case RELU -> tf.nn.relu(x);
            case SILU -> tf.math.mul(x, tf.math.sigmoid(x));
        };
    }
}
