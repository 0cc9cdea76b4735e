package org.graphbert.graph;

import java.util.List;
import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

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
     * @return [B·R, H] the heads' contexts side by side, as a product left them
     */
    static <T extends TFloating> Operand<T> build(
            Place<T> attention, Operand<TFloat32> from, Operand<TFloat32> to, Sight sight) {
        Place<T> place = attention.sub("self");
        Ops tf = place.tf();
        ModelConfig config = place.config();
        int h = config.hiddenSize();
        Operand<TFloat32> scale = tf.constant((float) (1 / Math.sqrt(config.headSize())));

        // Scaling the weights costs H·H products, scaling the scores B·N·R·S.
        Dense query = Dense.of(place.sub("query"), h, h).times(tf, scale);
        Dense key = Dense.of(place.sub("key"), h, h);
        Dense value = Dense.of(place.sub("value"), h, h);
        Operand<T> seen = place.narrow(to);                                                            // [B·S, H]
        Operand<T> q;
        Operand<T> k;
        Operand<T> v;
        if (from == to) {
            List<Operand<T>> all = heads(place, Dense.beside(tf, List.of(query, key, value)), seen, sight.sizes(), 3);
            q = all.get(0);                                                                            // [B, N, S, D]
            k = all.get(1);                                                                            // [B, N, S, D]
            v = all.get(2);                                                                            // [B, N, S, D]
        } else {
            List<Operand<T>> all = heads(place, Dense.beside(tf, List.of(key, value)), seen, sight.sizes(), 2);
            q = heads(place, query, place.narrow(from), sight.askingSizes(), 1).get(0);                // [B, N, R, D]
            k = all.get(0);                                                                            // [B, N, S, D]
            v = all.get(1);                                                                            // [B, N, S, D]
        }
        if (sight.keys() != null) {
            q = place.narrow(sight.queries().turn(tf, place.widen(q)));                                // [B, N, R, D]
            k = place.narrow(sight.keys().turn(tf, place.widen(k)));                                   // [B, N, S, D]
        }

        Operand<TFloat32> scores = place.widen(place.batchMatMul(q, k, true));                         // [B, N, R, S]
        if (config.options().positions().relative()) {
            scores = tf.math.add(scores, RelativePositions.scores(place, q, k, sight));                // [B, N, R, S]
        }
        Operand<TFloat32> probabilities = tf.nn.softmax(tf.math.add(scores, sight.mask()));            // [B, N, R, S]
        Operand<TFloat32> kept =
                place.dropout().apply(tf, probabilities, config.attentionProbsDropoutProb());          // [B, N, R, S]
        Operand<T> context = place.batchMatMul(place.narrow(kept), v, false);                          // [B, N, R, D]
        Operand<T> byPosition = tf.linalg.transpose(context, tf.array(0, 2, 1, 3));                    // [B, R, N, D]
        return tf.reshape(byPosition, tf.array(-1, h));                                                // [B·R, H]
    }

    /** [B·S, H] → so many of [B, N, S, D], by one product and one transposition. */
    private static <T extends TFloating> List<Operand<T>> heads(
            Place<T> place, Dense dense, Operand<T> x, Sizes sizes, int count) {
        Ops tf = place.tf();
        ModelConfig config = place.config();
        Operand<TFloat32> product = dense.of(place, x);                                                // [B·S, 3·H]
        Operand<TFloat32> split = tf.reshape(
                product, sizes.batchByLength(count, config.numAttentionHeads(), config.headSize()));   // [B, S, 3, N, D]
        Operand<T> byHead = tf.linalg.transpose(place.narrow(split), tf.array(2, 0, 3, 1, 4));         // [3, B, N, S, D]
        return List.copyOf(tf.unstack(byHead, (long) count).output());
    }
}
