package org.graphbert.graph;

import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2; modeling.py, attention_layer). B batch, S sequence,
 * N heads, D head width, H = N·D.
 */
final class SelfAttention {

    /** What a masked position adds to a score before the softmax (modeling.py). */
    private static final float MASKED = -10000f;

    private SelfAttention() {}

    /**
     * The additive mask, computed once for all layers.
     *
     * @param inputMask [B, S] 1 for a token, 0 for padding
     * @return [B, 1, 1, S] 0 for a token, −10000 for padding
     */
    static Operand<TFloat32> mask(Ops tf, Operand<TInt32> inputMask) {
        Operand<TFloat32> token = tf.dtypes.cast(inputMask, TFloat32.class);                           // [B, S]
        Operand<TFloat32> added =
                tf.math.mul(tf.math.sub(tf.constant(1f), token), tf.constant(MASKED));                 // [B, S]
        return tf.expandDims(tf.expandDims(added, tf.constant(1)), tf.constant(1));                    // [B, 1, 1, S]
    }

    /**
     * The additive mask of packed pairs, computed once for all layers: a token sees the tokens of its own pair alone. What
     * −10000 is added to has no weight at all after the softmax: exp(−10000) is 0 in float32.
     *
     * @param pairIds [B, S] from 1; 0 for padding, which sees padding
     * @return [B, 1, S, S] 0 within a pair, −10000 between two
     */
    static Operand<TFloat32> pairMask(Ops tf, Operand<TInt32> pairIds) {
        Operand<TInt32> from = tf.expandDims(pairIds, tf.constant(2));                                 // [B, S, 1]
        Operand<TInt32> to = tf.expandDims(pairIds, tf.constant(1));                                   // [B, 1, S]
        Operand<TFloat32> other = tf.dtypes.cast(tf.math.notEqual(from, to), TFloat32.class);          // [B, S, S]
        return tf.expandDims(tf.math.mul(other, tf.constant(MASKED)), tf.constant(1));                 // [B, 1, S, S]
    }

    /**
     * Attention of every position to all positions that the mask lets it see.
     *
     * @param x [B·S, H]
     * @param mask [B, 1, 1, S] or [B, 1, S, S]
     * @return [B·S, H] the heads' contexts side by side
     */
    static Operand<TFloat32> build(Place attention, Operand<TFloat32> x, Operand<TFloat32> mask, Sizes sizes) {
        Place place = attention.sub("self");
        Ops tf = place.tf();
        ModelConfig config = place.config();
        int h = config.hiddenSize();
        Operand<TFloat32> scale = tf.constant((float) (1 / Math.sqrt(config.headSize())));

        Operand<TFloat32> q = heads(place, Layers.dense(place, "query", x, h, h), sizes);              // [B, N, S, D]
        Operand<TFloat32> k = heads(place, Layers.dense(place, "key", x, h, h), sizes);                // [B, N, S, D]
        Operand<TFloat32> v = heads(place, Layers.dense(place, "value", x, h, h), sizes);              // [B, N, S, D]

        // Scaling the queries costs D products a row, scaling the scores S.
        Operand<TFloat32> scores = tf.train.batchMatMul(
                tf.math.mul(q, scale), k, TFloat32.class, BatchMatMul.adjY(true));                     // [B, N, S, S]
        Operand<TFloat32> probabilities = tf.nn.softmax(tf.math.add(scores, mask));                    // [B, N, S, S]
        Operand<TFloat32> kept =
                place.dropout().apply(tf, probabilities, config.attentionProbsDropoutProb());          // [B, N, S, S]
        Operand<TFloat32> context = tf.train.batchMatMul(kept, v, TFloat32.class);                     // [B, N, S, D]
        Operand<TFloat32> byPosition = tf.linalg.transpose(context, tf.array(0, 2, 1, 3));             // [B, S, N, D]
        return tf.reshape(byPosition, tf.array(-1, h));                                                // [B·S, H]
    }

    /** [B·S, H] → [B, N, S, D]. */
    private static Operand<TFloat32> heads(Place place, Operand<TFloat32> x, Sizes sizes) {
        Ops tf = place.tf();
        ModelConfig config = place.config();
        Operand<TFloat32> split = tf.reshape(
                x, sizes.batchByLength(config.numAttentionHeads(), config.headSize()));                // [B, S, N, D]
        return tf.linalg.transpose(split, tf.array(0, 2, 1, 3));                                       // [B, N, S, D]
    }
}
