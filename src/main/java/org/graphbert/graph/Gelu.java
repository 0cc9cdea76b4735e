package org.graphbert.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The Gaussian error linear unit (Hendrycks and Gimpel 2016), x · Φ(x) with Φ(x) = (1 + erf(x/√2)) / 2, and its gradient in
 * one formula: Φ(x) + x · φ(x), with φ(x) = exp(−x²/2) / √(2π).
 */
final class Gelu {

    private static final float HALF_ROOT = (float) Math.sqrt(0.5);

    /** Of a = x/√2: x · φ(x) = a · exp(−a² + this). */
    private static final float LOG_FACTOR = (float) (-0.5 * Math.log(Math.PI));

    private Gelu() {}

    /** Of each element of x. */
    static Operand<TFloat32> of(Ops tf, Operand<TFloat32> x) {
        Operand<TFloat32> half = tf.constant(0.5f);
        Operand<TFloat32> a = tf.math.mul(x, tf.constant(HALF_ROOT));                         // as x, all of them
        Operand<TFloat32> phi = tf.math.add(tf.math.mul(tf.math.erf(a), half), half);
        return ExplicitGradient.of(tf, tf.math.mul(x, phi), List.of(x), (back, gradient) -> {
            Operand<TFloat32> exponent = back.math.sub(back.constant(LOG_FACTOR), back.math.square(a));
            Operand<TFloat32> density = back.math.mul(a, back.math.exp(exponent));
            return List.of(back.math.mul(gradient, back.math.add(phi, density)));
        });
    }
}
