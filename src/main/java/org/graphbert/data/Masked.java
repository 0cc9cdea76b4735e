package org.graphbert.data;

/**
 * A record's tokens with some chosen for prediction.
 *
 * @param ids token ids after masking
 * @param positions the chosen positions, ascending
 * @param labels the original ids there
 * @param spans the words of each span in the order in which they were chosen; empty for other units
 * @param byMask how many of them [MASK] replaced
 * @param atRandom how many of them a random token replaced (it may happen to be the original)
 */
record Masked(int[] ids, int[] positions, int[] labels, int[] spans, int byMask, int atRandom) {

    /** How many were chosen and left as they are. */
    int kept() {
        return positions.length - byMask - atRandom;
    }
}
