package org.graphbert.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a word greedily into the longest pieces of a vocabulary, in time linear in the word's length: LinMaxMatch (Song
 * et al. 2021, "Fast WordPiece Tokenization", section 3). Where the trie has no way on, the greedy pieces of what was
 * read so far are already known for as long as what follows cannot change them (the node's failure pops), and what is
 * left of it is a node among the continuing pieces (its failure link); nothing is read twice.
 */
final class LongestMatch {

    /** The word cannot be cut to its end. */
    static final int UNKNOWN = -1;

    private static final int NONE = PieceTrie.NONE;

    private final PieceTrie trie;

    /** By piece: its code points, those that mark a continuation apart. */
    private final int[] lengths;

    /** By node: the node that stands for what is left behind its pops; NONE if no piece begins it. */
    private final int[] links;

    /** By node: its pops, a list. A list of one piece is the piece's id, a longer one the complement of its number. */
    private final int[] pops;

    /** Longer lists, by number: all pieces but the last, the last, and how many they are. Lists share their beginnings. */
    private int[] heads = new int[1 << 10];

    private int[] lasts = new int[1 << 10];
    private int[] sizes = new int[1 << 10];
    private int lists;

    private LongestMatch(PieceTrie trie, int[] lengths) {
        this.trie = trie;
        this.lengths = lengths;
        links = new int[trie.bound()];
        pops = new int[trie.bound()];
        Arrays.fill(links, NONE);
        for (PieceTrie.Node node : trie.nodes()) {
            link(node);
        }
    }

    /**
     * The pieces of a vocabulary.
     *
     * @param entries the id of each is its index
     * @param prefix what marks entries that continue a word, if something stands behind it
     */
    static LongestMatch of(List<String> entries, String prefix) {
        List<PieceTrie.Piece> pieces = new ArrayList<>(entries.size());
        int[] lengths = new int[entries.size()];
        for (int id = 0; id < lengths.length; id++) {
            String entry = entries.get(id);
            boolean continues = entry.length() > prefix.length() && entry.startsWith(prefix);
            String text = continues ? entry.substring(prefix.length()) : entry;
            lengths[id] = text.codePointCount(0, text.length());
            pieces.add(new PieceTrie.Piece(text, id, continues));
        }
        return over(new PieceTrie(pieces), lengths);
    }

    /** Over a trie that is there already, with the lengths of its pieces in code points. */
    static LongestMatch over(PieceTrie trie, int[] lengths) {
        return new LongestMatch(trie, lengths);
    }

    /**
     * Cuts the code points [from, to), one at least.
     *
     * @param ids takes the pieces; with room for one a code point
     * @return how many pieces they are, or {@link #UNKNOWN}
     */
    int cut(int[] codePoints, int from, int to, int[] ids) {
        int count = 0;
        int node = PieceTrie.BEGIN;
        for (int i = from; i < to; i++) {
            int child = trie.child(node, codePoints[i]);
            while (child == NONE) {
                if (links[node] == NONE) {
                    return UNKNOWN;
                }
                count = pop(pops[node], ids, count);
                node = links[node];
                child = trie.child(node, codePoints[i]);
            }
            node = child;
        }
        while (node != PieceTrie.CONTINUE) {
            if (links[node] == NONE) {
                return UNKNOWN;
            }
            count = pop(pops[node], ids, count);
            node = links[node];
        }
        return count;
    }

    /** The number of a piece's code points, those that mark a continuation apart. */
    int length(int id) {
        return lengths[id];
    }

    /** Adds a list's pieces behind the first {@code count}; returns how many there are then. */
    private int pop(int list, int[] ids, int count) {
        int sum = count + size(list);
        int rest = list;
        int at = sum;
        while (rest < 0) {
            ids[--at] = lasts[~rest];
            rest = heads[~rest];
        }
        ids[count] = rest;
        return sum;
    }

    private int size(int list) {
        return list < 0 ? sizes[~list] : 1;
    }

    /** Algorithm 1 of the paper, for one node whose elders are linked. */
    private void link(PieceTrie.Node node) {
        int piece = trie.id(node.node());
        if (piece != NONE) {
            links[node.node()] = PieceTrie.CONTINUE;
            pops[node.node()] = piece;
            return;
        }
        int list = pops[node.parent()];
        int rest = links[node.parent()];
        while (rest != NONE && trie.child(rest, node.codePoint()) == NONE) {
            if (links[rest] != NONE) {
                list = joined(list, pops[rest]);
            }
            rest = links[rest];
        }
        if (rest != NONE) {
            links[node.node()] = trie.child(rest, node.codePoint());
            pops[node.node()] = list;
        }
    }

    /** A list and behind it the pieces of another. */
    private int joined(int list, int other) {
        int[] added = new int[size(other)];
        pop(other, added, 0);
        int joined = list;
        for (int piece : added) {
            joined = appended(joined, piece);
        }
        return joined;
    }

    private int appended(int list, int piece) {
        if (lists == heads.length) {
            heads = Arrays.copyOf(heads, 2 * lists);
            lasts = Arrays.copyOf(lasts, 2 * lists);
            sizes = Arrays.copyOf(sizes, 2 * lists);
        }
        heads[lists] = list;
        lasts[lists] = piece;
        sizes[lists] = size(list) + 1;
        return ~lists++;
    }
}
