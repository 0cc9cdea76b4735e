package org.graphbert.data;

/**
 * Brings the share of IsNext over all pairs of a unit to what was asked for, although some cannot be IsNext: the pairs that
 * can be are so the more often, the more are wanting.
 */
final class LabelBalance {

    /**
     * How many missing pairs raise the probability to 1: fewer would make labels alternate, more let a small corpus end
     * further from its share. If a third of the pairs cannot be IsNext, two are wanting in the end.
     */
    private static final double REACH = 8;

    private final double share;
    private long pairs;
    private long isNext;

    LabelBalance(double share) {
        this.share = share;
    }

    /** With which the next pair that can be IsNext is to be so. */
    double probability() {
        double wanting = share * pairs - isNext;
        return Math.min(1, Math.max(0, share + wanting / REACH));
    }

    void add(boolean next) {
        pairs++;
        isNext += next ? 1 : 0;
    }
}
