package org.graphbert.corpus;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * A stretch of bzip2's bits that begins with a magic number, a block's or that of a stream's end, and runs up to the next
 * one or to the end of the file. The magic number may be data that looks like it; only unpacking tells.
 *
 * @param magic the 48 bits it begins with
 * @param bits its bits from the first byte's highest on, and one byte more
 * @param length how many bits
 * @param offset where the first bit stands in the file
 */
record Bzip2Segment(long magic, byte[] bits, long length, long offset) {

    static final int MAGIC_BITS = 48;
    /** The digits of pi and of its square root, in binary-coded decimal. */
    static final long BLOCK = 0x314159265359L;
    static final long END = 0x177245385090L;

    private static final int CRC_BITS = 32;
    private static final int BUFFER = 1 << 16;
    private static final int TEXT_OF_A_BLOCK = 1 << 20;
    /** A stream of the largest blocks; a smaller block is at home in it too. */
    private static final byte[] HEADER = {'B', 'Z', 'h', '9'};

    boolean isEnd() {
        return magic == END;
    }

    /** The checksum that stands behind the magic number: of the block's text, or of all blocks of the stream. */
    int crc() {
        return (int) bits(MAGIC_BITS, CRC_BITS);
    }

    /** Up to 64 of its bits; zeros behind its end. */
    long bits(long from, int count) {
        long value = 0;
        for (long i = from; i < from + count; i++) {
            int bit = i < length ? bits[(int) (i >>> 3)] >>> (7 - (i & 7)) & 1 : 0;
            value = value << 1 | bit;
        }
        return value;
    }

    /** This and the one behind it as one: its magic number was data. */
    Bzip2Segment with(Bzip2Segment next) {
        byte[] both = new byte[(int) (length + next.length + 7 >>> 3) + 1];
        System.arraycopy(bits, 0, both, 0, (int) (length + 7 >>> 3));
        append(both, length, next.bits, next.length);
        return new Bzip2Segment(magic, both, length + next.length, offset);
    }

    /**
     * The text of the block that these bits are, as the only one of a stream made for it.
     *
     * @throws IOException if they are none: damaged, or one that ends before or behind them
     */
    byte[] unpack() throws IOException {
        byte[] stream = new byte[(int) (8 * HEADER.length + length + MAGIC_BITS + CRC_BITS + 7 >>> 3) + 1];
        System.arraycopy(HEADER, 0, stream, 0, HEADER.length);
        long at = 8 * HEADER.length;
        append(stream, at, bits, length);
        at += length;
        append(stream, at, bytes(END, MAGIC_BITS), MAGIC_BITS);
        at += MAGIC_BITS;
        append(stream, at, bytes(crc(), CRC_BITS), CRC_BITS); // a block alone has the same checksum as its stream
        int bytes = (int) (at + CRC_BITS + 7 >>> 3);
        ByteArrayOutputStream text = new ByteArrayOutputStream(TEXT_OF_A_BLOCK);
        try (InputStream in = new BZip2CompressorInputStream(new ByteArrayInputStream(stream, 0, bytes), false)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                text.write(buffer, 0, read);
            }
        } catch (RuntimeException e) { // the library's own, where bits lead it astray
            throw new IOException(e.toString(), e);
        }
        return text.toByteArray();
    }

    /** Writes bits at a bit's place; what stands behind that place is zero, and stays so behind the bits. */
    private static void append(byte[] to, long at, byte[] bits, long length) {
        int shift = (int) (at & 7);
        int next = (int) (at >>> 3);
        int bytes = (int) (length + 7 >>> 3);
        for (int i = 0; i < bytes; i++) {
            int unused = (int) Math.max(0, 8L * (i + 1) - length);
            int value = (bits[i] & 0xFF) >>> unused << unused;
            to[next + i] |= (byte) (value >>> shift);
            if (shift > 0 && next + i + 1 < to.length) {
                to[next + i + 1] |= (byte) (value << 8 - shift);
            }
        }
    }

    private static byte[] bytes(long value, int count) {
        byte[] bytes = new byte[count / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (value >>> count - 8 * (i + 1));
        }
        return bytes;
    }
}
