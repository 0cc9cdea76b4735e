package org.graphbert.distribute;

/**
 * The replicas of a training graph that learn as one: each computes its part of a batch, and what they found is summed up.
 * They may be of one process, or of several with one or more each.
 *
 * @param size how many replicas there are, those of other processes too
 * @param firstRank the rank of this process's first replica; its others follow
 * @param key by which TensorFlow's runtime tells groups apart
 * @param timeoutSeconds that a sum waits for the others; 0 for ever: replicas of one process end together
 */
public record Group(int size, int firstRank, int key, float timeoutSeconds) {

    private static final int FIRST_KEY = 1;
    /**
     * A sum that takes longer has lost somebody whom nothing else missed. It is long, for a sum also waits for the slowest to come
     * to it.
     */
    public static final int LONGEST_SUM_SECONDS = 1800;
    /** A group of all replicas, and one of the first of each process. */
    private static final int KEYS = 2;

    /** One replica, with nobody to sum with. */
    public static final Group ALONE = of(1);

    public Group {
        if (size < 1 || firstRank < 0 || firstRank >= size) {
            throw new IllegalArgumentException("rank " + firstRank + " of a group of " + size);
        }
        if (!(timeoutSeconds >= 0)) {
            throw new IllegalArgumentException("a timeout of " + timeoutSeconds + " s");
        }
    }

    /** So many replicas, all of this process. */
    public static Group of(int replicas) {
        return new Group(replicas, 0, FIRST_KEY, 0);
    }

    /** So many replicas of each worker; this process has its own. */
    public static Group of(Place place, int replicas) {
        return new Group(place.workers() * replicas, place.task() * replicas, FIRST_KEY, LONGEST_SUM_SECONDS);
    }

    /**
     * The same replicas in a graph of the same processes' that comes later: their runtime remembers what the sums of the first were.
     *
     * @param graph its number, from 1
     */
    public Group ofGraph(int graph) {
        return new Group(size, firstRank, FIRST_KEY + KEYS * (graph - 1), timeoutSeconds);
    }

    /**
     * The first replica of each process.
     *
     * @param each how many a process has
     */
    public Group firsts(int each) {
        return new Group(size / each, firstRank / each, key + 1, timeoutSeconds);
    }

    /** Whether there is nobody to sum with. */
    public boolean alone() {
        return size == 1;
    }
}
