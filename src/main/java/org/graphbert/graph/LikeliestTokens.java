package org.graphbert.graph;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The few likeliest tokens at each masked position, so that few numbers leave the graph in place of all logits. M positions,
 * K tokens, V vocabulary.
 *
 * @param allowed [V] to be fed: 0 for a token that may be named, −∞ for one that may not; it changes no probability
 * @param count [] K, to be fed; at most V
 * @param logProbabilities [M, K] ln p, the greatest first; −∞ where fewer tokens may be named
 * @param ids [M, K]
 */
public record LikeliestTokens(
        Operand<TFloat32> allowed, Operand<TInt32> count, Operand<TFloat32> logProbabilities, Operand<TInt32> ids) {

    /**
     * Adds them to a graph.
     *
     * @param any logits [..., V]
     */
    public static LikeliestTokens of(Graph graph, Operand<TFloat32> any, int vocabSize) {
        Ops tf = Ops.create(graph).withSubScope("likeliest_tokens");
        Operand<TFloat32> allowed = tf.placeholder(TFloat32.class);                                   // [V]
        Operand<TInt32> count = tf.placeholder(TInt32.class);                                         // []
        Operand<TFloat32> logits = tf.reshape(any, tf.array(-1, vocabSize));                          // [M, V]
        Operand<TFloat32> greatest = tf.max(logits, tf.constant(1), Max.keepDims(true));              // [M, 1]
        Operand<TFloat32> sum = tf.sum(
                tf.math.exp(tf.math.sub(logits, greatest)), tf.constant(1), Sum.keepDims(true));      // [M, 1]
        Operand<TFloat32> normaliser = tf.math.add(greatest, tf.math.log(sum));                       // [M, 1]
        TopK<TFloat32, TInt32> top = tf.nn.topK(tf.math.add(logits, allowed), count, TInt32.class);   // [M, K]
        return new LikeliestTokens(allowed, count, tf.math.sub(top.values(), normaliser), top.indices()); // [M, K]
    }
}
