package org.graphbert.data;

/**
 * Brings the share of IsNext over all pairs of a unit to what was asked for, although some cannot be IsNext: the fewer pairs
 * can be, and the more are wanting, the more often those are that can.
 */
final class LabelBalance {

    /** Over how many pairs a deficit is made up: fewer would make labels alternate, more make a small corpus miss its share. */
    private static final double REACH = 8;

    private final double share;
    private long pairs;
    private long offers;
    private long isNext;

    LabelBalance(double share) {
        this.share = share;
    }

    /** With which the next pair that can be IsNext is to be so. */
    double probability() {
        double wanting = share * pairs - isNext;
        double offered = (offers + 1.0) / (pairs + 1.0);
        return Math.min(1, Math.max(0, (share + wanting / REACH) / offered));
    }

    /**
     * Counts a pair.
     *
     * @param offer whether it could be IsNext
     * @param next whether it is
     */
    void add(boolean offer, boolean next) {
        pairs++;
        offers += offer ? 1 : 0;
        isNext += next ? 1 : 0;
    }
}
