package org.graphbert.data;

import java.util.Arrays;

/**
 * Consecutive records packed into sequences: best fit decreasing (Johnson 1973, "Near-optimal bin packing algorithms"). The
 * longest record goes first, each into the sequence that it leaves least of, or into a new one.
 *
 * @param order the records by their place in the window, sequence by sequence
 * @param starts where each sequence begins in order, and behind them the number of records
 * @param places the most pairs of a sequence
 * @param predictions the most predictions of a sequence
 * @param tokens of all records
 */
record PackedWindow(char[] order, char[] starts, int places, int predictions, long tokens) {

    /** How many sequences there are. */
    int sequences() {
        return starts.length - 1;
    }

    /** The numbers of a sequence's records, given that of the window's first. */
    long[] records(int sequence, long firstRecord) {
        long[] records = new long[starts[sequence + 1] - starts[sequence]];
        for (int i = 0; i < records.length; i++) {
            records[i] = firstRecord + order[starts[sequence] + i];
        }
        return records;
    }

    /**
     * Packs records.
     *
     * @param lengths tokens of each, 1 to length
     * @param wanted predictions of each
     * @param length the most tokens of a sequence
     * @param room the most predictions of a sequence; a record that wants more has one of its own
     * @param most the most pairs of a sequence
     */
    static PackedWindow of(int[] lengths, int[] wanted, int length, int room, int most) {
        Packer packer = new Packer(lengths, wanted, length, room, most);
        for (int record : longestFirst(lengths, length)) {
            packer.add(record);
        }
        return packer.packed();
    }

    /** The records in order of falling length, those of equal length in their own order. */
    private static int[] longestFirst(int[] lengths, int length) {
        int[] from = new int[length + 1]; // where those of each length begin
        for (int tokens : lengths) {
            from[tokens]++;
        }
        for (int tokens = length, at = 0; tokens >= 0; tokens--) {
            int here = from[tokens];
            from[tokens] = at;
            at += here;
        }
        int[] sorted = new int[lengths.length];
        for (int record = 0; record < lengths.length; record++) {
            sorted[from[lengths[record]]++] = record;
        }
        return sorted;
    }

    /** Sequences being filled; those with equally many positions left lie on one stack. */
    private static final class Packer {

        private static final int NONE = -1;

        private final int[] lengths;
        private final int[] wanted;
        private final int room;
        private final int most;

        private final int[] sequenceOf;
        private final int[] left;
        private final int[] predictions;
        private final int[] pairs;
        private final int[] below;
        private final int[] top;
        /** A bit for each number of positions left whose stack is not empty. */
        private final long[] open;
        private int sequences;

        Packer(int[] lengths, int[] wanted, int length, int room, int most) {
            this.lengths = lengths;
            this.wanted = wanted;
            this.room = room;
            this.most = most;
            sequenceOf = new int[lengths.length];
            left = new int[lengths.length];
            predictions = new int[lengths.length];
            pairs = new int[lengths.length];
            below = new int[lengths.length];
            top = new int[length + 1];
            Arrays.fill(top, NONE);
            Arrays.fill(left, length);
            open = new long[length / Long.SIZE + 1];
        }

        void add(int record) {
            int sequence = bestFor(record);
            if (sequence == NONE) {
                sequence = sequences++;
            } else {
                pop(left[sequence]);
            }
            sequenceOf[record] = sequence;
            left[sequence] -= lengths[record];
            predictions[sequence] += wanted[record];
            pairs[sequence]++;
            if (left[sequence] > 0 && pairs[sequence] < most) {
                push(sequence);
            }
        }

        /** The fullest sequence that takes the record; of those equally full, only the latest is looked at. */
        private int bestFor(int record) {
            for (int space = nextOpen(lengths[record]); space != NONE; space = nextOpen(space + 1)) {
                if (predictions[top[space]] + wanted[record] <= room) {
                    return top[space];
                }
            }
            return NONE;
        }

        private int nextOpen(int from) {
            int word = from / Long.SIZE;
            if (word >= open.length) {
                return NONE;
            }
            long bits = open[word] & -1L << from;
            while (bits == 0 && ++word < open.length) {
                bits = open[word];
            }
            return bits == 0 ? NONE : word * Long.SIZE + Long.numberOfTrailingZeros(bits);
        }

        private void push(int sequence) {
            int space = left[sequence];
            below[sequence] = top[space];
            top[space] = sequence;
            open[space / Long.SIZE] |= 1L << space;
        }

        private void pop(int space) {
            top[space] = below[top[space]];
            if (top[space] == NONE) {
                open[space / Long.SIZE] &= ~(1L << space);
            }
        }

        PackedWindow packed() {
            char[] starts = new char[sequences + 1];
            int next = 0;
            for (int s = 0; s < sequences; s++) {
                starts[s] = (char) next;
                next += pairs[s];
            }
            starts[sequences] = (char) next;
            char[] at = starts.clone();
            char[] order = new char[lengths.length];
            for (int record = 0; record < lengths.length; record++) {
                order[at[sequenceOf[record]]++] = (char) record;
            }
            return new PackedWindow(order, starts, Arrays.stream(pairs).max().orElse(0),
                    Arrays.stream(predictions).max().orElse(0), Arrays.stream(lengths).asLongStream().sum());
        }
    }
}
