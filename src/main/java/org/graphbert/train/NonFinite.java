package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Where infinities or NaNs are.
 *
 * @param variable the first weight that holds one, or else the variable nearest to the loss whose gradient does: where
 *     backpropagation met it first
 * @param gradient whether it is the gradient, and all weights are finite
 * @param affected how many weights, or gradients, hold one
 * @param variables of so many
 */
public record NonFinite(String variable, boolean gradient, int affected, int variables) {

    /** As part of a sentence. */
    public String words() {
        return gradient
                ? String.format(Locale.ROOT, "the weights are finite, the gradients of %d of %d variables are not, %s's the first",
                        affected, variables, variable)
                : String.format(Locale.ROOT, "%d of %d weights are not finite, %s the first", affected, variables, variable);
    }

    /**
     * What says of each of these whether all of its numbers are finite, bool [n]. It is no part of a training graph until
     * somebody asks.
     */
    static Operand<TBool> finite(Ops tf, List<Operand<TFloat32>> values) {
        List<Operand<TBool>> finite = new ArrayList<>();
        for (Operand<TFloat32> value : values) {
            Operand<TBool> each = tf.math.isFinite(tf.reshape(value, tf.array(-1)));
            finite.add(tf.all(each, tf.constant(0)));
        }
        return tf.stack(finite);
    }

    /** The indices of those that are not finite, by the first that a run fetched; it is closed. */
    static List<Integer> indices(Result fetched) {
        List<Integer> indices = new ArrayList<>();
        try (fetched) {
            TBool flags = (TBool) fetched.get(0);
            for (int i = 0; i < flags.size(); i++) {
                if (!flags.getBoolean(i)) {
                    indices.add(i);
                }
            }
        }
        return indices;
    }
}
