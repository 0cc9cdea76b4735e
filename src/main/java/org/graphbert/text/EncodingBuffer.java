package org.graphbert.text;

import java.util.Arrays;

/** An {@link Encoding} that grows. */
final class EncodingBuffer {

    private int[] ids;
    private boolean[] wordStarts;
    private int[] starts;
    private int[] ends;
    private int length;

    EncodingBuffer(int capacity) {
        ids = new int[capacity];
        wordStarts = new boolean[capacity];
        starts = new int[capacity];
        ends = new int[capacity];
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** The id of the last token; there must be one. */
    int last() {
        return ids[length - 1];
    }

    void add(int id, boolean wordStart, int start, int end) {
        if (length == ids.length) {
            int capacity = 2 * length + 1;
            ids = Arrays.copyOf(ids, capacity);
            wordStarts = Arrays.copyOf(wordStarts, capacity);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
        }
        ids[length] = id;
        wordStarts[length] = wordStart;
        starts[length] = start;
        ends[length++] = end;
    }

    /** Lets the last token end here. */
    void extend(int end) {
        ends[length - 1] = end;
    }

    Encoding toEncoding() {
        return new Encoding(
                Arrays.copyOf(ids, length),
                Arrays.copyOf(wordStarts, length),
                Arrays.copyOf(starts, length),
                Arrays.copyOf(ends, length));
    }
}
