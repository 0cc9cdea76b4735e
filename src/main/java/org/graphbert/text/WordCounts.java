package org.graphbert.text;

import java.util.Arrays;

/**
 * How often each word occurs: an open-addressing table over one array of code points, so that counting a known word
 * allocates nothing and a new one costs its letters.
 */
final class WordCounts {

    private static final int EMPTY = -1;

    private int[] letters = new int[1 << 12];
    private int[] starts = new int[1 << 10];
    private long[] counts = new long[1 << 10];
    private int[] table = emptyTable(1 << 11);
    private int size;

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

    /** Counts the word that lies between two indexes. */
    void add(int[] codePoints, int from, int to, long count) {
        int slot = slot(codePoints, from, to);
        if (table[slot] == EMPTY) {
            table[slot] = append(codePoints, from, to);
            counts[size - 1] = count;
            if (2 * size > table.length) {
                rehash();
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

    private void rehash() {
        table = emptyTable(2 * table.length);
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
