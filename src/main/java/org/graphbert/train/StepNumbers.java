package org.graphbert.train;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * The scalars that updates are made of, each float32 []. They are also the gate: where the gradients' norm is not finite,
 * rates are 0 and what moving averages keep is 1, so that the same updates change nothing. A gate of scalars costs
 * nothing, needs no control flow, and lets a GPU go on without the host looking at the norm.
 */
final class StepNumbers {

    private final Ops tf;
    private final Operand<TBool> open;
    private final Map<String, Operand<TFloat32>> fed;
    private final Map<String, Operand<TFloat32>> made = new HashMap<>();

    /**
     * Scalars for one update.
     *
     * @param open bool [], whether it is to change anything
     */
    StepNumbers(Ops tf, Operand<TBool> open) {
        this(tf, open, new LinkedHashMap<>());
    }

    private StepNumbers(Ops tf, Operand<TBool> open, Map<String, Operand<TFloat32>> fed) {
        this.tf = tf;
        this.open = open;
        this.fed = fed;
    }

    /** The same for variables that only some steps teach: behind a gate that is open where the gradient is not all zero. */
    StepNumbers whereTaught(Operand<TFloat32> gradient) {
        Operand<TFloat32> largest = tf.max(tf.math.abs(gradient), tf.array(0, 1));                      // []
        Operand<TBool> taught = tf.math.greater(largest, constant(0));                                  // []
        return new StepNumbers(tf, tf.math.logicalAnd(open, taught), fed);
    }

    /** What is fed under that name. */
    Operand<TFloat32> fed(String name) {
        return fed.computeIfAbsent(
                name, n -> tf.withName(n).placeholder(TFloat32.class, Placeholder.shape(Shape.scalar())));
    }

    Operand<TFloat32> constant(double value) {
        return once("constant " + value, () -> tf.constant((float) value));
    }

    /** What is fed, times a constant; 0 behind the closed gate. */
    Operand<TFloat32> rate(String name, double factor) {
        Operand<TFloat32> rate = once("rate " + name, () -> tf.select(open, fed(name), constant(0)));
        return factor == 1 ? rate : once("rate " + name + " " + factor, () -> tf.math.mul(rate, constant(factor)));
    }

    /** The share of itself that a moving average keeps; 1 behind the closed gate. */
    Operand<TFloat32> kept(double share) {
        return once("kept " + share, () -> tf.select(open, constant(share), constant(1)));
    }

    /** The same, fed. */
    Operand<TFloat32> kept(String name) {
        return once("kept " + name, () -> tf.select(open, fed(name), constant(1)));
    }

    /** What such an average takes of the new value, by its own constant: 1 less a float near 1 has few digits left. */
    Operand<TFloat32> taken(double share) {
        return once("taken " + share, () -> tf.select(open, constant(share), constant(0)));
    }

    /** The placeholders by their names. */
    Map<String, Operand<TFloat32>> placeholders() {
        return Collections.unmodifiableMap(fed);
    }

    private Operand<TFloat32> once(String key, Supplier<Operand<TFloat32>> make) {
        Operand<TFloat32> known = made.get(key);
        if (known == null) {
            known = make.get();
            made.put(key, known);
        }
        return known;
    }
}
