package org.graphbert.config;

import java.util.Arrays;

/**
 * Where the pairs of packed sequences stand: several in one sequence, one behind the other, each with its own [CLS] … [SEP]
 * … [SEP]. Row-major; letters: B sequences, S positions, K places for pairs in each sequence.
 *
 * @param places K
 * @param pairIds [B, S] 1 for the tokens of a sequence's first pair, 2 for its second ..., 0 for padding
 * @param positionIds [B, S] from 0 again with each pair; 0 for padding
 * @param clsPositions [B, K] where each pair's [CLS] stands; 0 for a place without a pair
 * @param pairWeights [B, K] 1 for a pair, 0 for a place without one
 */
public record Packing(int places, int[] pairIds, int[] positionIds, int[] clsPositions, float[] pairWeights) {

    public Packing {
        if (positionIds.length != pairIds.length || clsPositions.length != pairWeights.length
                || places < 1 || clsPositions.length % places != 0) {
            throw new IllegalArgumentException(String.format(
                    "Packing of %d places: %d pair ids, %d position ids, %d [CLS] positions, %d pair weights",
                    places, pairIds.length, positionIds.length, clsPositions.length, pairWeights.length));
        }
    }

    /** The number of pairs. */
    int pairs() {
        int pairs = 0;
        for (float weight : pairWeights) {
            pairs += weight > 0 ? 1 : 0;
        }
        return pairs;
    }

    /** The rows from to to − 1 of sequences of that length. */
    Packing rows(int from, int to, int length) {
        return new Packing(
                places,
                Arrays.copyOfRange(pairIds, from * length, to * length),
                Arrays.copyOfRange(positionIds, from * length, to * length),
                Arrays.copyOfRange(clsPositions, from * places, to * places),
                Arrays.copyOfRange(pairWeights, from * places, to * places));
    }
}
