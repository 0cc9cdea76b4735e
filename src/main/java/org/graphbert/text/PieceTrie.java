package org.graphbert.text;

import java.util.Arrays;
import java.util.List;

/**
 * The vocabulary as a trie over code points, for WordPiece's longest match. Edges lie in one open-addressing table keyed
 * by (node, code point): a step costs one probe or two, and nothing is allocated while matching.
 */
final class PieceTrie {

    /** No piece begins there. */
    static final long NO_MATCH = -1;

    private static final int ROOT = 0;

    /** No such node, or no piece that ends at a node. */
    private static final int NONE = -1;

    private static final int CODE_POINT_BITS = 21;
    private static final long EMPTY = -1;

    /** Knuth's multiplicative hash: 2^64 divided by the golden ratio. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long[] keys;
    private final int[] children;
    private final int[] ids;
    private final int shift;

    /** Where the pieces that continue a word begin: the node behind "##"; NONE if there are no such pieces. */
    private final int continuation;

    PieceTrie(List<String> entries, String continuationPrefix) {
        int nodes = 1;
        for (String entry : entries) {
            nodes += entry.length();
        }
        int bits = Long.SIZE - Long.numberOfLeadingZeros(2L * nodes);
        shift = Long.SIZE - bits;
        keys = new long[1 << bits];
        Arrays.fill(keys, EMPTY);
        children = new int[1 << bits];
        int[] idOf = new int[nodes];
        Arrays.fill(idOf, NONE);
        int next = 1;
        for (int id = 0; id < entries.size(); id++) {
            String entry = entries.get(id);
            int node = ROOT;
            for (int i = 0; i < entry.length(); i += Character.charCount(entry.codePointAt(i))) {
                int slot = slot(node, entry.codePointAt(i));
                if (keys[slot] == EMPTY) {
                    keys[slot] = key(node, entry.codePointAt(i));
                    children[slot] = next++;
                }
                node = children[slot];
            }
            idOf[node] = id;
        }
        ids = Arrays.copyOf(idOf, next);
        int behindPrefix = ROOT;
        for (int i = 0; i < continuationPrefix.length() && behindPrefix != NONE; i++) {
            behindPrefix = child(behindPrefix, continuationPrefix.charAt(i));
        }
        continuation = behindPrefix;
    }

    /**
     * The longest piece that the code points [from, to) begin with.
     *
     * @param wordStart whether a word begins there, or continues
     * @return a match to be read with {@link #id(long)} and {@link #end(long)}, or {@link #NO_MATCH}
     */
    long longest(boolean wordStart, int[] codePoints, int from, int to) {
        long best = NO_MATCH;
        int node = wordStart ? ROOT : continuation;
        for (int i = from; i < to && node != NONE; ) {
            node = child(node, codePoints[i++]);
            if (node != NONE && ids[node] != NONE) {
                best = (long) i << Integer.SIZE | ids[node];
            }
        }
        return best;
    }

    /** The id of a match's piece. */
    static int id(long match) {
        return (int) match;
    }

    /** The index behind a match's last code point. */
    static int end(long match) {
        return (int) (match >> Integer.SIZE);
    }

    private int child(int node, int codePoint) {
        int slot = slot(node, codePoint);
        return keys[slot] == EMPTY ? NONE : children[slot];
    }

    /** The slot that holds this edge, or the empty one where it would go. */
    private int slot(int node, int codePoint) {
        long key = key(node, codePoint);
        int slot = (int) (key * GOLDEN >>> shift);
        while (keys[slot] != key && keys[slot] != EMPTY) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }

    private static long key(int node, int codePoint) {
        return (long) node << CODE_POINT_BITS | codePoint;
    }
}
