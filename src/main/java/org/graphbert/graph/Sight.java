package org.graphbert.graph;

import org.graphbert.config.PositionEmbedding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What each position sees of the others. It is the same in all layers, and so computed once. B batch, S sequence.
 *
 * @param sizes B and S
 * @param mask what is added to the scores, [B, 1, 1, S] or [B, 1, S, S]
 * @param rotary the angles of rotary positions; null without them
 */
record Sight(Sizes sizes, Operand<TFloat32> mask, Rotary rotary) {

    /** What a masked position adds to a score before the softmax (modeling.py). */
    private static final float MASKED = -10000f;

    static Sight of(Place bert, Inputs inputs, Sizes sizes) {
        Ops tf = bert.tf();
        Operand<TFloat32> mask = inputs.packed() == null
                ? mask(tf, inputs.inputMask())                                                         // [B, 1, 1, S]
                : pairMask(tf, inputs.packed().pairIds());                                             // [B, 1, S, S]
        boolean rotary = bert.config().options().positions() == PositionEmbedding.ROTARY;
        return new Sight(sizes, mask, rotary ? Rotary.of(tf, sizes, bert.config().headSize()) : null);
    }

    /**
     * The additive mask of sequences that hold one pair.
     *
     * @param inputMask [B, S] 1 for a token, 0 for padding
     * @return [B, 1, 1, S] 0 for a token, −10000 for padding
     */
    private static Operand<TFloat32> mask(Ops tf, Operand<TInt32> inputMask) {
        Operand<TFloat32> token = tf.dtypes.cast(inputMask, TFloat32.class);                           // [B, S]
        Operand<TFloat32> added =
                tf.math.mul(tf.math.sub(tf.constant(1f), token), tf.constant(MASKED));                 // [B, S]
        return tf.expandDims(tf.expandDims(added, tf.constant(1)), tf.constant(1));                    // [B, 1, 1, S]
    }

    /**
     * The additive mask of packed pairs: a token sees the tokens of its own pair alone. What −10000 is added to has no
     * weight at all after the softmax: exp(−10000) is 0 in float32.
     *
     * @param pairIds [B, S] from 1; 0 for padding, which sees padding
     * @return [B, 1, S, S] 0 within a pair, −10000 between two
     */
    private static Operand<TFloat32> pairMask(Ops tf, Operand<TInt32> pairIds) {
        Operand<TInt32> from = tf.expandDims(pairIds, tf.constant(2));                                 // [B, S, 1]
        Operand<TInt32> to = tf.expandDims(pairIds, tf.constant(1));                                   // [B, 1, S]
        Operand<TFloat32> other = tf.dtypes.cast(tf.math.notEqual(from, to), TFloat32.class);          // [B, S, S]
        return tf.expandDims(tf.math.mul(other, tf.constant(MASKED)), tf.constant(1));                 // [B, 1, S, S]
    }
}
