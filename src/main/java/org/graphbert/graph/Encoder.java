package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * BERT's encoder (Devlin et al. 2018; modeling.py, BertModel): embeddings, post-LayerNorm transformer layers, and the
 * pooler over each pair's [CLS]. B batch, S sequence, K pairs of a sequence (1 unless packed), H hidden, I intermediate.
 *
 * @param sizes B and S
 * @param embeddings the input embeddings and their table
 * @param layers for each layer its output, [B·S, H]
 * @param sequenceOutput [B, S, H] the last layer's output
 * @param pooledOutput [B·K, H] tanh of a dense layer over the output at [CLS]
 */
record Encoder(
        Sizes sizes,
        Embeddings embeddings,
        List<Operand<TFloat32>> layers,
        Operand<TFloat32> sequenceOutput,
        Operand<TFloat32> pooledOutput) {

    /** The last layer's output, [B·S, H]. */
    Operand<TFloat32> output() {
        return layers.get(layers.size() - 1);
    }

    static Encoder build(Place model, Inputs inputs) {
        Place bert = model.sub("bert");
        Ops tf = bert.tf();
        Sizes sizes = Sizes.of(tf, inputs.inputIds());
        Embeddings embeddings = Embeddings.build(bert, inputs, sizes);
        Operand<TFloat32> mask = inputs.packed() == null
                ? SelfAttention.mask(tf, inputs.inputMask())                                 // [B, 1, 1, S]
                : SelfAttention.pairMask(tf, inputs.packed().pairIds());                     // [B, 1, S, S]

        Place stack = bert.sub("encoder");
        List<Operand<TFloat32>> layers = new ArrayList<>();
        Operand<TFloat32> x = embeddings.output();                                           // [B·S, H]
        for (int i = 0; i < bert.config().numHiddenLayers(); i++) {
            x = layer(stack.sub("layer_" + i), x, mask, sizes);                              // [B·S, H]
            layers.add(x);
        }
        Operand<TFloat32> sequence =
                tf.reshape(x, sizes.batchByLength(bert.config().hiddenSize()));              // [B, S, H]
        Place pooler = bert.sub("pooler");
        Operand<TFloat32> cls = inputs.packed() == null
                ? first(pooler, sequence)                                                    // [B, H]
                : Layers.rowsAt(pooler.tf(), x, sizes, inputs.packed().clsPositions());      // [B·K, H]
        return new Encoder(sizes, embeddings, layers, sequence, pooled(pooler, cls));
    }

    /** Attention and feed-forward, each followed by dropout, residual and LayerNorm. */
    private static Operand<TFloat32> layer(
            Place place, Operand<TFloat32> x, Operand<TFloat32> mask, Sizes sizes) {
        ModelConfig config = place.config();
        int h = config.hiddenSize();
        int i = config.intermediateSize();

        Place attention = place.sub("attention");
        Operand<TFloat32> context = SelfAttention.build(attention, x, mask, sizes);          // [B·S, H]
        Operand<TFloat32> attended = sublayerOutput(attention.sub("output"), context, h, x); // [B·S, H]

        Place intermediate = place.sub("intermediate");
        Operand<TFloat32> wide = Layers.dense(intermediate, "dense", attended, h, i);        // [B·S, I]
        Operand<TFloat32> active =
                Layers.activation(intermediate.tf(), config.hiddenAct(), wide);              // [B·S, I]
        return sublayerOutput(place.sub("output"), active, i, attended);                     // [B·S, H]
    }

    /** LayerNorm(residual + dropout(dense(x))). */
    private static Operand<TFloat32> sublayerOutput(
            Place output, Operand<TFloat32> x, int width, Operand<TFloat32> residual) {
        ModelConfig config = output.config();
        Operand<TFloat32> projected = Layers.dense(output, "dense", x, width, config.hiddenSize());       // [B·S, H]
        Operand<TFloat32> kept = output.dropout().apply(output.tf(), projected, config.hiddenDropoutProb()); // [B·S, H]
        return Layers.layerNorm(output, output.tf().math.add(kept, residual));                            // [B·S, H]
    }

    /** The output at the first position, where one pair's [CLS] stands. */
    private static Operand<TFloat32> first(Place place, Operand<TFloat32> sequence) {
        Ops tf = place.tf();
        int h = place.config().hiddenSize();
        Operand<TFloat32> first = tf.slice(sequence, tf.array(0, 0, 0), tf.array(-1, 1, h)); // [B, 1, H]
        return tf.reshape(first, tf.array(-1, h));                                           // [B, H]
    }

    /** tanh(dense(output at [CLS])). */
    private static Operand<TFloat32> pooled(Place place, Operand<TFloat32> cls) {
        int h = place.config().hiddenSize();
        return place.tf().math.tanh(Layers.dense(place, "dense", cls, h, h));                // [B·K, H]
    }
}
