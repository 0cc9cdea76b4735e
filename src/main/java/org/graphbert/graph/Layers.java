package org.graphbert.graph;

import org.graphbert.config.Activation;
import org.tensorflow.Operand;
import org.tensorflow.framework.activations.GELU;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
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

    /** The activation, element by element. */
    static Operand<TFloat32> activation(Place<?> place, Activation kind, Operand<TFloat32> x) {
        Ops tf = place.tf();
        return switch (kind) {
            case GELU -> place.dropout().training() ? Gelu.of(tf, x) : GELU.gelu(tf, x, false);
            case GELU_NEW -> GELU.gelu(tf, x, true);
            case RELU -> tf.nn.relu(x);
            case SILU -> tf.math.mul(x, tf.math.sigmoid(x));
        };
    }
}
