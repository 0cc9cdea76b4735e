package org.graphbert.data;

/**
 * Which documents are held out: of every stretch of 1/share documents one, at a place that depends on the seed and the
 * stretch alone. So the choice streams, and the share is exact to within one document.
 */
final class HeldOut {

    private final double share;
    private final long seed;
    private long stratum;
    private long next;

    HeldOut(double share, long seed) {
        this.share = share;
        this.seed = seed;
        next = share > 0 ? place(0) : Long.MAX_VALUE;
    }

    /** The part of the document with that number; to be asked for 0, 1, 2 and so on. */
    Part of(long document) {
        if (document < next) {
            return Part.TRAINING;
        }
        next = place(++stratum);
        return Part.HELD_OUT;
    }

    private long place(long stratum) {
        long start = (long) Math.floor(stratum / share);
        long end = (long) Math.floor((stratum + 1) / share);
        return start + Rng.keyed(seed, stratum).below((int) Math.min(Integer.MAX_VALUE, end - start));
    }
}
