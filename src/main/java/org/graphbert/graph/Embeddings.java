package org.graphbert.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The sum of token, segment and position embeddings, normalised (Devlin et al. 2018, section 3; modeling.py,
 * embedding_postprocessor). B batch, S sequence, H hidden, V vocabulary.
 *
 * @param output [B·S, H]
 * @param table [V, H] the token embeddings, which the masked-LM head shares
 */
record Embeddings(Operand<TFloat32> output, Operand<TFloat32> table) {

    static Embeddings build(Place bert, Inputs inputs, Sizes sizes) {
        Place place = bert.sub("embeddings");
        Ops tf = place.tf();
        int v = place.config().vocabSize();
        int h = place.config().hiddenSize();
        int types = place.config().typeVocabSize();
        int positions = place.config().maxPositionEmbeddings();

        Operand<TFloat32> table = place.weight("word_embeddings", v, h);                   // [V, H]
        Operand<TFloat32> tokens = tf.gather(table, inputs.inputIds(), tf.constant(0));    // [B, S, H]

        // A product with the one-hot segment: its gradient is a product too, not a scatter onto two rows.
        Operand<TFloat32> typeTable = place.weight("token_type_embeddings", types, h);     // [2, H]
        Operand<TInt32> flatTypes = tf.reshape(inputs.segmentIds(), tf.array(-1));         // [B·S]
        Operand<TFloat32> oneHot =
                tf.oneHot(flatTypes, tf.constant(types), tf.constant(1f), tf.constant(0f)); // [B·S, 2]
        Operand<TFloat32> segments =
                tf.reshape(tf.linalg.matMul(oneHot, typeTable), sizes.batchByLength(h));   // [B, S, H]

        Operand<TFloat32> positionTable = place.weight("position_embeddings", positions, h); // [512, H]
        Operand<TFloat32> places = inputs.packed() == null
                ? tf.slice(positionTable, tf.array(0, 0), tf.stack(List.of(sizes.length(), tf.constant(h)))) // [S, H]
                : tf.gather(positionTable, inputs.packed().positionIds(), tf.constant(0)); // [B, S, H]

        Operand<TFloat32> sum = tf.math.add(tf.math.add(tokens, segments), places);     // [B, S, H]
        Operand<TFloat32> flat = tf.reshape(sum, tf.array(-1, h));                         // [B·S, H]
        Operand<TFloat32> normal = Layers.layerNorm(place, flat);                          // [B·S, H]
        Operand<TFloat32> output =
                place.dropout().apply(tf, normal, place.config().hiddenDropoutProb());     // [B·S, H]
        return new Embeddings(output, table);
    }
}
