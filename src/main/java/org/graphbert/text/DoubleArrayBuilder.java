package org.graphbert.text;

import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays keys out as a {@link DoubleArray}. Nodes from which the same keys go on to the same values share their children,
 * so that the trie becomes a smaller automaton. Children go to the first place where all of them find a free unit;
 * places far behind are given up, which bounds the search.
 */
final class DoubleArrayBuilder {

    /** Units that the search looks back over; darts-clone keeps 16 blocks of 256. */
    private static final int WINDOW = 16 << 8;

    /** The offset to the children has 21 bits; beyond that its lowest 8 must be 0 and are left out. */
    private static final int NARROW_OFFSETS = 1 << 21;

    private static final int UNPLACED = -1;

    private final Entry[] entries;

    /** The different lists of children: label and target by turns, the target of label 0 being a value. */
    private final List<int[]> families = new ArrayList<>();

    private final Map<IntBuffer, Integer> numbers = new HashMap<>();

    /** By family, where its children begin. */
    private int[] bases;

    /** A unit that nothing uses looks like a value, which matches no label. */
    private int[] units = new int[0];

    private final BitSet used = new BitSet();

    /** No two families may begin at the same place, as a unit doesn't know its parent. */
    private final BitSet taken = new BitSet();

    private int highest;

    /** A key in UTF-8 and its value. */
    record Entry(byte[] key, int value) {

        static Entry of(String key, int value) {
            return new Entry(key.getBytes(StandardCharsets.UTF_8), value);
        }
    }

    /** Keys in any order, none twice; the array is sorted. */
    DoubleArrayBuilder(Entry[] entries) {
        Arrays.sort(entries, (a, b) -> Arrays.compareUnsigned(a.key, b.key));
        this.entries = entries;
    }

    DoubleArray build() {
        claim(DoubleArray.ROOT);
        // Otherwise the root would be its own child by byte 0, which sentencepiece refuses.
        taken.set(DoubleArray.ROOT);
        units[DoubleArray.ROOT] = 0;
        int root = family(0, entries.length, 0);
        bases = new int[families.size()];
        Arrays.fill(bases, UNPLACED);
        place(DoubleArray.ROOT, root);
        // Any node and any byte lead to a unit within whole blocks.
        return new DoubleArray(grown((highest | DoubleArray.LABEL_BITS) + 1));
    }

    /** The number of the children of a node: the keys [from, to), which share their first {@code depth} bytes. */
    private int family(int from, int to, int depth) {
        int[] children = new int[Math.min(2 * (to - from), 2 * (DoubleArray.LABEL_BITS + 1))];
        int count = 0;
        for (int begin = from; begin < to; ) {
            int end = begin + 1;
            if (entries[begin].key.length == depth) {
                children[count++] = 0;
                children[count++] = entries[begin].value;
            } else {
                byte label = entries[begin].key[depth];
                while (end < to && entries[end].key[depth] == label) {
                    end++;
                }
                children[count++] = label & DoubleArray.LABEL_BITS;
                children[count++] = family(begin, end, depth + 1);
            }
            begin = end;
        }
        int[] family = Arrays.copyOf(children, count);
        Integer known = numbers.putIfAbsent(IntBuffer.wrap(family), families.size());
        if (known != null) {
            return known;
        }
        families.add(family);
        return families.size() - 1;
    }

    /** Gives a node its children, which may lie somewhere already. */
    private void place(int node, int number) {
        int[] family = families.get(number);
        if (family.length == 0) {
            return;
        }
        if (family[0] == 0) {
            units[node] |= DoubleArray.ENDS_KEY;
        }
        if (bases[number] != UNPLACED && reaches(node, bases[number])) {
            setOffset(node, node ^ bases[number]);
            return;
        }
        int base = freeBase(node, family);
        taken.set(base);
        bases[number] = base;
        setOffset(node, node ^ base);
        for (int i = 0; i < family.length; i += 2) {
            claim(base ^ family[i]);
            units[base ^ family[i]] = family[i] == 0 ? DoubleArray.VALUE | family[i + 1] : family[i];
        }
        for (int i = 0; i < family.length; i += 2) {
            if (family[i] != 0) {
                place(base ^ family[i], family[i + 1]);
            }
        }
    }

    private int freeBase(int node, int[] family) {
        int unit = used.nextClearBit(Math.max(1, highest - WINDOW));
        while (!fits(node, unit ^ family[0], family)) {
            unit = used.nextClearBit(unit + 1);
        }
        return unit ^ family[0];
    }

    private boolean fits(int node, int base, int[] family) {
        if (taken.get(base) || !reaches(node, base)) {
            return false;
        }
        for (int i = 2; i < family.length; i += 2) {
            if (used.get(base ^ family[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean reaches(int node, int base) {
        int offset = node ^ base;
        return offset < NARROW_OFFSETS || (offset & DoubleArray.LABEL_BITS) == 0;
    }

    private void setOffset(int node, int offset) {
        units[node] |= offset < NARROW_OFFSETS
                ? offset << DoubleArray.OFFSET_SHIFT
                : offset << 2 | DoubleArray.WIDE;
    }

    private void claim(int unit) {
        used.set(unit);
        highest = Math.max(highest, unit);
        if (unit >= units.length) {
            units = grown(Math.max(2 * units.length, (unit | DoubleArray.LABEL_BITS) + 1));
        }
    }

    private int[] grown(int length) {
        int[] copy = Arrays.copyOf(units, length);
        if (length > units.length) {
            Arrays.fill(copy, units.length, length, DoubleArray.VALUE);
        }
        return copy;
    }
}
