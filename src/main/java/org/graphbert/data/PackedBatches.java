package org.graphbert.data;

import java.util.Arrays;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.Packing;

/**
 * A batch of packed sequences in the making: the pairs of each stand one behind the other, without padding between them, and
 * positions count from 0 again with each. Letters: B sequences, S positions, P predictions, K places for pairs.
 */
final class PackedBatches {

    private final int size;
    private final int length;
    private final int room;
    private final int places;
    private final int[] inputIds;
    private final int[] inputMask;
    private final int[] segmentIds;
    private final int[] maskedLmPositions;
    private final int[] maskedLmIds;
    private final float[] maskedLmWeights;
    private final int[] nextSentenceLabels;
    private final long[] records;
    private final int[] pairIds;
    private final int[] positionIds;
    private final int[] clsPositions;
    private final float[] pairWeights;

    private PackedBatches(int size, int length, int room, int places) {
        this.size = size;
        this.length = length;
        this.room = room;
        this.places = places;
        inputIds = new int[size * length];
        inputMask = new int[size * length];
        segmentIds = new int[size * length];
        maskedLmPositions = new int[size * room];
        maskedLmIds = new int[size * room];
        maskedLmWeights = new float[size * room];
        nextSentenceLabels = new int[size * places];
        records = new long[size * places];
        Arrays.fill(records, -1);
        pairIds = new int[size * length];
        positionIds = new int[size * length];
        clsPositions = new int[size * places];
        pairWeights = new float[size * places];
    }

    /**
     * Lays records out as one batch.
     *
     * @param where the data set, for messages
     * @param examples for each of B sequences its records, which fit into S positions, P predictions and K places
     * @param records their numbers
     * @param paired whether their pair labels are there to be learnt
     */
    static Batch of(Object where, Example[][] examples, long[][] records, int room, int places, boolean paired) {
        PackedBatches batch =
                new PackedBatches(examples.length, examples[0][0].inputIds().length, room, places);
        for (int b = 0; b < examples.length; b++) {
            int from = 0;
            int predictions = 0;
            for (int k = 0; k < examples[b].length; k++) {
                predictions = batch.put(where, b, k, from, predictions, examples[b][k], records[b][k]);
                from += examples[b][k].length();
            }
        }
        return batch.toBatch(paired);
    }

    /** Puts a record behind those that are there; returns how many predictions the sequence then has. */
    private int put(Object where, int b, int k, int from, int predictions, Example example, long record) {
        int tokens = example.length();
        int start = b * length + from;
        for (int s = 0; s < tokens; s++) {
            if (example.inputMask()[s] == 0) {
                throw Failure.data("%s: record %d has padding at position %d, before its last token; it cannot be packed",
                        where, record, s);
            }
            positionIds[start + s] = s;
        }
        System.arraycopy(example.inputIds(), 0, inputIds, start, tokens);
        System.arraycopy(example.segmentIds(), 0, segmentIds, start, tokens);
        Arrays.fill(inputMask, start, start + tokens, 1);
        Arrays.fill(pairIds, start, start + tokens, k + 1);
        int next = predictions;
        for (int p = 0; p < example.maskedLmPositions().length; p++) {
            if (example.maskedLmWeights()[p] > 0) {
                int position = example.maskedLmPositions()[p];
                if (position >= tokens || next == room) {
                    throw Failure.data(position >= tokens
                            ? "%s: record %d predicts the token at position %d, but has %d tokens; it cannot be packed"
                            : "%s: record %d has more predictions than its manifest's mask rate allows; prepare the data "
                                    + "again", where, record, position, tokens);
                }
                maskedLmPositions[b * room + next] = from + position;
                maskedLmIds[b * room + next] = example.maskedLmIds()[p];
                maskedLmWeights[b * room + next] = example.maskedLmWeights()[p];
                next++;
            }
        }
        int place = b * places + k;
        nextSentenceLabels[place] = example.nextSentenceLabel();
        records[place] = record;
        clsPositions[place] = from;
        pairWeights[place] = 1;
        return next;
    }

    private Batch toBatch(boolean paired) {
        return new Batch(size, length, room, inputIds, inputMask, segmentIds, maskedLmPositions, maskedLmIds,
                maskedLmWeights, nextSentenceLabels, records, paired,
                new Packing(places, pairIds, positionIds, clsPositions, pairWeights));
    }
}
