package org.graphbert.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Normalised text in UTF-8, each byte with the stretch of the original text (UTF-16 offsets) that it came from. */
final class Normalized {

    /** U+2581, which stands for a space, in UTF-8. */
    static final byte[] SPACE = "\u2581".getBytes(StandardCharsets.UTF_8);

    private byte[] bytes;
    private int[] starts;
    private int[] ends;
    private int length;

    Normalized(int capacity) {
        bytes = new byte[capacity + Long.BYTES];
        starts = new int[capacity];
        ends = new int[capacity];
    }

    /** The text; only the first {@link #length} bytes count, and there are eight more at least. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Where in the original text a byte's stretch begins. */
    int start(int index) {
        return starts[index];
    }

    /** Where in the original text a byte's stretch ends. */
    int end(int index) {
        return ends[index];
    }

    void add(int value, int start, int end) {
        if (length == starts.length) {
            int capacity = 2 * length + 16;
            bytes = Arrays.copyOf(bytes, capacity + Long.BYTES);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
        }
        bytes[length] = (byte) value;
        starts[length] = start;
        ends[length++] = end;
    }

    void addCodePoint(int c, int start, int end) {
        if (c < 0x80) {
            add(c, start, end);
        } else {
            int shift = c < 0x800 ? 6 : c < 0x10000 ? 12 : 18;
            // The first byte's leading ones say how many bytes there are.
            add((shift == 6 ? 0xC0 : shift == 12 ? 0xE0 : 0xF0) | c >> shift, start, end);
            while (shift > 0) {
                shift -= 6;
                add(0x80 | c >> shift & 0x3F, start, end);
            }
        }
    }

    void addSpace(int start, int end) {
        for (byte b : SPACE) {
            add(b, start, end);
        }
    }

    /** Drops U+2581 or plain spaces at the end. */
    void trim(boolean escaped) {
        int width = escaped ? SPACE.length : 1;
        while (length >= width && (escaped ? isSpace(length - width) : bytes[length - 1] == ' ')) {
            length -= width;
        }
    }

    /** Whether U+2581 lies at an index. */
    boolean isSpace(int index) {
        return index + SPACE.length <= length
                && bytes[index] == SPACE[0]
                && bytes[index + 1] == SPACE[1]
                && bytes[index + 2] == SPACE[2];
    }

    /** The number of bytes of the character that a byte begins, never beyond the end. */
    int width(int index) {
        int lead = bytes[index] & 0xFF;
        int width = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        return Math.min(width, length - index);
    }

    /** The character that a byte begins. */
    int codePoint(int index) {
        int width = width(index);
        int c = width == 1 ? bytes[index] : bytes[index] & 0xFF >> width + 1;
        for (int i = 1; i < width; i++) {
            c = c << 6 | bytes[index + i] & 0x3F;
        }
        return c;
    }

    String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
