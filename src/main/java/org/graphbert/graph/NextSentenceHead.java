package org.graphbert.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The next-sentence head (run_pretraining.py, get_next_sentence_output). M pairs, H hidden. In float32 always: its product
 * is too small to be worth anything less.
 */
final class NextSentenceHead {

    /** Classes: 0 = IsNext, 1 = NotNext. */
    static final int CLASSES = 2;

    private NextSentenceHead() {}

    /**
     * The logits of the two classes.
     *
     * @param pooled [M, H]
     * @return [M, 2]
     */
    static Operand<TFloat32> logits(Place<?> cls, Operand<TFloat32> pooled) {
        Place<?> place = cls.sub("seq_relationship");
        Ops tf = place.tf();
        Operand<TFloat32> weights = place.weight("output_weights", CLASSES, place.config().hiddenSize()); // [2, H]
        Operand<TFloat32> product = tf.linalg.matMul(pooled, weights, MatMul.transposeB(true));           // [M, 2]
        return tf.nn.biasAdd(product, place.zeros("output_bias", CLASSES));                               // [M, 2]
    }
}
