package org.graphbert.graph;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What a tower makes of each masked token by itself, float32 [B·P], where its {@link Losses} are sums. Three numbers a token
 * leave the graph in place of V logits. B batch, P predictions, V vocabulary.
 *
 * @param loss −ln p(original token)
 * @param rank how many other tokens are no less likely than the original: 0 where it alone is the likeliest; V − 1 where its
 *     logit is not a number
 * @param confidence p(the likeliest token)
 */
public record TokenScores(Operand<TFloat32> loss, Operand<TFloat32> rank, Operand<TFloat32> confidence) {

    /** Adds them to the graph of a tower with labels. */
    public static TokenScores of(Graph graph, Tower tower, int vocabSize) {
        Ops tf = Ops.create(graph).withSubScope("token_scores");
        Operand<TFloat32> logits = tower.maskedLmLogits();                                           // [B·P, V]
        Operand<TInt32> ids = tf.reshape(tower.inputs().maskedLmIds(), tf.array(-1));                // [B·P]
        Operand<TFloat32> loss = Losses.crossEntropy(tf, logits, ids, vocabSize);                    // [B·P]
        Operand<TFloat32> original = tf.gather(
                logits, tf.expandDims(ids, tf.constant(1)), tf.constant(1), Gather.batchDims(1L));   // [B·P, 1]
        Operand<TFloat32> less = tf.dtypes.cast(tf.math.less(logits, original), TFloat32.class);     // [B·P, V]
        Operand<TFloat32> rank = tf.math.sub(tf.constant(vocabSize - 1f), tf.sum(less, tf.constant(1))); // [B·P]
        // ln p(any) = its logit − the original's logit − loss: one normalisation is enough.
        Operand<TFloat32> ahead = tf.math.sub(
                tf.max(logits, tf.constant(1)), tf.reshape(original, tf.array(-1)));                 // [B·P]
        return new TokenScores(loss, rank, tf.math.exp(tf.math.sub(ahead, loss)));                   // [B·P]
    }
}
