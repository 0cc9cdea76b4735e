package org.graphbert.graph;

import java.util.List;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The placeholders of a batch, int32 but for the weights. B sequences, S positions, P predictions a sequence, K places for
 * pairs in a sequence, 1 unless they are packed.
 *
 * @param inputIds [B, S]
 * @param inputMask [B, S] 1 for a token, 0 for padding; null where pairs are packed: their ids say it
 * @param segmentIds [B, S]
 * @param maskedLmPositions [B, P]
 * @param maskedLmIds [B, P]
 * @param maskedLmWeights float32 [B, P]
 * @param nextSentenceLabels [B·K] 0 = IsNext, 1 = NotNext; null without a pair head, and like maskedLmIds and
 *     maskedLmWeights in a model that answers
 * @param packed where the pairs stand; null where a sequence holds one
 */
public record Inputs(
        Operand<TInt32> inputIds,
        Operand<TInt32> inputMask,
        Operand<TInt32> segmentIds,
        Operand<TInt32> maskedLmPositions,
        Operand<TInt32> maskedLmIds,
        Operand<TFloat32> maskedLmWeights,
        Operand<TInt32> nextSentenceLabels,
        Packed packed) {

    /** A size that is left free until the graph runs. */
    public static final long FREE = Shape.UNKNOWN_SIZE;

    /** What the name of an int64 placeholder ends with. */
    public static final String WIDE = "_int64";

    /**
     * The placeholders of packed pairs, as {@link org.graphbert.config.Packing}.
     *
     * @param pairIds [B, S] from 1; 0 for padding
     * @param positionIds [B, S] from 0 with each pair; null where no table of positions is looked up
     * @param clsPositions [B, K]; null, as the weights, without a pair head
     * @param pairWeights float32 [B·K] 1 for a pair, 0 for a place without one
     */
    public record Packed(
            Operand<TInt32> pairIds,
            Operand<TInt32> positionIds,
            Operand<TInt32> clsPositions,
            Operand<TFloat32> pairWeights) {}

    /** The sizes of a batch, each may be {@link #FREE}; 0 places where pairs are not packed. */
    public record BatchSizes(long batch, long length, long predictions, long places) {

        /** Of sequences that hold one pair each. */
        public BatchSizes(long batch, long length, long predictions) {
            this(batch, length, predictions, 0);
        }

        boolean packed() {
            return places != 0;
        }

        /** B·K. */
        long pairs() {
            if (!packed()) {
                return batch;
            }
            return batch == FREE || places == FREE ? FREE : batch * places;
        }
    }

    /** Creates the placeholders that a model has a use for. */
    static Inputs create(Ops tf, ModelConfig config, BatchSizes sizes) {
        Shape bySequence = Shape.of(sizes.batch(), sizes.length());
        Shape byPrediction = Shape.of(sizes.batch(), sizes.predictions());
        Shape byPair = Shape.of(sizes.pairs());
        return new Inputs(
                ints(tf, "input_ids", bySequence),
                sizes.packed() ? null : ints(tf, "input_mask", bySequence),
                ints(tf, "segment_ids", bySequence),
                ints(tf, "masked_lm_positions", byPrediction),
                ints(tf, "masked_lm_ids", byPrediction),
                floats(tf, "masked_lm_weights", byPrediction),
                config.options().pairHead() ? ints(tf, "next_sentence_labels", byPair) : null,
                sizes.packed() ? packed(tf, config.options(), bySequence, sizes, byPair) : null);
    }

    private static Packed packed(Ops tf, EncoderOptions options, Shape bySequence, BatchSizes sizes, Shape byPair) {
        boolean looked = options.positions() == PositionEmbedding.ABSOLUTE;
        boolean paired = options.pairHead();
        return new Packed(
                ints(tf, "pair_ids", bySequence),
                looked ? ints(tf, "position_ids", bySequence) : null,
                paired ? ints(tf, "cls_positions", Shape.of(sizes.batch(), sizes.places())) : null,
                paired ? floats(tf, "pair_weights", byPair) : null);
    }

    /**
     * The placeholders of a model that answers: no labels, all sizes free. Each takes int32; fed instead the int64 placeholder
     * named as it and {@link #WIDE}, which the other is then the narrowed value of.
     */
    static Inputs unlabelled(Ops tf) {
        return new Inputs(
                eitherWidth(tf, "input_ids"),
                eitherWidth(tf, "input_mask"),
                eitherWidth(tf, "segment_ids"),
                eitherWidth(tf, "masked_lm_positions"),
                null,
                null,
                null,
                null);
    }

    /**
     * The placeholders of a model that classifies texts: no masked positions.
     *
     * @param texts [B, S], sizes may be free
     */
    static Inputs ofTexts(Ops tf, Shape texts) {
        Operand<TInt32> ids = ints(tf, "input_ids", texts);
        return texts(tf, ids, ints(tf, "input_mask", texts), ints(tf, "segment_ids", texts));
    }

    /** The same of a model that answers: all sizes free, each of either width. */
    static Inputs unlabelledTexts(Ops tf) {
        return texts(tf, eitherWidth(tf, "input_ids"), eitherWidth(tf, "input_mask"), eitherWidth(tf, "segment_ids"));
    }

    private static Inputs texts(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask, Operand<TInt32> segments) {
        Operand<TInt32> none = tf.fill(
                tf.stack(List.of(Sizes.of(tf, ids).batch(), tf.constant(0))), tf.constant(0));          // [B, 0]
        return new Inputs(ids, mask, segments, none, null, null, null, null);
    }

    private static Operand<TInt32> eitherWidth(Ops tf, String name) {
        Shape free = Shape.of(FREE, FREE);
        Operand<TInt64> wide = tf.withName(name + WIDE).placeholder(TInt64.class, Placeholder.shape(free));
        // A GPU keeps int32 in the host's memory here: narrowed there, nothing has to come back.
        Operand<TInt32> narrow = tf.withDevice(HostSizes.DEVICE).dtypes.cast(wide, TInt32.class);
        return tf.withName(name).placeholderWithDefault(narrow, free);
    }

    private static Operand<TInt32> ints(Ops tf, String name, Shape shape) {
        return tf.withName(name).placeholder(TInt32.class, Placeholder.shape(shape));
    }

    private static Operand<TFloat32> floats(Ops tf, String name, Shape shape) {
        return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(shape));
    }

    /** The same in a copy of the graph. */
    Inputs in(Reachable part) {
        return new Inputs(
                part.of(inputIds),
                part.of(inputMask),
                part.of(segmentIds),
                part.of(maskedLmPositions),
                part.of(maskedLmIds),
                part.of(maskedLmWeights),
                part.of(nextSentenceLabels),
                packed == null
                        ? null
                        : new Packed(
                                part.of(packed.pairIds()),
                                part.of(packed.positionIds()),
                                part.of(packed.clsPositions()),
                                part.of(packed.pairWeights())));
    }
}
