package org.graphbert.data;

import java.util.Arrays;

/**
 * One record, as google-research/bert's create_pretraining_data.py writes it; fixed lengths, padded with 0. Letters:
 * S positions, P predictions.
 *
 * @param inputIds [S] token ids after masking
 * @param inputMask [S] 1 for a token, 0 for padding
 * @param segmentIds [S] 0 for [CLS] A [SEP], 1 for B [SEP]; 0 throughout for a single text
 * @param maskedLmPositions [P] chosen positions, ascending
 * @param maskedLmIds [P] the original ids there
 * @param maskedLmWeights [P] 1 for a prediction, 0 for padding
 * @param nextSentenceLabel 0 = IsNext, 1 = NotNext; what else it may mean, {@link PairTask} says
 */
public record Example(
        int[] inputIds,
        int[] inputMask,
        int[] segmentIds,
        int[] maskedLmPositions,
        int[] maskedLmIds,
        float[] maskedLmWeights,
        int nextSentenceLabel) {

    public Example {
        same("input_mask", inputMask.length, "input_ids", inputIds.length);
        same("segment_ids", segmentIds.length, "input_ids", inputIds.length);
        same("masked_lm_ids", maskedLmIds.length, "masked_lm_positions", maskedLmPositions.length);
        same("masked_lm_weights", maskedLmWeights.length, "masked_lm_positions", maskedLmPositions.length);
        within("input_ids", inputIds, Integer.MAX_VALUE);
        within("input_mask", inputMask, 1);
        within("segment_ids", segmentIds, Integer.MAX_VALUE);
        within("masked_lm_positions", maskedLmPositions, inputIds.length - 1);
        within("masked_lm_ids", maskedLmIds, Integer.MAX_VALUE);
        if (nextSentenceLabel != 0 && nextSentenceLabel != 1) {
            throw new IllegalArgumentException("next_sentence_labels is " + nextSentenceLabel + ", expected 0 or 1");
        }
    }

    /** A masked pair, padded to S = maxSeqLength and P = maxPredictions. */
    static Example of(Pair pair, Masked masked, int maxSeqLength, int maxPredictions) {
        int length = pair.length();
        int[] inputMask = new int[maxSeqLength];
        Arrays.fill(inputMask, 0, length, 1);
        int[] segmentIds = new int[maxSeqLength];
        Arrays.fill(segmentIds, pair.secondSegment(), length, 1);
        return new Example(
                Arrays.copyOf(masked.ids(), maxSeqLength),
                inputMask,
                segmentIds,
                Arrays.copyOf(masked.positions(), maxPredictions),
                Arrays.copyOf(masked.labels(), maxPredictions),
                weights(masked.positions().length, maxPredictions),
                pair.label());
    }

    /** The same record under another choice of masked tokens. */
    Example with(Masked masked) {
        int predictions = maskedLmPositions.length;
        return new Example(
                Arrays.copyOf(masked.ids(), inputIds.length),
                inputMask,
                segmentIds,
                Arrays.copyOf(masked.positions(), predictions),
                Arrays.copyOf(masked.labels(), predictions),
                weights(masked.positions().length, predictions),
                nextSentenceLabel);
    }

    /** How many positions hold a token. */
    public int length() {
        int length = 0;
        for (int m : inputMask) {
            length += m;
        }
        return length;
    }

    /** How many predictions count. */
    public int predictions() {
        int predictions = 0;
        for (float w : maskedLmWeights) {
            predictions += w > 0 ? 1 : 0;
        }
        return predictions;
    }

    /** The tokens before masking, without padding: the labels put back in their places. */
    public int[] originalTokens() {
        int[] tokens = Arrays.copyOf(inputIds, length());
        for (int p = 0; p < maskedLmPositions.length; p++) {
            if (maskedLmWeights[p] > 0) {
                tokens[maskedLmPositions[p]] = maskedLmIds[p];
            }
        }
        return tokens;
    }

    private static float[] weights(int predictions, int room) {
        float[] weights = new float[room];
        Arrays.fill(weights, 0, predictions, 1);
        return weights;
    }

    private static void same(String name, int found, String other, int expected) {
        if (found != expected) {
            throw new IllegalArgumentException(
                    name + " has " + found + " elements, expected " + expected + " as " + other);
        }
    }

    private static void within(String name, int[] values, int most) {
        int signs = 0;
        for (int value : values) { // without a branch, as each record that is read comes through here
            signs |= value | most - value;
        }
        if (signs < 0) {
            int bad = Arrays.stream(values).filter(value -> value < 0 || value > most).findFirst().orElseThrow();
            throw new IllegalArgumentException(name + " holds " + bad + ", expected 0 to " + most);
        }
    }
}
