package org.graphbert.graph;

import java.util.List;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The cross-entropy of many classes for training: the softmax once, for the loss and for its gradient, which is the softmax
 * less 1 at the label. The operation that TensorFlow has for it takes its exponentials twice and needs the labels as rows of
 * zeros. M predictions, V classes.
 */
final class TokenLoss {

    private TokenLoss() {}

    /**
     * −ln softmax(logits)[label] for each row. The largest logit's probability is at least 1/V, so its logarithm is safe, and
     * less that the logit is ln Σ exp(logits), whatever the label's own probability.
     *
     * @param logits [M, V]
     * @param labels [M]
     * @param likeliest [M] the class of the largest logit
     * @return [M]
     */
    static Operand<TFloat32> of(
            Ops tf, Operand<TFloat32> logits, Operand<TInt64> labels, Operand<TInt64> likeliest) {
        Operand<TFloat32> probabilities = tf.nn.softmax(logits);                                     // [M, V]
        long classes = logits.shape().get(1);
        Operand<TInt64> starts = starts(tf, labels, classes);                                        // [M]
        Operand<TInt64> atLabel = tf.math.add(starts, labels);                                       // [M]
        Operand<TInt64> atLargest = tf.math.add(starts, likeliest);                                  // [M]
        Operand<TFloat32> total = tf.math.sub(
                taken(tf, logits, atLargest), tf.math.log(taken(tf, probabilities, atLargest)));     // [M]
        Operand<TFloat32> loss = tf.math.sub(total, taken(tf, logits, atLabel));                     // [M]
        return ExplicitGradient.of(tf, loss, List.of(logits), (back, gradient) -> {
            Operand<TFloat32> column = back.expandDims(gradient, back.constant(1));                  // [M, 1]
            Operand<TFloat32> of = flat(back, back.math.mul(probabilities, column));                 // [M·V]
            Operand<TInt64> places = back.expandDims(atLabel, back.constant(1));                     // [M, 1]
            Operand<TFloat32> less = back.tensorScatterNdSub(of, places, gradient);                  // [M·V]
            return List.of(back.reshape(less, back.array(-1, (int) classes)));                       // [M, V]
        });
    }

    /** One element of each row. */
    private static Operand<TFloat32> taken(Ops tf, Operand<TFloat32> of, Operand<TInt64> places) {
        return tf.gather(flat(tf, of), places, tf.constant(0));                                      // [M]
    }

    private static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> of) {
        return tf.reshape(of, tf.array(-1));
    }

    /** [M] where each row begins among all elements; constant where M is known when the graph is built, as a rule. */
    private static Operand<TInt64> starts(Ops tf, Operand<TInt64> labels, long classes) {
        long known = labels.shape().get(0);
        if (known != Shape.UNKNOWN_SIZE) {
            return tf.constant(LongStream.range(0, known).map(row -> row * classes).toArray());
        }
        Operand<TInt64> count = tf.reshape(tf.shape(labels, TInt64.class), tf.constant(new int[0])); // []
        Operand<TInt64> step = tf.constant(classes);
        return tf.range(tf.constant(0L), tf.math.mul(count, step), step);
    }
}
