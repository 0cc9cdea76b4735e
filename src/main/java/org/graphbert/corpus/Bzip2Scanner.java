package org.graphbert.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a bzip2 file at its magic numbers, which stand at any bit, without unpacking it. Nothing in the format says how
 * long a block is; looking for its beginning is the way of bzip2recover.
 */
final class Bzip2Scanner {

    /**
     * No block is longer: 900,000 symbols of at most 20 bits, and its tables. Without a magic number for that long,
     * the rest is given up as one segment that nobody can unpack.
     */
    static final int LONGEST = 3 << 20;

    private static final int CHUNK = 1 << 16;
    private static final int HEADER_BYTES = 4;
    private static final long MAGIC_MASK = (1L << Bzip2Segment.MAGIC_BITS) - 1;
    /** Which bytes can stand 24 bits before the end of a byte in which a magic number ends; most cannot. */
    private static final boolean[] PROMISING = new boolean[256];
    private static final int PROMISING_SHIFT = 24;

    static {
        for (long magic : new long[] {Bzip2Segment.BLOCK, Bzip2Segment.END}) {
            for (int shift = 0; shift < 8; shift++) {
                PROMISING[(int) (magic >>> PROMISING_SHIFT - shift & 0xFF)] = true;
            }
        }
    }

    private final InputStream in;
    private byte[] window = new byte[4 * CHUNK];
    private int filled;
    /** Offset in the file of the window's first byte. */
    private long windowOffset;
    /** The bit of the window at which the segment begins that comes next, and its magic number; 0 before the first. */
    private long from;
    private long magic;
    /** The next byte to look at. */
    private int next;
    private boolean atEnd;

    /** @param in a file that begins with a stream's header and a magic number behind it, as {@link Packing} has found */
    Bzip2Scanner(InputStream in) {
        this.in = in;
    }

    /** The next segment, or null behind the last. */
    Bzip2Segment next() throws IOException {
        if (magic == 0 && !atEnd) {
            find(8 * HEADER_BYTES);
        }
        if (magic == 0) {
            return null;
        }
        long begin = from;
        long number = magic;
        long end = find(begin + Bzip2Segment.MAGIC_BITS);
        Bzip2Segment segment = new Bzip2Segment(number, bits(begin, end), end - begin, 8 * windowOffset + begin);
        moveToFront((int) ((magic == 0 ? end : from) >>> 3));
        return segment;
    }

    /** Finds the first magic number that begins at a bit or behind it; its place, or that of the end where none is. */
    private long find(long earliest) throws IOException {
        magic = 0;
        next = (int) (earliest >>> 3);
        int first = next;
        long register = 0;
        while (true) {
            while (next < filled) {
                register = register << 8 | window[next++] & 0xFF;
                if (PROMISING[(int) (register >>> PROMISING_SHIFT) & 0xFF] && found(register, earliest)) {
                    return from;
                }
            }
            if (next - first > LONGEST || !fill()) {
                atEnd = true;
                return 8L * filled;
            }
        }
    }

    private boolean found(long register, long earliest) {
        for (int shift = 7; shift >= 0; shift--) {
            long candidate = register >>> shift & MAGIC_MASK;
            long at = 8L * next - shift - Bzip2Segment.MAGIC_BITS;
            if ((candidate == Bzip2Segment.BLOCK || candidate == Bzip2Segment.END) && at >= earliest) {
                from = at;
                magic = candidate;
                return true;
            }
        }
        return false;
    }

    private byte[] bits(long begin, long end) {
        int first = (int) (begin >>> 3);
        int shift = (int) (begin & 7);
        byte[] bits = new byte[(int) (end - begin + 7 >>> 3) + 1];
        for (int i = 0; i < bits.length; i++) {
            int here = first + i < filled ? window[first + i] & 0xFF : 0;
            int behind = first + i + 1 < filled ? window[first + i + 1] & 0xFF : 0;
            bits[i] = (byte) (here << shift | behind >>> 8 - shift);
        }
        return bits;
    }

    private void moveToFront(int bytes) {
        System.arraycopy(window, bytes, window, 0, filled - bytes);
        filled -= bytes;
        next -= bytes;
        from -= 8L * bytes;
        windowOffset += bytes;
    }

    private boolean fill() throws IOException {
        if (window.length - filled < CHUNK) {
            window = Arrays.copyOf(window, 2 * window.length);
        }
        int read = in.read(window, filled, window.length - filled);
        filled += Math.max(0, read);
        return read > 0;
    }
}
