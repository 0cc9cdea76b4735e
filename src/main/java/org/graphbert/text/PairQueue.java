package org.graphbert.text;

import java.util.Arrays;

/** Pairs of neighbours waiting to be joined: the highest score first, of equal scores the leftmost. A binary heap. */
final class PairQueue {

    /** Ascending in the order of joining: the score in the upper half, turned round, the left symbol in the lower. */
    private long[] keys = new long[32];

    private int[] lengths = new int[32];
    private int size;
    private int left;
    private int length;

    /**
     * Adds a pair.
     *
     * @param left the left symbol's index
     * @param length bytes of the pair, which tell later whether it is still the same
     */
    void add(float score, int left, int length) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
        long key = (long) ~ascending(score) << Integer.SIZE | left;
        int at = size++;
        while (at > 0 && keys[at - 1 >> 1] > key) {
            move(at - 1 >> 1, at);
            at = at - 1 >> 1;
        }
        keys[at] = key;
        lengths[at] = length;
    }

    /** Takes the first pair, to be read with {@link #left} and {@link #length}; false if there is none. */
    boolean next() {
        if (size == 0) {
            return false;
        }
        left = (int) keys[0];
        length = lengths[0];
        long key = keys[--size];
        int last = lengths[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && keys[child + 1] < keys[child]) {
                child++;
            }
            if (keys[child] >= key) {
                break;
            }
            move(child, at);
            at = child;
        }
        keys[at] = key;
        lengths[at] = last;
        return true;
    }

    int left() {
        return left;
    }

    int length() {
        return length;
    }

    private void move(int from, int to) {
        keys[to] = keys[from];
        lengths[to] = lengths[from];
    }

    /** A float as an int of the same order, -0 being 0. */
    private static int ascending(float score) {
        int bits = Float.floatToIntBits(score + 0f);
        return bits ^ bits >> Integer.SIZE - 1 & Integer.MAX_VALUE;
    }
}
