package org.graphbert.text;

import java.util.Arrays;

/**
 * Pairs of neighbouring symbols, each with its frequency and the words it may occur in. A pair is two ids in a long,
 * the left one above; numeric order is therefore the order by left, then right id.
 */
final class PairIndex {

    private static final long FREE = -1;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int[] NO_WORDS = {};

    private long[] pairs = new long[1 << 12];
    private long[] counts = new long[1 << 12];
    private int[][] words = new int[1 << 12][];
    private int[] wordsSize = new int[1 << 12];
    private long[] keys = freeKeys(1 << 13);
    private int[] numbers = new int[1 << 13];
    private int size;

    static long pair(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    static int left(long pair) {
        return (int) (pair >> Integer.SIZE);
    }

    static int right(long pair) {
        return (int) pair;
    }

    /** The number of a pair, from 0; a pair not seen before gets the next one. */
    int number(long pair) {
        int slot = slot(pair);
        if (keys[slot] == FREE) {
            if (2 * (size + 1) > keys.length) {
                rehash();
                slot = slot(pair);
            }
            if (size == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * size);
                counts = Arrays.copyOf(counts, 2 * size);
                words = Arrays.copyOf(words, 2 * size);
                wordsSize = Arrays.copyOf(wordsSize, 2 * size);
            }
            keys[slot] = pair;
            numbers[slot] = size;
            words[size] = NO_WORDS;
            pairs[size++] = pair;
        }
        return numbers[slot];
    }

    int size() {
        return size;
    }

    long pairOf(int number) {
        return pairs[number];
    }

    long count(int number) {
        return counts[number];
    }

    void add(int number, long delta) {
        counts[number] += delta;
    }

    /** Notes that the pair occurs in this word. */
    void occursIn(int number, int word) {
        int n = wordsSize[number];
        int[] list = words[number];
        if (n > 0 && list[n - 1] == word) {
            return;
        }
        if (n == list.length) {
            words[number] = list = Arrays.copyOf(list, Math.max(2, n + (n >> 1)));
        }
        list[n] = word;
        wordsSize[number] = n + 1;
    }

    /** The words noted for a pair, which is merged and forgets them; a word may be there twice, or no longer hold it. */
    int[] takeWords(int number) {
        int[] taken = Arrays.copyOf(words[number], wordsSize[number]);
        words[number] = NO_WORDS;
        wordsSize[number] = 0;
        return taken;
    }

    private int slot(long pair) {
        int mask = keys.length - 1;
        int slot = (int) (pair * GOLDEN >>> Integer.SIZE) & mask;
        while (keys[slot] != pair && keys[slot] != FREE) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void rehash() {
        keys = freeKeys(2 * keys.length);
        numbers = new int[keys.length];
        for (int number = 0; number < size; number++) {
            int slot = slot(pairs[number]);
            keys[slot] = pairs[number];
            numbers[slot] = number;
        }
    }

    private static long[] freeKeys(int capacity) {
        long[] keys = new long[capacity];
        Arrays.fill(keys, FREE);
        return keys;
    }
}
