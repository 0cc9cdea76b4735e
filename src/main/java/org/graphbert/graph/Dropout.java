package org.graphbert.graph;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

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

    /** Whether it is a training tower's. */
    boolean training() {
        return key != null;
    }

    /** Drops elements with that probability and scales the others up. */
    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, double probability) {
        if (key == null || probability == 0) {
            return x;
        }
        // Some are kept however close to 1 the probability is: of none, the others could not be scaled up.
        int dropped = Math.min(LEVELS - 1, Math.max(1, (int) Math.round(probability * LEVELS)));
        float scale = (float) LEVELS / (LEVELS - dropped);
        // On the host the kernels of random numbers read their seed, a GPU's too.
        Operand<TBool> whether = kept(tf, seed(tf.withDevice(HostSizes.DEVICE)), x, dropped);                       // as x
        Operand<TFloat32> kept = tf.dtypes.cast(whether, TFloat32.class);                               // as x
        return tf.math.mul(x, tf.math.mul(kept, tf.constant(scale)));                                   // as x
    }

    /** [2] the step's key, and another number for each place. */
    private Operand<TInt64> seed(Ops host) {
        return host.stack(List.of(key, host.constant(places++)));
    }

    /**
     * Which elements of x are kept: those whose random byte is at least that number. A word of 32 random bits is four bytes,
     * and where the last one has more than there are elements, the answers that are too many are cut off, not the bytes:
     * a GPU has a kernel that slices bool and none that slices uint8.
     */
    private static Operand<TBool> kept(Ops tf, Operand<TInt64> seed, Operand<TFloat32> x, int least) {
        Shape shape = x.shape();
        if (shape.hasUnknownDimension()) {
            Operand<TInt32> sizes = tf.shape(x);
            Operand<TInt32> count = tf.prod(sizes, tf.constant(0));
            Operand<TInt32> words = tf.math.div(
                    tf.math.add(count, tf.constant(BYTES_A_WORD - 1)), tf.constant(BYTES_A_WORD));
            Operand<TBool> drawn = drawn(tf, seed, tf.expandDims(words, tf.constant(0)), least);
            return tf.reshape(tf.slice(drawn, tf.array(0), tf.expandDims(count, tf.constant(0))), sizes);
        }
        long count = shape.size();
        Operand<TBool> drawn = drawn(tf, seed, size(tf, (count + BYTES_A_WORD - 1) / BYTES_A_WORD), least);
        if (count % BYTES_A_WORD != 0) {
            drawn = count > Integer.MAX_VALUE
                    ? tf.slice(drawn, tf.array(0L), tf.array(count))
                    : tf.slice(drawn, tf.array(0), tf.array((int) count));
        }
        return tf.reshape(drawn, tf.array(Arrays.stream(shape.asArray()).mapToInt(Math::toIntExact).toArray()));
    }

    /**
     * [1] a size: in int32, which lies on the host, where it is read. Only a tensor of more words than that, which nothing but
     * an estimate of its memory asks for, has one in int64.
     */
    private static Operand<? extends TNumber> size(Ops tf, long size) {
        return size > Integer.MAX_VALUE ? tf.array(size) : tf.array((int) size);
    }

    /** [4 · words] whether a random byte is at least that number. */
    private static Operand<TBool> drawn(Ops tf, Operand<TInt64> seed, Operand<? extends TNumber> words, int least) {
        Operand<TInt32> random = tf.random.statelessRandomUniformFullInt(words, seed, TInt32.class);
        Operand<TUint8> bytes = tf.reshape(tf.bitcast(random, TUint8.class), tf.array(-1));
        return tf.math.greaterEqual(bytes, tf.constant(TUint8.class, least));
    }
}
