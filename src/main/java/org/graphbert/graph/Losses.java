package org.graphbert.graph;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Sums over a batch, each float32 []. Sums and not means: what they are divided by is the whole global batch's weight,
 * however many micro-batches computed it.
 *
 * @param maskedLmLoss Σ weight · −ln p(original token)
 * @param maskedLmCorrect Σ weight · [the likeliest token is the original]
 * @param nextSentenceLoss Σ −ln p(label) over the pairs; null without a pair head
 * @param nextSentenceCorrect Σ [the likelier class is the label] over the pairs; null without a pair head
 */
public record Losses(
        Operand<TFloat32> maskedLmLoss,
        Operand<TFloat32> maskedLmCorrect,
        Operand<TFloat32> nextSentenceLoss,
        Operand<TFloat32> nextSentenceCorrect) {

    /**
     * The losses of the heads.
     *
     * @param training whether gradients are taken of them
     * @param maskedLmLogits [B·P, V]
     * @param nextSentenceLogits [B·K, 2], K places for pairs in a sequence; null without a pair head
     */
    static Losses build(
            Ops tf,
            boolean training,
            Inputs inputs,
            Operand<TFloat32> maskedLmLogits,
            int vocabSize,
            Operand<TFloat32> nextSentenceLogits) {
        Operand<TInt32> ids = tf.reshape(inputs.maskedLmIds(), tf.array(-1));                        // [B·P]
        Operand<TFloat32> weights = tf.reshape(inputs.maskedLmWeights(), tf.array(-1));              // [B·P]
        Operand<TInt64> labels64 = tf.dtypes.cast(ids, TInt64.class);                                // [B·P]
        Operand<TInt64> likeliest = tf.math.argMax(maskedLmLogits, tf.constant(-1));                 // [B·P]
        Operand<TFloat32> perToken = training
                ? TokenLoss.of(tf, maskedLmLogits, labels64, likeliest)                              // [B·P]
                : crossEntropy(tf, maskedLmLogits, ids, vocabSize);                                  // [B·P]
        Operand<TFloat32> tokenHits = tf.dtypes.cast(tf.math.equal(likeliest, labels64), TFloat32.class); // [B·P]

        Operand<TFloat32> maskedLmLoss = sum(tf, tf.math.mul(perToken, weights));                    // []
        Operand<TFloat32> maskedLmCorrect = sum(tf, tf.math.mul(tokenHits, weights));                // []
        if (nextSentenceLogits == null) {
            return new Losses(maskedLmLoss, maskedLmCorrect, null, null);
        }

        Operand<TInt32> labels = inputs.nextSentenceLabels();                                        // [B·K]
        Operand<TFloat32> perPair =
                crossEntropy(tf, nextSentenceLogits, labels, NextSentenceHead.CLASSES);              // [B·K]
        Operand<TFloat32> pairHits = hits(tf, nextSentenceLogits, labels);                           // [B·K]
        if (inputs.packed() != null) {
            perPair = tf.math.mul(perPair, inputs.packed().pairWeights());                           // [B·K]
            pairHits = tf.math.mul(pairHits, inputs.packed().pairWeights());                         // [B·K]
        }
        return new Losses(maskedLmLoss, maskedLmCorrect, sum(tf, perPair), sum(tf, pairHits));
    }

    /** Whether there is a loss of pairs. */
    public boolean paired() {
        return nextSentenceLoss != null;
    }

    /** −ln softmax(logits)[label] for each row. The op with integer labels has no gradient in TensorFlow's C++ registry. */
    static Operand<TFloat32> crossEntropy(
            Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels, int classes) {
        return crossEntropy(tf, logits, labels, tf.constant(classes));
    }

    /** The same of as many classes as the logits turn out to have, int32 []. */
    static Operand<TFloat32> crossEntropy(
            Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels, Operand<TInt32> classes) {
        Operand<TFloat32> oneHot = tf.oneHot(labels, classes, tf.constant(1f), tf.constant(0f));
        return tf.nn.softmaxCrossEntropyWithLogits(logits, oneHot).loss();
    }

    /** 1 where the largest logit is the label's. In int64: int32 is compared on the host, also in a graph on a GPU. */
    static Operand<TFloat32> hits(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
        Operand<TInt64> likeliest = tf.math.argMax(logits, tf.constant(-1));
        return tf.dtypes.cast(tf.math.equal(likeliest, tf.dtypes.cast(labels, TInt64.class)), TFloat32.class);
    }

    static Operand<TFloat32> sum(Ops tf, Operand<TFloat32> vector) {
        return tf.sum(vector, tf.constant(0));
    }

    /** The same in a copy of the graph. */
    Losses in(Reachable part) {
        return new Losses(
                part.of(maskedLmLoss), part.of(maskedLmCorrect), part.of(nextSentenceLoss), part.of(nextSentenceCorrect));
    }

    /** Those that there are, in this order. */
    public List<Operand<TFloat32>> all() {
        return Stream.of(maskedLmLoss, maskedLmCorrect, nextSentenceLoss, nextSentenceCorrect)
                .filter(Objects::nonNull)
                .toList();
    }
}
