package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * A dense layer's weights, which may be scaled or joined with others before the product: that costs the size of the
 * weights, not of the activations.
 *
 * @param kernel [in, out]
 * @param bias [out]
 */
record Dense(Operand<TFloat32> kernel, Operand<TFloat32> bias) {

    /** The variables kernel [in, out] and bias [out]. */
    static Dense of(Place<?> place, long in, long out) {
        return new Dense(place.weight("kernel", in, out), place.zeros("bias", out));
    }

    /** Layers of the same input side by side, [in, out + out ...]: one product for all of them. */
    static Dense beside(Ops tf, List<Dense> layers) {
        List<Operand<TFloat32>> kernels = new ArrayList<>();
        List<Operand<TFloat32>> biases = new ArrayList<>();
        layers.forEach(layer -> kernels.add(layer.kernel()));
        layers.forEach(layer -> biases.add(layer.bias()));
        return new Dense(tf.concat(kernels, tf.constant(1)), tf.concat(biases, tf.constant(0)));
    }

    /** The layer whose output is so many times this one's. */
    Dense times(Ops tf, Operand<TFloat32> factor) {
        return new Dense(tf.math.mul(kernel, factor), tf.math.mul(bias, factor));
    }

    /**
     * x · kernel + bias.
     *
     * @param place which says how it is computed
     * @param x [M, in]
     * @return [M, out]
     */
    <T extends TFloating> Operand<TFloat32> of(Place<T> place, Operand<T> x) {
        Ops tf = place.tf();
        Operand<T> product = tf.linalg.matMul(x, place.narrow(kernel));                       // [M, out]
        return tf.nn.biasAdd(place.widen(product), bias);                                     // [M, out]
    }
}
