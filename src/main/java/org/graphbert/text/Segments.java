package org.graphbert.text;

import java.util.Arrays;

/** A normalised text cut into pieces, one behind the other: the id of each, and the index behind its last byte. */
final class Segments {

    private int[] ids;
    private int[] ends;
    private int size;

    Segments(int capacity) {
        ids = new int[capacity];
        ends = new int[capacity];
    }

    void add(int id, int end) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size + 16);
            ends = Arrays.copyOf(ends, 2 * size + 16);
        }
        ids[size] = id;
        ends[size++] = end;
    }

    int size() {
        return size;
    }

    int id(int index) {
        return ids[index];
    }

    int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    int end(int index) {
        return ends[index];
    }
}
