package org.graphbert.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A trie over bytes in one array of units, laid out as darts-clone has it, so that the one inside a SentencePiece model
 * is read as it is and ours is read by sentencepiece. A unit of 32 bits is either a node (bits 0 to 7 its label, bit 8
 * whether a key ends there, bits 10 to 30 the offset to its children, bit 9 whether that is shifted by 8) or, where bit
 * 31 is set, a value. The child of node {@code n} by byte {@code b} lies at {@code n ^ offset(n) ^ b}, the value of a
 * key that ends at {@code n} at {@code n ^ offset(n)}.
 */
final class DoubleArray {

    static final int ROOT = 0;

    /** No such child, or no value. */
    static final int NONE = -1;

    /** A value is 31 bits: bit 31 tells it from a node, and so matches no label. */
    static final int VALUE = 1 << 31;

    static final int LABEL_BITS = 0xFF;
    static final int ENDS_KEY = 1 << 8;
    static final int WIDE = 1 << 9;
    static final int OFFSET_SHIFT = 10;

    private final int[] units;

    DoubleArray(int[] units) {
        this.units = units;
    }

    /** Keys in UTF-8 to values of at least 0; no key is empty or holds U+0000. */
    static DoubleArray of(Map<String, Integer> entries) {
        return new DoubleArrayBuilder(entries.entrySet().stream()
                        .map(entry -> DoubleArrayBuilder.Entry.of(entry.getKey(), entry.getValue()))
                        .toArray(DoubleArrayBuilder.Entry[]::new))
                .build();
    }

    /** Units of four bytes, the lowest first. */
    static DoubleArray read(ByteBuffer bytes) {
        int[] units = new int[bytes.remaining() / Integer.BYTES];
        bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(units);
        return new DoubleArray(units);
    }

    byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(units.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(units);
        return bytes.array();
    }

    /** The child of a node by a byte (0 to 255), or {@link #NONE}; no array, however damaged, leads outside itself. */
    int child(int node, int label) {
        int next = node ^ offset(units[node]) ^ label;
        return next < units.length && (units[next] & (VALUE | LABEL_BITS)) == label ? next : NONE;
    }

    /** The value of the key that ends at a node, or {@link #NONE}. */
    int value(int node) {
        int unit = units[node];
        if ((unit & ENDS_KEY) == 0) {
            return NONE;
        }
        int at = node ^ offset(unit);
        // What is no value there is damage.
        return at < units.length && (units[at] & VALUE) != 0 ? units[at] & ~VALUE : NONE;
    }

    /** The value of exactly these bytes, or {@link #NONE}. */
    int value(byte[] bytes, int from, int to) {
        int node = ROOT;
        for (int i = from; i < to && node != NONE; i++) {
            node = child(node, bytes[i] & LABEL_BITS);
        }
        return node == NONE ? NONE : value(node);
    }

    /** The index behind the longest key that the bytes [from, to) begin with, or {@code from} itself. */
    int longest(byte[] bytes, int from, int to) {
        int found = from;
        int node = ROOT;
        for (int i = from; i < to; ) {
            node = child(node, bytes[i++] & LABEL_BITS);
            if (node == NONE) {
                break;
            }
            if (value(node) != NONE) {
                found = i;
            }
        }
        return found;
    }

    /** The highest value, or {@link #NONE}. */
    int highestValue() {
        int highest = NONE;
        for (int unit : units) {
            highest = (unit & VALUE) == 0 ? highest : Math.max(highest, unit & ~VALUE);
        }
        return highest;
    }

    /** Gives every key with its value, in the order of the keys' bytes. */
    void forEach(BiConsumer<byte[], Integer> action) {
        visit(ROOT, new byte[0], action);
    }

    private void visit(int node, byte[] key, BiConsumer<byte[], Integer> action) {
        int value = value(node);
        if (value != NONE) {
            action.accept(key, value);
        }
        for (int label = 1; label <= LABEL_BITS; label++) {
            int child = child(node, label);
            if (child != NONE) {
                byte[] longer = Arrays.copyOf(key, key.length + 1);
                longer[key.length] = (byte) label;
                visit(child, longer, action);
            }
        }
    }

    private static int offset(int unit) {
        return unit >>> OFFSET_SHIFT << ((unit & WIDE) >>> 6);
    }
}
