package org.graphbert.graph;

import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * One layer of the encoder: self-attention and feed-forward, each with dropout, a residual and a LayerNorm (Vaswani et al.
 * 2017, section 3.1; modeling.py, transformer_model). B batch, S sequence, R positions that ask
 * and go on (S, or some), H hidden, I intermediate.
 */
final class TransformerLayer {

    private TransformerLayer() {}

    /**
     * The layer.
     *
     * @param x [B·S, H]
     * @return [B·R, H]
     */
    static Operand<TFloat32> build(Place<?> place, Operand<TFloat32> x, Sight sight) {
        return place.config().options().preLayerNorm() ? normFirst(place, x, sight) : normLast(place, x, sight);
    }

    /** BERT's: x ← LayerNorm(x + dropout(dense(sub-layer(x)))). */
    private static <T extends TFloating> Operand<TFloat32> normLast(Place<T> place, Operand<TFloat32> x, Sight sight) {
        int h = place.config().hiddenSize();
        int i = place.config().intermediateSize();
        Place<T> attention = place.sub("attention");
        Place<T> projection = attention.sub("output");
        Place<T> output = place.sub("output");

        Operand<TFloat32> asking = sight.askingOf(place.tf(), x);                             // [B·R, H]
        Operand<T> context = SelfAttention.build(attention, asking, x, sight);         // [B·R, H]
        Operand<TFloat32> seen = residual(projection, context, h, asking);                    // [B·R, H]
        Operand<TFloat32> attended = Layers.layerNorm(projection, seen, h);                   // [B·R, H]

        Operand<TFloat32> wide = FeedForward.build(place.sub("intermediate"), attended);      // [B·R, I]
        Operand<TFloat32> sum = residual(output, output.narrow(wide), i, attended);           // [B·R, H]
        return Layers.layerNorm(output, sum, h);                                              // [B·R, H]
    }

    /**
     * x ← x + dropout(dense(sub-layer(LayerNorm(x)))) (Xiong et al. 2020; Shoeybi et al. 2019, section 5.3, whose names
     * these are).
     */
    private static <T extends TFloating> Operand<TFloat32> normFirst(Place<T> place, Operand<TFloat32> x, Sight sight) {
        int h = place.config().hiddenSize();
        int i = place.config().intermediateSize();
        Place<T> attention = place.sub("attention");
        Place<T> intermediate = place.sub("intermediate");

        Operand<TFloat32> normal = Layers.layerNorm(attention, x, h);                         // [B·S, H]
        Operand<T> context = SelfAttention.build(
                attention, sight.askingOf(place.tf(), normal), normal, sight);                // [B·R, H]
        Operand<TFloat32> attended = residual(
                attention.sub("output"), context, h, sight.askingOf(place.tf(), x));          // [B·R, H]

        Operand<TFloat32> again = Layers.layerNorm(intermediate, attended, h);                // [B·R, H]
        Operand<TFloat32> wide = FeedForward.build(intermediate, again);                      // [B·R, I]
        Place<T> output = place.sub("output");
        return residual(output, output.narrow(wide), i, attended);                            // [B·R, H]
    }

    /** x + dropout(dense(y)), y of that width. */
    private static <T extends TFloating> Operand<TFloat32> residual(
            Place<T> output, Operand<T> y, int width, Operand<TFloat32> x) {
        Ops tf = output.tf();
        ModelConfig config = output.config();
        Operand<TFloat32> projected = Layers.dense(output, "dense", y, width, config.hiddenSize()); // [B·R, H]
        return tf.math.add(output.dropout().apply(tf, projected, config.hiddenDropoutProb()), x);   // [B·R, H]
    }
}
