package org.graphbert.corpus;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952) to the end, whatever the number of members. {@link java.util.zip.GZIPInputStream} takes
 * whatever follows a member and is no member itself for the end of the file, so that a damaged second member would cost
 * text without a word; here it is an error. Zeros behind the last member are padding, as gzip(1) has it.
 */
public final class GzipStream extends InputStream {

    private static final int BUFFER = 1 << 16;
    private static final int MAGIC_1 = 0x1F;
    private static final int MAGIC_2 = 0x8B;
    private static final int DEFLATE = 8;
    /** The flags of a header, RFC 1952 section 2.3.1. */
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;
    private static final int TIME_LEVEL_SYSTEM = 6;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private int next;
    private int end;
    private boolean inMember;
    private boolean atEnd;

    public GzipStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * @throws IOException if the file ends within a member, what follows a member is none, or a checksum is wrong
     */
    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        try {
            while (!atEnd) {
                if (!inMember && !beginMember()) {
                    atEnd = true;
                    break;
                }
                int inflated = inflater.inflate(bytes, from, length);
                crc.update(bytes, from, inflated);
                if (inflater.finished()) {
                    endMember();
                } else if (inflated == 0 && inflater.needsInput()) {
                    requireMore();
                    inflater.setInput(buffer, next, end - next);
                    next = end;
                }
                if (inflated > 0 || length == 0) {
                    return inflated;
                }
            }
            return -1;
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage() == null ? "it cannot be inflated" : e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    /** Reads a header; false at the end of the file. */
    private boolean beginMember() throws IOException {
        boolean first = inflater.getTotalIn() == 0;
        boolean zeros = false;
        while (true) {
            if (next == end && !fill()) {
                return false;
            }
            if (first || buffer[next] != 0) {
                break;
            }
            zeros = true;
            next++;
        }
        if (zeros || one() != MAGIC_1 || one() != MAGIC_2 || one() != DEFLATE) {
            throw new ZipException("something else follows a member");
        }
        int flags = one();
        if ((flags & RESERVED) != 0) {
            throw new ZipException(String.format("a header has unknown flags (0x%02X)", flags));
        }
        skip(TIME_LEVEL_SYSTEM);
        if ((flags & EXTRA) != 0) {
            skip(one() | one() << 8);
        }
        for (int text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
            while (one() != 0) {
                // up to the zero that ends it
            }
        }
        skip((flags & HEADER_CRC) != 0 ? 2 : 0);
        inflater.reset();
        inflater.setInput(buffer, next, end - next);
        next = end;
        crc.reset();
        inMember = true;
        return true;
    }

    /** Reads a trailer: the text's CRC-32, and its length modulo 2^32. */
    private void endMember() throws IOException {
        next = end - inflater.getRemaining();
        int sum = word();
        if (sum != (int) crc.getValue()) {
            throw new ZipException(String.format("its CRC-32 is %08X, expected %08X", (int) crc.getValue(), sum));
        }
        int length = word();
        if (length != (int) inflater.getBytesWritten()) {
            throw new ZipException(String.format("a member's length is wrong (%,d bytes)", inflater.getBytesWritten()));
        }
        inMember = false;
    }

    private int word() throws IOException {
        return one() | one() << 8 | one() << 16 | one() << 24;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            one();
        }
    }

    private int one() throws IOException {
        if (next == end) {
            requireMore();
        }
        return buffer[next++] & 0xFF;
    }

    private void requireMore() throws IOException {
        if (!fill()) {
            throw new EOFException();
        }
    }

    private boolean fill() throws IOException {
        next = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }
}
