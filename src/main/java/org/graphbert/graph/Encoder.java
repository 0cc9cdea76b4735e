package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * BERT's encoder (Devlin et al. 2018; modeling.py, BertModel): embeddings, transformer layers, and the pooler over each
 * pair's [CLS]. B batch, S sequence, K pairs of a sequence (1 unless packed), H hidden, E embedding size (H unless
 * factorised).
 *
 * @param sizes B and S
 * @param embeddings the input embeddings and their table
 * @param states the first layer's input and each layer's output, [B·S, H]
 * @param output [B·S, H] the last layer's output, normalised where LayerNorm comes first
 * @param pooledOutput [B·K, H] tanh of a dense layer over the output at [CLS]; null without a pair head
 */
record Encoder(
        Sizes sizes,
        Embeddings embeddings,
        List<Operand<TFloat32>> states,
        Operand<TFloat32> output,
        Operand<TFloat32> pooledOutput) {

    static Encoder build(Place model, Inputs inputs) {
        Place bert = model.sub("bert");
        ModelConfig config = bert.config();
        EncoderOptions options = config.options();
        int h = config.hiddenSize();
        Sizes sizes = Sizes.of(bert.tf(), inputs.inputIds());
        Embeddings embeddings = Embeddings.build(bert, inputs, sizes);
        Sight sight = Sight.of(bert, inputs, sizes);

        Place stack = bert.sub("encoder");
        Operand<TFloat32> x = embeddings.output();                                           // [B·S, E]
        if (options.embeddingSize() != null) {
            x = Layers.dense(stack, "embedding_hidden_mapping_in", x, config.embeddingSize(), h); // [B·S, H]
        }
        List<Operand<TFloat32>> states = new ArrayList<>(List.of(x));
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            x = TransformerLayer.build(layer(stack, i), x, sight);                           // [B·S, H]
            states.add(x);
        }
        Operand<TFloat32> output = options.preLayerNorm() ? Layers.layerNorm(stack, x, h) : x; // [B·S, H]
        Operand<TFloat32> pooled = options.pairHead()
                ? pooled(bert.sub("pooler"), output, inputs, sizes)                          // [B·K, H]
                : null;
        return new Encoder(sizes, embeddings, states, output, pooled);
    }

    /** A layer's variables are its own, or those of the group of layers that it belongs to (Lan et al. 2019). */
    private static Place layer(Place stack, int i) {
        ModelConfig config = stack.config();
        return config.options().hiddenGroups() == null
                ? stack.sub("layer_" + i)
                : stack.sub("layer_" + i, "group_" + config.group(i));
    }

    /** [B, S, H] the output by sequence. */
    Operand<TFloat32> sequenceOutput(Place model) {
        return model.tf().reshape(output, sizes.batchByLength(model.config().hiddenSize()));
    }

    /** tanh(dense(output at [CLS])): at each sequence's first position, unless packed. */
    private static Operand<TFloat32> pooled(Place place, Operand<TFloat32> output, Inputs inputs, Sizes sizes) {
        Ops tf = place.tf();
        int h = place.config().hiddenSize();
        Operand<TFloat32> cls = inputs.packed() == null
                ? first(tf, tf.reshape(output, sizes.batchByLength(h)), h)                   // [B, H]
                : Layers.rowsAt(tf, output, sizes, inputs.packed().clsPositions());          // [B·K, H]
        return tf.math.tanh(Layers.dense(place, "dense", cls, h, h));                        // [B·K, H]
    }

    private static Operand<TFloat32> first(Ops tf, Operand<TFloat32> sequence, int h) {
        Operand<TFloat32> first = tf.slice(sequence, tf.array(0, 0, 0), tf.array(-1, 1, h)); // [B, 1, H]
        return tf.reshape(first, tf.array(-1, h));                                           // [B, H]
    }
}
