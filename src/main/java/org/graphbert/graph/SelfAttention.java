package org.graphbert.graph;

import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2; modeling.py, attention_layer). B batch, S sequence,
 * R positions that ask
 * (S, but in the last layer of a tower for losses), N heads, D head width, H = N·D.
 */
final class SelfAttention {

    private SelfAttention() {}

    /**
     * Attention of positions that ask to all positions that they see.
     *
     * @param from [B·R, H] those who ask; to itself where all do
     * @param to [B·S, H]
     * @return [B·R, H] the heads' contexts side by side
     */
    static Operand<TFloat32> build(Place attention, Operand<TFloat32> from, Operand<TFloat32> to, Sight sight) {
        Place place = attention.sub("self");
        Ops tf = place.tf();
        ModelConfig config = place.config();
        int h = config.hiddenSize();
        Operand<TFloat32> scale = tf.constant((float) (1 / Math.sqrt(config.headSize())));

        Operand<TFloat32> q = heads(place, Layers.dense(place, "query", from, h, h), sight.askingSizes()); // [B, N, R, D]
        Operand<TFloat32> k = heads(place, Layers.dense(place, "key", to, h, h), sight.sizes());       // [B, N, S, D]
        Operand<TFloat32> v = heads(place, Layers.dense(place, "value", to, h, h), sight.sizes());     // [B, N, S, D]
        q = tf.math.mul(q, scale);
        if (sight.keys() != null) {
            q = sight.queries().turn(tf, q);                                                           // [B, N, R, D]
            k = sight.keys().turn(tf, k);                                                              // [B, N, S, D]
        }

        Operand<TFloat32> scores = tf.train.batchMatMul(q, k, TFloat32.class, BatchMatMul.adjY(true)); // [B, N, R, S]
        if (config.options().positions().relative()) {
            scores = tf.math.add(scores, RelativePositions.scores(place, q, k, sight.sizes()));        // [B, N, S, S]
        }
        Operand<TFloat32> probabilities = tf.nn.softmax(tf.math.add(scores, sight.mask()));            // [B, N, R, S]
        Operand<TFloat32> kept =
                place.dropout().apply(tf, probabilities, config.attentionProbsDropoutProb());          // [B, N, R, S]
        Operand<TFloat32> context = tf.train.batchMatMul(kept, v, TFloat32.class);                     // [B, N, R, D]
        Operand<TFloat32> byPosition = tf.linalg.transpose(context, tf.array(0, 2, 1, 3));             // [B, R, N, D]
        return tf.reshape(byPosition, tf.array(-1, h));                                                // [B·R, H]
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
