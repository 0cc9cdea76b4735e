package org.graphbert.text;

import java.util.Arrays;

/** Picks the largest of many numbers without moving them. */
final class Largest {

    /** A value that is never picked. */
    static final double NEVER = Double.NEGATIVE_INFINITY;

    private Largest() {}

    /** Marks the {@code most} largest values (all, if there are fewer), and of ties the first ones. */
    static boolean[] of(double[] values, int most) {
        boolean[] picked = new boolean[values.length];
        double[] sorted = Arrays.stream(values).filter(value -> value != NEVER).toArray();
        if (most <= 0 || sorted.length == 0) {
            return picked;
        }
        Arrays.parallelSort(sorted);
        double least = sorted[Math.max(0, sorted.length - most)];
        int left = most;
        for (int i = 0; i < values.length; i++) {
            if (values[i] > least) {
                picked[i] = true;
                left--;
            }
        }
        for (int i = 0; i < values.length && left > 0; i++) {
            if (values[i] == least) {
                picked[i] = true;
                left--;
            }
        }
        return picked;
    }
}
