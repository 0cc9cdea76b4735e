package org.graphbert.graph;

import java.util.List;
import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2; modeling.py, attention_layer). B batch, S sequence,
 * R positions that ask (S, but in the last layer of a tower for losses), N heads, D head width, H = N·D.
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

        // Scaling the weights costs H·H products, scaling the scores B·N·R·S.
        Dense query = Dense.of(place.sub("query"), h, h).times(tf, scale);
        Dense key = Dense.of(place.sub("key"), h, h);
        Dense value = Dense.of(place.sub("value"), h, h);
        Operand<TFloat32> q;
        Operand<TFloat32> k;
        Operand<TFloat32> v;
        if (from == to) {
            List<Operand<TFloat32>> all = heads(tf, config, Dense.beside(tf, List.of(query, key, value)), to, sight.sizes(), 3);
            q = all.get(0);                                                                            // [B, N, S, D]
            k = all.get(1);                                                                            // [B, N, S, D]
            v = all.get(2);                                                                            // [B, N, S, D]
        } else {
            List<Operand<TFloat32>> all = heads(tf, config, Dense.beside(tf, List.of(key, value)), to, sight.sizes(), 2);
            q = heads(tf, config, query, from, sight.askingSizes(), 1).get(0);                         // [B, N, R, D]
            k = all.get(0);                                                                            // [B, N, S, D]
            v = all.get(1);                                                                            // [B, N, S, D]
        }
        if (sight.keys() != null) {
            q = sight.queries().turn(tf, q);                                                           // [B, N, R, D]
            k = sight.keys().turn(tf, k);                                                              // [B, N, S, D]
        }

        Operand<TFloat32> scores = tf.train.batchMatMul(q, k, TFloat32.class, BatchMatMul.adjY(true)); // [B, N, R, S]
        if (config.options().positions().relative()) {
            scores = tf.math.add(scores, RelativePositions.scores(place, q, k, sight));                // [B, N, R, S]
        }
        Operand<TFloat32> probabilities = tf.nn.softmax(tf.math.add(scores, sight.mask()));            // [B, N, R, S]
        Operand<TFloat32> kept =
                place.dropout().apply(tf, probabilities, config.attentionProbsDropoutProb());          // [B, N, R, S]
        Operand<TFloat32> context = tf.train.batchMatMul(kept, v, TFloat32.class);                     // [B, N, R, D]
        Operand<TFloat32> byPosition = tf.linalg.transpose(context, tf.array(0, 2, 1, 3));             // [B, R, N, D]
        return tf.reshape(byPosition, tf.array(-1, h));                                                // [B·R, H]
    }

    /** [B·S, H] → so many of [B, N, S, D], by one product and one transposition. */
    private static List<Operand<TFloat32>> heads(
            Ops tf, ModelConfig config, Dense dense, Operand<TFloat32> x, Sizes sizes, int count) {
        Operand<TFloat32> product = dense.of(tf, x);                                                   // [B·S, 3·H]
        Operand<TFloat32> split = tf.reshape(
                product, sizes.batchByLength(count, config.numAttentionHeads(), config.headSize()));   // [B, S, 3, N, D]
        Operand<TFloat32> byHead = tf.linalg.transpose(split, tf.array(2, 0, 3, 1, 4));                // [3, B, N, S, D]
        return List.copyOf(tf.unstack(byHead, (long) count).output());
    }
}
