package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * BERT's encoder (Devlin et al. 2018; modeling.py, BertModel): embeddings, transformer layers, and the pooler over each
 * pair's [CLS]. B batch, S sequence, K pairs of a sequence (1 unless packed), P predictions, H hidden, E embedding
 * size (H unless factorised).
 *
 * @param embeddings the input embeddings and their table
 * @param states the first layer's input and each layer's output, [B·S, H]; the last one's only where it was asked for whole
 * @param sequenceOutput [B, S, H] the last layer's output, normalised where LayerNorm comes first; null where it was not
 *     asked for
 * @param masked [B·P, H] of that the rows of the masked positions
 * @param pooledOutput [B·K, H] tanh of a dense layer over the output at [CLS]; null without a pair head
 */
record Encoder(
        Embeddings embeddings,
        List<Operand<TFloat32>> states,
        Operand<TFloat32> sequenceOutput,
        Operand<TFloat32> masked,
        Operand<TFloat32> pooledOutput) {

    /**
     * The encoder.
     *
     * @param whole whether the last layer's output is asked for at all positions, or only where the heads look
     */
    static <T extends TFloating> Encoder build(Place<T> model, Inputs inputs, boolean whole) {
        Place<T> bert = model.sub("bert");
        Ops tf = bert.tf();
        ModelConfig config = bert.config();
        EncoderOptions options = config.options();
        int h = config.hiddenSize();
        Sizes sizes = Sizes.of(tf, inputs.inputIds());
        Embeddings embeddings = Embeddings.build(bert, inputs, sizes);
        Sight all = Sight.ofAll(bert, inputs, sizes);
        Sight last = whole ? all : all.of(tf, Ends.positions(bert, inputs, sizes));

        Place<T> stack = bert.sub("encoder");
        Operand<TFloat32> x = embeddings.output();                                           // [B·S, E]
        if (options.embeddingSize() != null) {
            x = Layers.dense(
                    stack, "embedding_hidden_mapping_in", stack.narrow(x), config.embeddingSize(), h); // [B·S, H]
        }
        List<Operand<TFloat32>> states = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            states.add(x);
            x = TransformerLayer.build(layer(stack, i), x, i == config.numHiddenLayers() - 1 ? last : all); // [B·S, H]
        }
        if (whole) {
            states.add(x);
        }
        Operand<TFloat32> output = options.preLayerNorm() ? Layers.layerNorm(stack, x, h) : x; // [B·S, H], or few of S
        Ends ends = whole
                ? Ends.ofAll(bert, inputs, sizes, output)
                : Ends.ofThese(bert, inputs, sizes, output);                                   // [B·K, H], [B·P, H]
        return new Encoder(
                embeddings,
                states,
                whole ? tf.reshape(output, sizes.batchByLength(h)) : null,
                ends.masked(),
                options.pairHead() ? pooled(bert.sub("pooler"), ends.cls()) : null);
    }

    /** A layer's variables are its own, or those of the group of layers that it belongs to (Lan et al. 2019). */
    private static Place<?> layer(Place<?> stack, int i) {
        ModelConfig config = stack.config();
        return config.options().hiddenGroups() == null
                ? stack.sub("layer_" + i)
                : stack.sub("layer_" + i, "group_" + config.group(i));
    }

    /** tanh(dense(output at [CLS])). */
    private static <T extends TFloating> Operand<TFloat32> pooled(Place<T> place, Operand<TFloat32> cls) {
        int h = place.config().hiddenSize();
        return place.tf().math.tanh(Layers.dense(place, "dense", place.narrow(cls), h, h)); // [B·K, H]
    }
}
