package org.graphbert.graph;

import org.graphbert.config.PositionEmbedding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Which positions ask, and what they see of all. It is the same in all layers, and so computed once; only in the last one
 * fewer may ask. B batch, S sequence, R positions that ask: S, or some of each sequence.
 *
 * @param sizes B and S
 * @param asking which ask; null for all
 * @param pairs [B, S] the pair of each position, from 1, in int64: int32 is compared on the host, also in a graph on a GPU;
 *     null unless pairs are packed
 * @param mask what is added to the scores, [B, 1, 1, S] or [B, 1, R, S]
 * @param queries the angles of rotary positions for those who ask; null without them
 * @param keys the same for all positions
 */
record Sight(
        Sizes sizes, Rows asking, Operand<TInt64> pairs, Operand<TFloat32> mask, Rotary queries, Rotary keys) {

    /** What a masked position adds to a score before the softmax (modeling.py). */
    private static final float MASKED = -10000f;

    /** All positions ask. */
    static Sight ofAll(Place<?> bert, Inputs inputs, Sizes sizes) {
        Ops tf = bert.tf();
        Operand<TInt64> pairs = inputs.packed() == null
                ? null
                : tf.dtypes.cast(inputs.packed().pairIds(), TInt64.class);                             // [B, S]
        Operand<TFloat32> mask = pairs == null
                ? mask(tf, inputs.inputMask())                                                         // [B, 1, 1, S]
                : pairMask(tf, pairs, pairs);                                                          // [B, 1, S, S]
        Rotary rotary = bert.config().options().positions() == PositionEmbedding.ROTARY
                ? Rotary.of(tf, sizes, bert.config().headSize())
                : null;
        return new Sight(sizes, null, pairs, mask, rotary, rotary);
    }

    /**
     * These positions ask, what all would see.
     *
     * @param positions [B, R]
     */
    Sight of(Ops tf, Operand<TInt32> positions) {
        Rows rows = Rows.of(tf, sizes, positions);
        return new Sight(
                sizes,
                rows,
                pairs,
                pairs == null ? mask : pairMask(tf, pairsOf(tf, rows), pairs),
                queries == null ? null : queries.at(tf, positions),
                keys);
    }

    /** [B, R] the pairs that the asking positions belong to. */
    private Operand<TInt64> pairsOf(Ops tf, Rows rows) {
        Operand<TInt64> all = tf.reshape(pairs, tf.array(-1));                                         // [B·S]
        return tf.reshape(tf.gather(all, rows.indices(), tf.constant(0)), tf.shape(rows.positions()));
    }

    /** The rows of those who ask, [B·R, H], out of [B·S, H]. */
    Operand<TFloat32> askingOf(Ops tf, Operand<TFloat32> x) {
        return asking == null ? x : asking.of(tf, x);
    }

    /** B and R. */
    Sizes askingSizes() {
        return asking == null ? sizes : asking.sizes();
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
     * @param asking [B, R] the pair, from 1, of those who ask; 0 for padding, which sees padding
     * @param seen [B, S] the pair of each position
     * @return [B, 1, R, S] 0 within a pair, −10000 between two
     */
    private static Operand<TFloat32> pairMask(Ops tf, Operand<TInt64> asking, Operand<TInt64> seen) {
        Operand<TInt64> from = tf.expandDims(asking, tf.constant(2));                                  // [B, R, 1]
        Operand<TInt64> to = tf.expandDims(seen, tf.constant(1));                                      // [B, 1, S]
        Operand<TFloat32> other = tf.dtypes.cast(tf.math.notEqual(from, to), TFloat32.class);          // [B, R, S]
        return tf.expandDims(tf.math.mul(other, tf.constant(MASKED)), tf.constant(1));                 // [B, 1, R, S]
    }
}
