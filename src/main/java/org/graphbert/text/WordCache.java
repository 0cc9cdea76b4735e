package org.graphbert.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The segmentations of words (units that are cut by themselves) met before. A table of fixed size in which a word has
 * one place and the newest stays; threads may use it at once without locks, since entries never change once they are
 * there: at worst a word is cut twice. An entry is one array, as most of the time goes into fetching it from memory:
 * three longs of the word's bytes and length, and one for each piece.
 */
final class WordCache {

    /** Longer words are rare and would only take room; the key's last byte is the length. */
    static final int LONGEST = 3 * Long.BYTES - 1;

    /** Places; about ten megabytes when all are taken. */
    private static final int SIZE = 1 << 17;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int KEY = 3;
    private static final int LENGTH_SHIFT = Long.SIZE - Byte.SIZE;
    private static final int ID_SHIFT = 32;

    private final long[][] words = new long[SIZE][];

    /**
     * Appends the pieces of the word [from, to) of the bytes, behind which there is room for a long.
     *
     * @return whether the word was known
     */
    boolean append(byte[] bytes, int from, int to, Segments out) {
        int length = to - from;
        if (length > LONGEST) {
            return false;
        }
        long first = part(bytes, from, length);
        long second = part(bytes, from + Long.BYTES, length - Long.BYTES);
        long third = last(bytes, from, length);
        long[] word = words[place(first, second, third)];
        if (word == null || word[0] != first || word[1] != second || word[2] != third) {
            return false;
        }
        for (int i = KEY; i < word.length; i++) {
            out.add((int) (word[i] >>> ID_SHIFT), from + (int) word[i]);
        }
        return true;
    }

    /** Keeps the word [from, to), whose pieces are the segments from an index on, unless it is too long. */
    void put(byte[] bytes, int from, int to, Segments segments, int firstPiece) {
        int length = to - from;
        if (length > LONGEST) {
            return;
        }
        long[] word = new long[KEY + segments.size() - firstPiece];
        word[0] = part(bytes, from, length);
        word[1] = part(bytes, from + Long.BYTES, length - Long.BYTES);
        word[2] = last(bytes, from, length);
        for (int i = KEY; i < word.length; i++) {
            int piece = firstPiece + i - KEY;
            word[i] = (long) segments.id(piece) << ID_SHIFT | segments.end(piece) - from;
        }
        words[place(word[0], word[1], word[2])] = word;
    }

    private static long last(byte[] bytes, int from, int length) {
        return part(bytes, from + 2 * Long.BYTES, length - 2 * Long.BYTES) | (long) length << LENGTH_SHIFT;
    }

    /** The next bytes as a long, zeros in place of those beyond the word. */
    private static long part(byte[] bytes, int from, int length) {
        if (length <= 0) {
            return 0;
        }
        long part = (long) LONGS.get(bytes, from);
        return length >= Long.BYTES ? part : part & (1L << Byte.SIZE * length) - 1;
    }

    private static int place(long first, long second, long third) {
        // The multipliers are odd and have no pattern: 2^64 divided by the golden ratio, and primes of xxHash64.
        long hash = first * 0x9E3779B97F4A7C15L + second * 0xC2B2AE3D27D4EB4FL + third * 0x165667B19E3779F9L;
        return (int) (hash >>> Long.numberOfLeadingZeros(SIZE - 1));
    }
}
