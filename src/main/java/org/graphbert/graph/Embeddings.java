package org.graphbert.graph;

import java.util.List;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The sum of token, segment and position embeddings, normalised (Devlin et al. 2018, section 3; modeling.py,
 * embedding_postprocessor). B batch, S sequence, H hidden, E embedding size (H unless factorised), V vocabulary.
 *
 * @param output [B·S, E]
 * @param table [V, E] the token embeddings, which the masked-LM head shares
 */
record Embeddings(Operand<TFloat32> output, Operand<TFloat32> table) {

    static Embeddings build(Place<?> bert, Inputs inputs, Sizes sizes) {
        Place<?> place = bert.sub("embeddings");
        Ops tf = place.tf();
        ModelConfig config = place.config();
        int e = config.embeddingSize();

        Operand<TFloat32> table = place.weight("word_embeddings", config.vocabSize(), e);  // [V, E]
        Operand<TFloat32> tokens = tf.gather(table, inputs.inputIds(), tf.constant(0));    // [B, S, E]
        Operand<TFloat32> sum = tf.math.add(tokens, segments(place, inputs, sizes));       // [B, S, E]
        if (config.options().positions() == PositionEmbedding.ABSOLUTE) {
            sum = tf.math.add(sum, positions(place, inputs, sizes));                       // [B, S, E]
        }
        Operand<TFloat32> flat = tf.reshape(sum, tf.array(-1, e));                         // [B·S, E]
        // Before the first sub-layer stands a LayerNorm of its own where LayerNorm comes first.
        Operand<TFloat32> normal = config.options().preLayerNorm()
                ? flat
                : Layers.layerNorm(place, flat, e);                                        // [B·S, E]
        Operand<TFloat32> output = place.dropout().apply(tf, normal, config.hiddenDropoutProb()); // [B·S, E]
        return new Embeddings(output, table);
    }

    /** A product with the one-hot segment: its gradient is a product too, not a scatter onto two rows. */
    private static Operand<TFloat32> segments(Place<?> place, Inputs inputs, Sizes sizes) {
        Ops tf = place.tf();
        int e = place.config().embeddingSize();
        int types = place.config().typeVocabSize();
        Operand<TFloat32> table = place.weight("token_type_embeddings", types, e);         // [2, E]
        Operand<TInt32> ids = tf.reshape(inputs.segmentIds(), tf.array(-1));               // [B·S]
        Operand<TFloat32> oneHot =
                tf.oneHot(ids, tf.constant(types), tf.constant(1f), tf.constant(0f));      // [B·S, 2]
        return tf.reshape(tf.linalg.matMul(oneHot, table), sizes.batchByLength(e));        // [B, S, E]
    }

    /** The first S rows of the table; in packed sequences, whose pairs each begin at 0, a row for each token. */
    private static Operand<TFloat32> positions(Place<?> place, Inputs inputs, Sizes sizes) {
        Ops tf = place.tf();
        int e = place.config().embeddingSize();
        Operand<TFloat32> table =
                place.weight("position_embeddings", place.config().maxPositionEmbeddings(), e); // [512, E]
        return inputs.packed() == null
                ? tf.slice(table, tf.array(0, 0), tf.stack(List.of(sizes.length(), tf.constant(e)))) // [S, E]
                : tf.gather(table, inputs.packed().positionIds(), tf.constant(0));         // [B, S, E]
    }
}
