package org.graphbert.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
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
        Operand<TInt64> rows = tf.range(tf.constant(0L), count(tf, labels), tf.constant(1L));         // [M]
        Operand<TInt64> atLabel = tf.stack(List.of(rows, labels), Stack.axis(1L));                           // [M, 2]
        Operand<TInt64> atLargest = tf.stack(List.of(rows, likeliest), Stack.axis(1L));                      // [M, 2]
        Operand<TFloat32> total = tf.math.sub(
                tf.gatherNd(logits, atLargest), tf.math.log(tf.gatherNd(probabilities, atLargest))); // [M]
        Operand<TFloat32> loss = tf.math.sub(total, tf.gatherNd(logits, atLabel));                   // [M]
        return ExplicitGradient.of(tf, loss, List.of(logits), (back, gradient) -> {
            Operand<TFloat32> column = back.expandDims(gradient, back.constant(1));                  // [M, 1]
            Operand<TFloat32> of = back.math.mul(probabilities, column);                             // [M, V]
            return List.of(back.tensorScatterNdSub(of, atLabel, gradient));                          // [M, V]
        });
    }

    /** [] how many: known when the graph is built, as a rule. */
    private static Operand<TInt64> count(Ops tf, Operand<TInt64> labels) {
        long known = labels.shape().get(0);
        return known == Shape.UNKNOWN_SIZE
                ? tf.reshape(tf.shape(labels, TInt64.class), tf.constant(new int[0]))
                : tf.constant(known);
    }
}
