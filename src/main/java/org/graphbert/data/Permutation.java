package org.graphbert.data;

/**
 * A keyed permutation of [0, size): any position is computed on its own, in constant time and without memory. A
 * Feistel network permutes the next even power of two, and positions that fall outside walk on until they fall inside
 * (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"); fewer than four steps on average.
 */
public final class Permutation {

    private static final int ROUNDS = 6;

    private final long size;
    private final long key;
    private final int halfBits;
    private final long halfMask;

    /** Permutations of the same size and key are the same. */
    public Permutation(long size, long key) {
        if (size < 1) {
            throw new IllegalArgumentException("a permutation of " + size + " elements");
        }
        this.size = size;
        this.key = key;
        int bits = 64 - Long.numberOfLeadingZeros(size - 1);
        halfBits = Math.max(1, (bits + 1) / 2);
        halfMask = (1L << halfBits) - 1;
    }

    /** Where the permutation takes the position; both are in [0, size). */
    public long at(long position) {
        if (position < 0 || position >= size) {
            throw new IndexOutOfBoundsException("position " + position + " of " + size);
        }
        long x = position;
        do {
            x = feistel(x);
        } while (x >= size);
        return x;
    }

    private long feistel(long x) {
        long left = x >>> halfBits;
        long right = x & halfMask;
        for (int round = 0; round < ROUNDS; round++) {
            long next = left ^ (Rng.hash(key, round, right) & halfMask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
