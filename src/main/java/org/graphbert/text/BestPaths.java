package org.graphbert.text;

import java.util.Arrays;

/** The likeliest segmentations of units, and of pieces into other pieces, by the Viterbi algorithm. For one thread. */
final class BestPaths {

    private final Lattices lattices;
    private final int[] letters;
    private final int[] first;
    private final int[] edges;
    private final double[] scores;
    private final long[] uses;

    /** By position the score of the best path up to there, and its last piece. */
    private final double[] best = new double[Units.LONGEST + 1];

    private final int[] last = new int[Units.LONGEST + 1];

    /** Begins with no uses counted; the scores are logarithms of probabilities. */
    BestPaths(Lattices lattices, double[] scores) {
        this.lattices = lattices;
        letters = lattices.units.letters();
        first = lattices.first();
        edges = lattices.edges();
        this.scores = scores;
        uses = new long[scores.length];
    }

    /** Counts the pieces of a unit's best segmentation, as often as the unit occurs. */
    void count(int unit) {
        Units units = lattices.units;
        int length = units.end(unit) - units.start(unit);
        search(units.start(unit), length, false);
        for (int end = length; end > 0; end -= lattices.length(last[end])) {
            uses[last[end]] += units.count(unit);
        }
    }

    /** How often the units counted here use a piece. */
    long uses(int piece) {
        return uses[piece];
    }

    /**
     * Finds the best way to write a piece with two or more others, see {@link #parts}.
     *
     * @param piece not a character
     * @return the sum of their scores
     */
    double split(int piece) {
        int length = lattices.length(piece);
        search(lattices.place(piece), length, true);
        return best[length];
    }

    /** The pieces that the piece was {@link #split} into just now, from the last to the first. */
    int[] parts(int piece) {
        int[] parts = new int[ScoredPiece.LONGEST];
        int size = 0;
        for (int end = lattices.length(piece); end > 0; end -= lattices.length(last[end])) {
            parts[size++] = last[end];
        }
        return Arrays.copyOf(parts, size);
    }

    private void search(int start, int length, boolean inParts) {
        Arrays.fill(best, 0, length + 1, Double.NEGATIVE_INFINITY);
        best[0] = 0;
        for (int i = 0; i < length; i++) {
            reach(i + 1, best[i] + scores[letters[start + i]], letters[start + i]);
            for (int e = first[start + i]; e < first[start + i + 1]; e++) {
                int end = i + Lattices.lengthOf(edges[e]);
                if (end > length || inParts && end - i == length) {
                    break;
                }
                int piece = Lattices.pieceOf(edges[e]);
                reach(end, best[i] + scores[piece], piece);
            }
        }
    }

    private void reach(int end, double score, int piece) {
        if (score > best[end]) {
            best[end] = score;
            last[end] = piece;
        }
    }
}
