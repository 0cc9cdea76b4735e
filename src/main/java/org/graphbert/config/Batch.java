package org.graphbert.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One batch of pre-training sequences, row-major. Letters: B sequences, S positions, P predictions a sequence, K places for
 * pairs in a sequence: 1, unless several are packed into it.
 *
 * @param size B
 * @param sequenceLength S
 * @param predictions P
 * @param inputIds [B, S] token ids after masking, 0-padded
 * @param inputMask [B, S] 1 for a token, 0 for padding
 * @param segmentIds [B, S] 0 for [CLS] A [SEP], 1 for B [SEP], 0 for padding
 * @param maskedLmPositions [B, P] selected positions in ascending order, 0-padded
 * @param maskedLmIds [B, P] the original ids there, 0-padded
 * @param maskedLmWeights [B, P] 1 for a prediction, 0 for padding
 * @param nextSentenceLabels [B, K] 0 = IsNext, 1 = NotNext; 0 for a place without a pair
 * @param records [B, K] the record numbers in the data set, to name them in an error; -1 for a place without a pair
 * @param paired whether the pair labels are there to be learnt; not where a record is one segment
 * @param packing where the pairs of a sequence stand; null where a sequence holds one
 */
public record Batch(
        int size,
        int sequenceLength,
        int predictions,
        int[] inputIds,
        int[] inputMask,
        int[] segmentIds,
        int[] maskedLmPositions,
        int[] maskedLmIds,
        float[] maskedLmWeights,
        int[] nextSentenceLabels,
        long[] records,
        boolean paired,
        Packing packing) {

    public Batch {
        int places = packing == null ? 1 : packing.places();
        require("inputIds", inputIds.length, size * sequenceLength);
        require("inputMask", inputMask.length, size * sequenceLength);
        require("segmentIds", segmentIds.length, size * sequenceLength);
        require("maskedLmPositions", maskedLmPositions.length, size * predictions);
        require("maskedLmIds", maskedLmIds.length, size * predictions);
        require("maskedLmWeights", maskedLmWeights.length, size * predictions);
        require("nextSentenceLabels", nextSentenceLabels.length, size * places);
        require("records", records.length, size * places);
        if (packing != null) {
            require("packing.pairIds", packing.pairIds().length, size * sequenceLength);
            require("packing.pairWeights", packing.pairWeights().length, size * places);
        }
    }

    /** A labelled pair in each sequence. */
    public Batch(
            int size,
            int sequenceLength,
            int predictions,
            int[] inputIds,
            int[] inputMask,
            int[] segmentIds,
            int[] maskedLmPositions,
            int[] maskedLmIds,
            float[] maskedLmWeights,
            int[] nextSentenceLabels,
            long[] records) {
        this(size, sequenceLength, predictions, inputIds, inputMask, segmentIds, maskedLmPositions, maskedLmIds,
                maskedLmWeights, nextSentenceLabels, records, true, null);
    }

    /** K. */
    public int places() {
        return packing == null ? 1 : packing.places();
    }

    /** How many records it holds. */
    public int examples() {
        return packing == null ? size : packing.pairs();
    }

    /** How many pair labels the pair loss averages over. */
    public int pairs() {
        return paired ? examples() : 0;
    }

    /** The sum of the prediction weights: the number of tokens that the masked-LM loss averages over. */
    public double weight() {
        double sum = 0;
        for (float w : maskedLmWeights) {
            sum += w;
        }
        return sum;
    }

    /** How many positions hold a token. */
    public long tokens() {
        long sum = 0;
        for (int m : inputMask) {
            sum += m;
        }
        return sum;
    }

    /**
     * Refuses ids that a model has no embedding for; records of unknown origin may hold any.
     *
     * @param where the data set, for the message
     */
    public void requireIds(Object where, int vocabSize, int segments) {
        requireBelow(where, "input id", inputIds, sequenceLength, vocabSize, "entries in the vocabulary");
        requireBelow(where, "masked-LM id", maskedLmIds, predictions, vocabSize, "entries in the vocabulary");
        requireBelow(where, "segment id", segmentIds, sequenceLength, segments, "segment types");
        requireBelow(where, "masked-LM position", maskedLmPositions, predictions, sequenceLength, "positions");
        requireBelow(where, "next-sentence label", nextSentenceLabels, places(), 2, "classes");
    }

    private void requireBelow(Object where, String what, int[] values, int row, int limit, String unit) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] >= limit) {
                throw Failure.data(
                        "%s: %s has %s %d, but the model has %d %s; prepare the data for this model, or choose another",
                        where, named(i / row), what, values[i], limit, unit);
            }
        }
    }

    private String named(int sequence) {
        if (packing == null) {
            return "record " + records[sequence];
        }
        return LongStream.of(records)
                .skip((long) sequence * places())
                .limit(places())
                .filter(record -> record >= 0)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "one of the records ", ""));
    }

    /** The same sequences in that many batches of equal size. */
    public List<Batch> split(int parts) {
        if (parts == 1) {
            return List.of(this);
        }
        if (size % parts != 0) {
            throw new IllegalArgumentException(size + " sequences do not divide into " + parts + " equal batches");
        }
        List<Batch> batches = new ArrayList<>();
        int b = size / parts;
        for (int i = 0; i < size; i += b) {
            batches.add(new Batch(
                    b,
                    sequenceLength,
                    predictions,
                    Arrays.copyOfRange(inputIds, i * sequenceLength, (i + b) * sequenceLength),
                    Arrays.copyOfRange(inputMask, i * sequenceLength, (i + b) * sequenceLength),
                    Arrays.copyOfRange(segmentIds, i * sequenceLength, (i + b) * sequenceLength),
                    Arrays.copyOfRange(maskedLmPositions, i * predictions, (i + b) * predictions),
                    Arrays.copyOfRange(maskedLmIds, i * predictions, (i + b) * predictions),
                    Arrays.copyOfRange(maskedLmWeights, i * predictions, (i + b) * predictions),
                    Arrays.copyOfRange(nextSentenceLabels, i * places(), (i + b) * places()),
                    Arrays.copyOfRange(records, i * places(), (i + b) * places()),
                    paired,
                    packing == null ? null : packing.rows(i, i + b, sequenceLength)));
        }
        return batches;
    }

    private static void require(String name, int found, int expected) {
        if (found != expected) {
            throw new IllegalArgumentException("Batch." + name + " has " + found + " elements, expected " + expected);
        }
    }
}
