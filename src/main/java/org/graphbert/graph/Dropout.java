package org.graphbert.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Dropout (Srivastava et al. 2014) whose random bits are a function of (key of the step, place in the graph), so that a
 * resumed run draws the same ones.
 *
 * <p>Each element is decided by eight random bits, a quarter of what a float uniform costs: a probability p becomes
 * round(256·p)/256, 0.1 for instance 26/256 = 0.1016; the kept elements are scaled by exactly its complement.
 */
final class Dropout {

    private static final int LEVELS = 256;
    private static final int BYTES_A_WORD = 4;

    private final Operand<TInt64> key;
    private long places;

    private Dropout(Operand<TInt64> key) {
        this.key = key;
    }

    /** Inference: drops nothing. */
    static Dropout off() {
        return new Dropout(null);
    }

    /**
     * Training.
     *
     * @param key int64 [], another for each step
     */
    static Dropout keyed(Operand<TInt64> key) {
        return new Dropout(key);
    }

    /** Drops elements with that probability and scales the others up; x must have a known shape. */
    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, double probability) {
        if (key == null || probability == 0) {
            return x;
        }
        int dropped = Math.max(1, (int) Math.round(probability * LEVELS));
        float scale = (float) LEVELS / (LEVELS - dropped);
        Shape shape = x.shape();
        if (shape.hasUnknownDimension()) {
            throw new IllegalArgumentException("dropout needs a known shape, found " + shape);
        }
        Operand<TInt64> seed = tf.stack(List.of(key, tf.constant(places++)));                // [2]
        Operand<TUint8> bits = bytes(tf, seed, shape);                                                  // as x
        Operand<TFloat32> kept = tf.dtypes.cast(
                tf.math.greaterEqual(bits, tf.constant(TUint8.class, dropped)), TFloat32.class); // as x
        return tf.math.mul(x, tf.math.mul(kept, tf.constant(scale)));                                   // as x
    }

    /** Random bytes of that shape: random 32-bit words, each read as four. */
    private static Operand<TUint8> bytes(Ops tf, Operand<TInt64> seed, Shape shape) {
        long count = shape.size();
        long words = (count + BYTES_A_WORD - 1) / BYTES_A_WORD;
        Operand<TInt32> random =
                tf.random.statelessRandomUniformFullInt(tf.constant(new long[] {words}), seed, TInt32.class);
        Operand<TUint8> bytes = tf.reshape(tf.bitcast(random, TUint8.class), tf.constant(new long[] {-1}));
        if (words * BYTES_A_WORD != count) {
            bytes = tf.slice(bytes, tf.constant(new long[] {0}), tf.constant(new long[] {count}));
        }
        return tf.reshape(bytes, tf.constant(shape));
    }
}
