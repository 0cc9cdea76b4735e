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

    /** Whether there is nobody to sum with. */
    public boolean alone() {
        return size == 1;
    }
}
