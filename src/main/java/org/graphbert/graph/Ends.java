package org.graphbert.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What the heads look at: each pair's [CLS] and the masked positions. Where nothing else of the last layer is asked for,
 * these rows alone are computed there: a sixth of the positions at the reference's mask rate. B batch, S sequence, K pairs
 * of a sequence (1 unless packed), P predictions.
 *
 * @param cls [B·K, H] the output at [CLS]; null without a pair head
 * @param masked [B·P, H] the output at the masked positions
 */
record Ends(Operand<TFloat32> cls, Operand<TFloat32> masked) {

    /** [B, K + P]: the positions that the heads look at, those of [CLS] first; [B, P] without a pair head. */
    static Operand<TInt32> positions(Place<?> bert, Inputs inputs, Sizes sizes) {
        Ops tf = bert.tf();
        return bert.config().options().pairHead()
                ? tf.concat(List.of(cls(tf, inputs, sizes), inputs.maskedLmPositions()), tf.constant(1))
                : inputs.maskedLmPositions();
    }

    /** [B, K] where [CLS] stands: at the first position, unless pairs are packed. */
    private static Operand<TInt32> cls(Ops tf, Inputs inputs, Sizes sizes) {
        return inputs.packed() == null
                ? tf.fill(tf.stack(List.of(sizes.batch(), tf.constant(1))), tf.constant(0))
                : inputs.packed().clsPositions();
    }

    /** Out of the outputs at all positions, [B·S, H]. */
    static Ends ofAll(Place<?> bert, Inputs inputs, Sizes sizes, Operand<TFloat32> output) {
        Ops tf = bert.tf();
        Operand<TFloat32> cls = bert.config().options().pairHead()
                ? Rows.of(tf, sizes, cls(tf, inputs, sizes)).of(tf, output)                       // [B·K, H]
                : null;
        return new Ends(cls, Rows.of(tf, sizes, inputs.maskedLmPositions()).of(tf, output));      // [B·P, H]
    }

    /** Out of the outputs at {@link #positions} alone, [B·(K + P), H]. */
    static Ends ofThese(Place<?> bert, Inputs inputs, Sizes sizes, Operand<TFloat32> output) {
        Ops tf = bert.tf();
        if (!bert.config().options().pairHead()) {
            return new Ends(null, output);
        }
        int h = bert.config().hiddenSize();
        Operand<TInt32> k = inputs.packed() == null
                ? tf.constant(1)
                : Sizes.of(tf, inputs.packed().clsPositions()).length();
        Operand<TFloat32> bySequence = tf.reshape(
                output, tf.stack(List.of(sizes.batch(), tf.constant(-1), tf.constant(h))));       // [B, K + P, H]
        var parts = tf.splitV(bySequence, tf.stack(List.of(k, tf.constant(-1))), tf.constant(1), 2L).output();
        return new Ends(tf.reshape(parts.get(0), tf.array(-1, h)), tf.reshape(parts.get(1), tf.array(-1, h)));
    }
}
