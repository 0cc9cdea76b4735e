package org.graphbert.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The masked-LM head over the selected positions alone (run_pretraining.py, get_masked_lm_output): dense, activation,
 * LayerNorm, and the product with the token embeddings. B batch, P predictions, H hidden, E embedding size (H
 * unless factorised), V vocabulary.
 */
final class MaskedLmHead {

    private MaskedLmHead() {}

    /**
     * The logits at the masked positions.
     *
     * @param masked [B·P, H] the encoder's output at the masked positions
     * @param table [V, E] the token embeddings
     * @return [B·P, V]
     */
    static <T extends TFloating> Operand<TFloat32> logits(
            Place<T> cls, Operand<TFloat32> masked, Operand<TFloat32> table) {
        Place<T> place = cls.sub("predictions");
        Ops tf = place.tf();
        int h = place.config().hiddenSize();
        int e = place.config().embeddingSize();
        int v = place.config().vocabSize();

        Place<T> transform = place.sub("transform");
        Operand<TFloat32> dense =
                Layers.dense(transform, "dense", transform.narrow(masked), h, e);       // [B·P, E]
        Operand<TFloat32> active =
                Layers.activation(transform.tf(), place.config().hiddenAct(), dense);   // [B·P, E]
        Operand<TFloat32> features = Layers.layerNorm(transform, active, e);            // [B·P, E]

        Operand<T> product = tf.linalg.matMul(
                place.narrow(features), place.narrow(table), MatMul.transposeB(true));  // [B·P, V]
        return tf.nn.biasAdd(place.widen(product), place.zeros("output_bias", v));      // [B·P, V]
    }
}
