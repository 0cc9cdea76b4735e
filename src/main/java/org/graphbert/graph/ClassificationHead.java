package org.graphbert.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The head for the classes of a text or of a pair of texts (Devlin et al. 2018, section 4.1; run_classifier.py,
 * create_model): dropout over the pooler's output, and one dense layer. B batch, H hidden, C classes.
 */
final class ClassificationHead {

    private ClassificationHead() {}

    /**
     * The logits of the classes. The variables' names are run_classifier.py's: {@code output_weights} [C, H] and {@code
     * output_bias} [C], at the root.
     *
     * @param pooled [B, H]
     * @return [B, C]
     */
    static Operand<TFloat32> logits(Place<?> model, Operand<TFloat32> pooled, int classes) {
        Ops tf = model.tf();
        Operand<TFloat32> weights = model.weight("output_weights", classes, model.config().hiddenSize()); // [C, H]
        Operand<TFloat32> kept =
                model.dropout().apply(tf, pooled, model.config().hiddenDropoutProb());                    // [B, H]
        Operand<TFloat32> product = tf.linalg.matMul(kept, weights, MatMul.transposeB(true));             // [B, C]
        return tf.nn.biasAdd(product, model.zeros("output_bias", classes));                               // [B, C]
    }
}
