package org.graphbert.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The placeholders of a batch, int32 but for the weights.
 *
 * @param inputIds [B, S]
 * @param inputMask [B, S] 1 for a token, 0 for padding
 * @param segmentIds [B, S]
 * @param maskedLmPositions [B, P]
 * @param maskedLmIds [B, P]
 * @param maskedLmWeights float32 [B, P]
 * @param nextSentenceLabels [B] 0 = IsNext, 1 = NotNext; like maskedLmIds and maskedLmWeights null in a model that answers
 */
public record Inputs(
        Operand<TInt32> inputIds,
        Operand<TInt32> inputMask,
        Operand<TInt32> segmentIds,
        Operand<TInt32> maskedLmPositions,
        Operand<TInt32> maskedLmIds,
        Operand<TFloat32> maskedLmWeights,
        Operand<TInt32> nextSentenceLabels) {

    /** A size that is left free until the graph runs. */
    public static final long FREE = Shape.UNKNOWN_SIZE;

    /**
     * Creates the placeholders.
     *
     * @param batch B, or {@link #FREE}
     * @param length S, or {@link #FREE}
     * @param predictions P, or {@link #FREE}
     */
    public static Inputs create(Ops tf, long batch, long length, long predictions) {
        Shape bySequence = Shape.of(batch, length);
        Shape byPrediction = Shape.of(batch, predictions);
        return new Inputs(
                ints(tf, "input_ids", bySequence),
                ints(tf, "input_mask", bySequence),
                ints(tf, "segment_ids", bySequence),
                ints(tf, "masked_lm_positions", byPrediction),
                ints(tf, "masked_lm_ids", byPrediction),
                tf.withName("masked_lm_weights").placeholder(TFloat32.class, Placeholder.shape(byPrediction)),
                ints(tf, "next_sentence_labels", Shape.of(batch)));
    }

    /** The placeholders of a model that answers: no labels, all sizes free. */
    static Inputs unlabelled(Ops tf) {
        Shape free = Shape.of(FREE, FREE);
        return new Inputs(
                ints(tf, "input_ids", free),
                ints(tf, "input_mask", free),
                ints(tf, "segment_ids", free),
                ints(tf, "masked_lm_positions", free),
                null,
                null,
                null);
    }

    private static Operand<TInt32> ints(Ops tf, String name, Shape shape) {
        return tf.withName(name).placeholder(TInt32.class, Placeholder.shape(shape));
    }
}
