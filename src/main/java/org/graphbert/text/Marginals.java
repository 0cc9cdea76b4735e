package org.graphbert.text;

import java.util.Arrays;

/**
 * The expected number of times that each piece is used over all segmentations of units, by the forward-backward
 * algorithm (Kudo 2018, section 3.2; the E-step). Probabilities are not logarithms here: where they get too small, all
 * that follow are raised by a power of two, and lowered again on the way back. For one thread.
 *
 * <p>Sums are kept in fixed point: integers add up to the same whatever their order, so the words' order and the number
 * of threads cannot show in the result.
 */
final class Marginals {

    /** What is raised, and by how much; a window of 16 characters spans far less than a double's remaining range. */
    private static final double SMALL = 0x1p-256;

    private static final double RAISE = 0x1p256;
    private static final double LOG_RAISE = 256 * Math.log(2);

    private static final int SUM_BITS = 62;
    private static final int MOST_FRACTION_BITS = 40;

    private final Units units;
    private final int[] letters;
    private final int[] first;
    private final int[] edges;
    private final double[] probabilities;
    private final double one;
    private final long[] sums;

    private final double[] forward = new double[Units.LONGEST + 1];
    private final double[] backward = new double[Units.LONGEST + 1];

    /** The positions where the values were raised. */
    private final int[] raised = new int[Units.LONGEST];

    private int raisedSize;
    private double logLikelihood;

    /**
     * Begins with nothing summed.
     *
     * @param probabilities of each piece
     * @param one the value of a count of one, the same for all that are added up: see {@link #one}
     */
    Marginals(Lattices lattices, double[] probabilities, double one) {
        units = lattices.units;
        letters = units.letters();
        first = lattices.first();
        edges = lattices.edges();
        this.probabilities = probabilities;
        this.one = one;
        sums = new long[probabilities.length];
    }

    /** The fixed-point value of a count of one: as fine as the text's length lets no sum overflow. */
    static double one(Units units) {
        double most = 1;
        for (int unit = 0; unit < units.size(); unit++) {
            most += (double) units.count(unit) * (units.end(unit) - units.start(unit));
        }
        return Math.scalb(1.0, Math.min(MOST_FRACTION_BITS, SUM_BITS - 1 - Math.getExponent(most)));
    }

    /** Adds a unit's expectations. */
    void add(int unit) {
        int start = units.start(unit);
        int length = units.end(unit) - start;
        double total = goForward(start, length);
        logLikelihood += units.count(unit) * (Math.log(total) - raisedSize * LOG_RAISE);
        goBackward(start, length, units.count(unit) * one / total);
    }

    /** The sum over the segmentations of all before each position; returns that of the whole. */
    private double goForward(int start, int length) {
        Arrays.fill(forward, 0, length + 1, 0);
        forward[0] = 1;
        raisedSize = 0;
        for (int i = 0; i < length; i++) {
            if (forward[i] < SMALL && forward[i] > 0) {
                raise(forward, i, length);
                raised[raisedSize++] = i;
            }
            double before = forward[i];
            forward[i + 1] += before * probabilities[letters[start + i]];
            for (int e = first[start + i]; e < first[start + i + 1]; e++) {
                forward[i + Lattices.lengthOf(edges[e])] += before * probabilities[Lattices.pieceOf(edges[e])];
            }
        }
        return forward[length];
    }

    /** The sum over the segmentations of all behind each position, and with it each edge's share of the whole. */
    private void goBackward(int start, int length, double weight) {
        backward[length] = 1;
        for (int i = length - 1; i >= 0; i--) {
            double share = forward[i] * weight;
            double behind = probabilities[letters[start + i]] * backward[i + 1];
            sums[letters[start + i]] += (long) (share * behind);
            double sum = behind;
            for (int e = first[start + i]; e < first[start + i + 1]; e++) {
                int piece = Lattices.pieceOf(edges[e]);
                behind = probabilities[piece] * backward[i + Lattices.lengthOf(edges[e])];
                sums[piece] += (long) (share * behind);
                sum += behind;
            }
            backward[i] = sum;
            if (raisedSize > 0 && raised[raisedSize - 1] == i) {
                raisedSize--;
                raise(backward, i, length);
            }
        }
    }

    private static void raise(double[] values, int from, int length) {
        for (int i = from; i <= length && i < from + ScoredPiece.LONGEST; i++) {
            values[i] *= RAISE;
        }
    }

    /** The expected count of each piece, added up over all threads. */
    static double[] expected(Iterable<Marginals> all, int pieces, double one) {
        long[] total = new long[pieces];
        for (Marginals part : all) {
            for (int piece = 0; piece < pieces; piece++) {
                total[piece] += part.sums[piece];
            }
        }
        double[] expected = new double[pieces];
        for (int piece = 0; piece < pieces; piece++) {
            expected[piece] = total[piece] / one;
        }
        return expected;
    }

    /** The natural logarithm of the likelihood of the units added here. Its last digits depend on their order. */
    double logLikelihood() {
        return logLikelihood;
    }
}
