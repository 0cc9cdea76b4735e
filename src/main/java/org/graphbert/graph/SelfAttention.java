package org.graphbert.graph;

import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2; modeling.py, attention_layer). B batch, S sequence,
 * N heads, D head width, H = N·D.
 */
final class SelfAttention {

    private SelfAttention() {}

    /**
     * Attention of every position to all positions that it sees.
     *
     * @param x [B·S, H]
     * @return [B·S, H] the heads' contexts side by side
     */
    static Operand<TFloat32> build(Place attention, Operand<TFloat32> x, Sight sight) {
        Place place = attention.sub("self");
        Ops tf = place.tf();
        ModelConfig config = place.config();
        int h = config.hiddenSize();
        Operand<TFloat32> scale = tf.constant((float) (1 / Math.sqrt(config.headSize())));

        Operand<TFloat32> q = heads(place, Layers.dense(place, "query", x, h, h), sight);              // [B, N, S, D]
        Operand<TFloat32> k = heads(place, Layers.dense(place, "key", x, h, h), sight);                // [B, N, S, D]
        Operand<TFloat32> v = heads(place, Layers.dense(place, "value", x, h, h), sight);              // [B, N, S, D]
        q = tf.math.mul(q, scale);
        if (sight.rotary() != null) {
            q = sight.rotary().turn(tf, q);                                                            // [B, N, S, D]
            k = sight.rotary().turn(tf, k);                                                            // [B, N, S, D]
        }

        Operand<TFloat32> scores = tf.train.batchMatMul(q, k, TFloat32.class, BatchMatMul.adjY(true)); // [B, N, S, S]
        if (config.options().positions().relative()) {
            scores = tf.math.add(scores, RelativePositions.scores(place, q, k, sight.sizes()));        // [B, N, S, S]
        }
        Operand<TFloat32> probabilities = tf.nn.softmax(tf.math.add(scores, sight.mask()));            // [B, N, S, S]
        Operand<TFloat32> kept =
                place.dropout().apply(tf, probabilities, config.attentionProbsDropoutProb());          // [B, N, S, S]
        Operand<TFloat32> context = tf.train.batchMatMul(kept, v, TFloat32.class);                     // [B, N, S, D]
        Operand<TFloat32> byPosition = tf.linalg.transpose(context, tf.array(0, 2, 1, 3));             // [B, S, N, D]
        return tf.reshape(byPosition, tf.array(-1, h));                                                // [B·S, H]
    }

    /** [B·S, H] → [B, N, S, D]. */
    private static Operand<TFloat32> heads(Place place, Operand<TFloat32> x, Sight sight) {
        Ops tf = place.tf();
        ModelConfig config = place.config();
        Operand<TFloat32> split = tf.reshape(
                x, sight.sizes().batchByLength(config.numAttentionHeads(), config.headSize()));        // [B, S, N, D]
        return tf.linalg.transpose(split, tf.array(0, 2, 1, 3));                                       // [B, N, S, D]
    }
}
