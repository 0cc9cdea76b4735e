package org.graphbert.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * The pieces of a vocabulary as two tries over code points: those that begin a word, and those that continue one. Both
 * lie in one double array (Aoe 1989): the children of a node are at its base plus their symbol's number, and each knows
 * whose child it is, so a step is one look at memory. (Not final: a test counts the steps.)
 */
class PieceTrie {

    /** The root of the pieces that begin a word. */
    static final int BEGIN = 0;

    /** The root of the pieces that continue one. */
    static final int CONTINUE = 1;

    /** No such node, or no piece that ends at a node. */
    static final int NONE = -1;

    /** So many free slots are tried for a node of several children; then they go behind all others. */
    private static final int TRIES = 64;

    private static final long FREE = (long) NONE << Integer.SIZE;

    private final Symbols symbols;

    /** By node: whose child it is in the upper half, the base of its own children in the lower. */
    private long[] slots;

    /** By node: the piece that ends there, or NONE. */
    private int[] ids;

    private final List<Node> nodes = new ArrayList<>();

    /** No slot below is free; those below the largest symbol stay unused, so that no base is negative. */
    private int firstFree;

    /** Where slots are next tried for several children. */
    private int firstTried;

    /** No slot from here on is taken. */
    private int end;

    /**
     * A piece.
     *
     * @param text without what marks pieces that continue a word
     */
    record Piece(String text, int id, boolean continues) implements Comparable<Piece> {

        /** Those that begin a word first, each in the order of the texts. */
        @Override
        public int compareTo(Piece other) {
            return continues == other.continues ? text.compareTo(other.text) : Boolean.compare(continues, other.continues);
        }
    }

    /** A node, the one above it, and the code point that leads from there to it. */
    record Node(int node, int parent, int codePoint) {}

    /** The sorted pieces [from, to): all that begin with the {@code length} UTF-16 units that lead to the node. */
    private record Range(int node, int from, int to, int length) {}

    /** Builds the tries; no text may be there twice among the pieces that begin a word, or among the others. */
    PieceTrie(List<Piece> pieces) {
        Piece[] sorted = pieces.toArray(new Piece[0]);
        Arrays.sort(sorted);
        symbols = Symbols.of(pieces.stream().map(Piece::text)::iterator);
        firstFree = firstTried = end = CONTINUE + 1 + symbols.size();
        slots = new long[end + symbols.size() + 1];
        ids = new int[slots.length];
        Arrays.fill(slots, FREE);
        Arrays.fill(ids, NONE);
        int continuing = (int) pieces.stream().filter(piece -> !piece.continues()).count();
        Queue<Range> queue = new ArrayDeque<>();
        queue.add(new Range(BEGIN, 0, continuing, 0));
        queue.add(new Range(CONTINUE, continuing, sorted.length, 0));
        while (!queue.isEmpty()) {
            addChildren(queue.remove(), sorted, queue);
        }
    }

    /** The node that the code point leads to, or {@link #NONE}. */
    int child(int node, int codePoint) {
        int slot = (int) slots[node] + symbols.number(codePoint);
        return (int) (slots[slot] >> Integer.SIZE) == node ? slot : NONE;
    }

    /** The piece that ends at a node, or {@link #NONE}. */
    int id(int node) {
        return ids[node];
    }

    /** All nodes but the roots, those of fewer code points first. */
    List<Node> nodes() {
        return nodes;
    }

    /** A number above every node's. */
    int bound() {
        return end;
    }

    private void addChildren(Range range, Piece[] pieces, Queue<Range> queue) {
        int from = range.from;
        if (from < range.to && pieces[from].text.length() == range.length) {
            ids[range.node] = pieces[from++].id;
        }
        int[] starts = new int[4];
        int children = 0;
        for (int i = from; i < range.to; i++) {
            if (i == from || codePoint(pieces[i], range) != codePoint(pieces[i - 1], range)) {
                starts = children == starts.length ? Arrays.copyOf(starts, 2 * children) : starts;
                starts[children++] = i;
            }
        }
        if (children == 0) {
            return;
        }
        int[] numbers = new int[children];
        for (int i = 0; i < children; i++) {
            numbers[i] = symbols.number(codePoint(pieces[starts[i]], range));
        }
        int base = place(numbers);
        slots[range.node] |= base;
        for (int i = 0; i < children; i++) {
            int node = base + numbers[i];
            int c = codePoint(pieces[starts[i]], range);
            slots[node] = (long) range.node << Integer.SIZE;
            nodes.add(new Node(node, range.node, c));
            int to = i + 1 < children ? starts[i + 1] : range.to;
            queue.add(new Range(node, starts[i], to, range.length + Character.charCount(c)));
        }
    }

    private static int codePoint(Piece piece, Range range) {
        return piece.text.codePointAt(range.length);
    }

    /** A base that puts all these symbols into free slots. */
    private int place(int[] numbers) {
        firstFree = nextFree(firstFree);
        int base = firstFree - numbers[0];
        if (numbers.length > 1) {
            int tries = 0;
            do {
                firstTried = nextFree(firstTried + Math.min(tries, 1));
                base = firstTried - numbers[0];
            } while (!isFree(base, numbers) && ++tries < TRIES);
            if (tries == TRIES) {
                // All behind the end, as the smallest symbol's number is 1.
                base = end;
            }
        }
        for (int number : numbers) {
            end = Math.max(end, base + number + 1);
        }
        // Whatever the symbol, a step from here stays within the array.
        if (end + symbols.size() >= slots.length) {
            int length = slots.length;
            slots = Arrays.copyOf(slots, 2 * (end + symbols.size()));
            ids = Arrays.copyOf(ids, slots.length);
            Arrays.fill(slots, length, slots.length, FREE);
            Arrays.fill(ids, length, slots.length, NONE);
        }
        return base;
    }

    private int nextFree(int slot) {
        int free = slot;
        while (free < end && slots[free] != FREE) {
            free++;
        }
        return free;
    }

    private boolean isFree(int base, int[] numbers) {
        for (int number : numbers) {
            int slot = base + number;
            if (slot < firstFree || slot < end && slots[slot] != FREE) {
                return false;
            }
        }
        return true;
    }
}
