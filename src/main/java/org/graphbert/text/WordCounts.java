package org.graphbert.text;

import java.util.Arrays;

/**
 * How often each word occurs: an open-addressing table over one array of code points, so that counting a known word
 * allocates nothing and a new one costs its letters.
 */
final class WordCounts {

    /** Code points of a word; the different words of a large corpus have some ten on average. */
    private static final int USUAL_LENGTH = 16;

    private static final int EMPTY = -1;

    private int[] letters = new int[1 << 12];
    private int[] starts = new int[1 << 10];
    private long[] counts = new long[1 << 10];
    private int[] table = emptyTable(1 << 11);
    private int size;
    private Pruned pruned = Pruned.NOTHING;

    /**
     * What was dropped to stay within bounds.
     *
     * @param words how many words; one that came again and was dropped again counts each time
     * @param occurrences how often they had occurred by then
     * @param shortBy no count that is left falls short of the truth by more than this
     */
    record Pruned(long words, long occurrences, long shortBy) {
        static final Pruned NOTHING = new Pruned(0, 0, 0);
    }

    /** Counts a word: the first {@code length} code points. */
    void add(int[] codePoints, int length, long count) {
        add(codePoints, 0, length, count);
    }

    /** Adds another's counts to these. */
    void addAll(WordCounts other) {
        for (int word = 0; word < other.size; word++) {
            add(other.letters, other.start(word), other.end(word), other.counts[word]);
        }
    }

    /** The number of different words; they are numbered from 0 in the order of their first occurrence. */
    int size() {
        return size;
    }

    long count(int word) {
        return counts[word];
    }

    /** Where a word's code points begin in {@link #letters}. */
    int start(int word) {
        return starts[word];
    }

    /** Where they end. */
    int end(int word) {
        return starts[word + 1];
    }

    /** The code points of all words. */
    int[] letters() {
        return letters;
    }

    /** The number of words, repetitions counted. */
    long total() {
        long total = 0;
        for (int word = 0; word < size; word++) {
            total += counts[word];
        }
        return total;
    }

    /**
     * How much memory the words take, in words of {@value #USUAL_LENGTH} code points: their number, or more if they are
     * longer than that on average.
     */
    long room() {
        return room(size, starts[size]);
    }

    /** What {@link #prune} dropped so far. */
    Pruned pruned() {
        return pruned;
    }

    /**
     * Drops the rarest words: all that occur so often or less, for the least bound that leaves this much room taken. Which
     * ones go depends on the counts alone, not on the order of the words.
     */
    void prune(long room) {
        long enough = 1;
        long notEnough = 0;
        while (roomAbove(enough) > room) {
            notEnough = enough;
            enough *= 2;
        }
        while (enough - notEnough > 1) {
            long middle = (enough + notEnough) / 2;
            if (roomAbove(middle) > room) {
                notEnough = middle;
            } else {
                enough = middle;
            }
        }
        dropUpTo(enough);
    }

    /** The room of the words that occur more often. */
    private long roomAbove(long count) {
        long words = 0;
        long length = 0;
        for (int word = 0; word < size; word++) {
            if (counts[word] > count) {
                words++;
                length += end(word) - start(word);
            }
        }
        return room(words, length);
    }

    /** Rounded up, so that parts never take less than their sum. */
    private static long room(long words, long length) {
        return Math.max(words, (length + USUAL_LENGTH - 1) / USUAL_LENGTH);
    }

    private void dropUpTo(long count) {
        int before = size;
        long occurrences = 0;
        int start = 0;
        size = 0;
        for (int word = 0; word < before; word++) {
            int end = starts[word + 1];
            if (counts[word] > count) {
                // Downwards within the same arrays: what is overwritten has been read.
                System.arraycopy(letters, start, letters, starts[size], end - start);
                starts[size + 1] = starts[size] + end - start;
                counts[size++] = counts[word];
            } else {
                occurrences += counts[word];
            }
            start = end;
        }
        pruned = new Pruned(
                pruned.words + before - size, pruned.occurrences + occurrences, pruned.shortBy + count);
        index(table.length);
    }

    /** Counts the word that lies between two indexes. */
    void add(int[] codePoints, int from, int to, long count) {
        int slot = slot(codePoints, from, to);
        if (table[slot] == EMPTY) {
            table[slot] = append(codePoints, from, to);
            counts[size - 1] = count;
            if (2 * size > table.length) {
                index(2 * table.length);
            }
        } else {
            counts[table[slot]] += count;
        }
    }

    private int append(int[] codePoints, int from, int to) {
        int start = starts[size];
        int end = start + to - from;
        if (end > letters.length) {
            letters = Arrays.copyOf(letters, Math.max(end, 2 * letters.length));
        }
        System.arraycopy(codePoints, from, letters, start, to - from);
        if (size + 2 > starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
            counts = Arrays.copyOf(counts, 2 * counts.length);
        }
        starts[size + 1] = end;
        return size++;
    }

    private int slot(int[] codePoints, int from, int to) {
        int mask = table.length - 1;
        int slot = hash(codePoints, from, to) & mask;
        while (table[slot] != EMPTY
                && !Arrays.equals(letters, start(table[slot]), end(table[slot]), codePoints, from, to)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void index(int capacity) {
        table = emptyTable(capacity);
        for (int word = 0; word < size; word++) {
            table[slot(letters, start(word), end(word))] = word;
        }
    }

    private static int[] emptyTable(int capacity) {
        int[] table = new int[capacity];
        Arrays.fill(table, EMPTY);
        return table;
    }

    /** FNV-1a over code points, its high bits folded in as the table takes the low ones. */
    private static int hash(int[] codePoints, int from, int to) {
        int hash = 0x811C9DC5;
        for (int i = from; i < to; i++) {
            hash = (hash ^ codePoints[i]) * 0x01000193;
        }
        return hash ^ hash >>> 15;
    }
}
