package org.graphbert.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The segmentations of words (units that are cut by themselves) met before. A table of fixed size in which a word has
 * one place and the newest stays; threads may use it at once without locks, since entries never change once they are
 * there: at worst a word is cut twice. An entry is one array, as most of the time goes into fetching it from memory:
 * three longs of the word's bytes, one of its scores, and one for each piece.
 */
final class WordCache {

    /** Longer words are rare and would only take room; the key's last byte is the length. */
    static final int LONGEST = 3 * Long.BYTES - 1;

    /** Places; about ten megabytes when all are taken. */
    private static final int SIZE = 1 << 17;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int KEY = 3;
    private static final int HEADER = KEY + 1;
    private static final int LENGTH_SHIFT = Long.SIZE - Byte.SIZE;
    private static final int ID_SHIFT = 8;

    private final long[][] words = new long[SIZE][];

    /** The word [from, to) of the bytes, behind which there is room for a long, or null. */
    long[] get(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length > LONGEST) {
            return null;
        }
        long first = part(bytes, from, length);
        long second = part(bytes, from + Long.BYTES, length - Long.BYTES);
        long third = part(bytes, from + 2 * Long.BYTES, length - 2 * Long.BYTES) | (long) length << LENGTH_SHIFT;
        long[] word = words[place(first, second, third)];
        return word != null && word[0] == first && word[1] == second && word[2] == third ? word : null;
    }

    /**
     * Keeps a word of at most {@link #LONGEST} bytes.
     *
     * @param pieces its segmentation
     * @param scores of each piece
     * @param total the sum of the scores
     * @param margin by how much this segmentation's score exceeds that of the next best
     * @return what {@link #get} will give
     */
    long[] put(byte[] bytes, int from, int to, Segments pieces, float[] scores, float total, float margin) {
        int length = to - from;
        long[] word = new long[HEADER + pieces.size()];
        word[0] = part(bytes, from, length);
        word[1] = part(bytes, from + Long.BYTES, length - Long.BYTES);
        word[2] = part(bytes, from + 2 * Long.BYTES, length - 2 * Long.BYTES) | (long) length << LENGTH_SHIFT;
        word[KEY] = both(total, Float.floatToRawIntBits(margin));
        for (int i = 0; i < pieces.size(); i++) {
            word[HEADER + i] = both(scores[i], pieces.id(i) << ID_SHIFT | pieces.end(i) - from);
        }
        words[place(word[0], word[1], word[2])] = word;
        return word;
    }

    /** How many pieces a word has. */
    static int size(long[] word) {
        return word.length - HEADER;
    }

    static int id(long[] word, int piece) {
        return (int) word[HEADER + piece] >>> ID_SHIFT;
    }

    /** The index behind a piece's last byte, counted from the word's first. */
    static int end(long[] word, int piece) {
        return (int) word[HEADER + piece] & (1 << ID_SHIFT) - 1;
    }

    static float score(long[] word, int piece) {
        return Float.intBitsToFloat((int) (word[HEADER + piece] >>> Integer.SIZE));
    }

    static float total(long[] word) {
        return Float.intBitsToFloat((int) (word[KEY] >>> Integer.SIZE));
    }

    static float margin(long[] word) {
        return Float.intBitsToFloat((int) word[KEY]);
    }

    private static long both(float above, int below) {
        return (long) Float.floatToRawIntBits(above) << Integer.SIZE | below & 0xFFFFFFFFL;
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
