package org.graphbert.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Bzip2StreamTest {

    /** Level 1 takes 100,000 - 19 bytes a block, so these end on, before and behind a block's end, and of a run. */
    @ParameterizedTest
    @CsvSource({
        "0, 1", "1, 1", "2, 9", "99980, 1", "99981, 1", "99982, 1", "199963, 1",
        "899981, 9", "1800001, 9"
    })
    void randomAndRepetitiveBytes(int size, int level) throws IOException {
        byte[] random = new byte[size];
        new Random(size).nextBytes(random);
        byte[] same = new byte[size];
        Arrays.fill(same, (byte) 'x');
        byte[] text = "bzip2 sorts what it packs, line by line. ".repeat(size / 41 + 1).substring(0, size).getBytes();
        for (byte[] bytes : new byte[][] {random, same, text}) {
            byte[] packed = pack(bytes, level);
            assertArrayEquals(bytes, unpack(packed, 1));
            assertArrayEquals(bytes, unpack(packed, 3));
        }
    }

    @Test
    void streamsBehindEachOther() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            byte[] bytes = new byte[i % 5 == 0 ? 0 : random.nextInt(3 * i * i + 1)];
            random.nextBytes(bytes);
            expected.writeBytes(bytes);
            packed.writeBytes(pack(bytes, 1 + i % 9));
        }
        for (int threads : new int[] {1, 2, 7}) {
            assertArrayEquals(expected.toByteArray(), unpack(packed.toByteArray(), threads));
        }
    }

    /**
     * A block with a magic number in its data, made bit by bit: 256 symbols with codes of 8 or 9 bits (nearly all bytes are
     * codes) stand for whatever they stand for; commons-compress, which knows nothing of segments, says what that is.
     */
    @ParameterizedTest
    @ValueSource(longs = {Bzip2Segment.BLOCK, Bzip2Segment.END})
    void aMagicNumberByChance(long magic) throws IOException {
        for (int shift = 0; shift < 8; shift++) {
            BitWriter data = new BitWriter();
            data.write(0b0101010101, shift);
            for (int i = 0; i < 5; i++) {
                data.write(magic, 48);
                data.write(0x2A2A2A2A2AL, 40);
            }
            byte[] ofNoSum = block(data, 0);
            IOException e = assertThrows(IOException.class, () -> new BZip2CompressorInputStream(new ByteArrayInputStream(ofNoSum)).readAllBytes());
            assertEquals("BZip2 CRC error", e.getMessage());
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            assertThrows(IOException.class, () -> {
                InputStream in = new BZip2CompressorInputStream(new ByteArrayInputStream(ofNoSum));
                for (int b = in.read(); b >= 0; b = in.read()) {
                    text.write(b);
                }
            });
            byte[] packed = block(data, crc(text.toByteArray()));
            byte[] bytes = new BZip2CompressorInputStream(new ByteArrayInputStream(packed)).readAllBytes();
            assertArrayEquals(text.toByteArray(), bytes);
            byte[] before = "a block before, ".getBytes();
            byte[] all = Pack.concat(pack(before, 9), packed, pack(before, 9));
            assertArrayEquals(Pack.concat(before, bytes, before), unpack(all, 2), "shift " + shift);
        }
    }

    /** A stream of one block: all 256 bytes in use, 258 symbols, one table twice (the format wants two), then the data. */
    private static byte[] block(BitWriter data, int crc) {
        int symbols = 258;
        BitWriter out = new BitWriter();
        out.write('B' << 24 | 'Z' << 16 | 'h' << 8 | '1', 32);
        out.write(Bzip2Segment.BLOCK, 48);
        out.write(crc, 32);
        out.write(0, 1 + 24); // not randomised; the first row
        out.write(0xFFFF, 16);
        for (int i = 0; i < 16; i++) {
            out.write(0xFFFF, 16);
        }
        int selectors = 2 + (int) data.length / 8 / 50;
        out.write(2, 3);
        out.write(selectors, 15);
        out.write(0, selectors); // each takes the first table
        for (int table = 0; table < 2; table++) {
            out.write(8, 5); // the first 254 symbols have codes of 8 bits, the last four of 9
            for (int symbol = 0; symbol < symbols; symbol++) {
                if (symbol == 254) {
                    out.write(0b10, 2); // one bit longer
                }
                out.write(0, 1);
            }
        }
        byte[] codes = data.finish(); // up to a whole code
        for (byte code : codes) {
            out.write(code, 8);
        }
        out.write(0b111111111, 9); // the end of the block
        out.write(Bzip2Segment.END, 48);
        out.write(crc, 32);
        return out.finish();
    }

    /** bzip2's CRC-32: that of zip with the bits of each byte, and of the sum, the other way round. */
    private static int crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        for (byte b : bytes) {
            crc.update(Integer.reverse(b) >>> 24);
        }
        return Integer.reverse((int) crc.getValue());
    }

    private static final class BitWriter {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private long length;
        private int part;

        void write(long value, int count) {
            for (int i = count - 1; i >= 0; i--) {
                part = part << 1 | (int) (value >>> i & 1);
                if (++length % 8 == 0) {
                    bytes.write(part);
                    part = 0;
                }
            }
        }

        byte[] finish() {
            while (length % 8 != 0) {
                write(0, 1);
            }
            return bytes.toByteArray();
        }
    }

    /** A segment cut apart by hand, as the scanner would cut it at a number that is data. */
    @Test
    void segmentsCutWhereNoBlockBeginsAreJoined() throws IOException {
        byte[] bytes = new byte[40_000];
        new Random(1).nextBytes(bytes);
        Bzip2Segment block = new Bzip2Scanner(new ByteArrayInputStream(pack(bytes, 1))).next();
        for (long cut = 100; cut < block.length(); cut += 12_345) {
            Bzip2Segment first = part(block, 0, cut);
            Bzip2Segment second = part(block, cut, block.length() - cut);
            assertThrows(IOException.class, first::unpack);
            Bzip2Segment joined = first.with(second);
            assertEquals(block.length(), joined.length());
            assertArrayEquals(bytes, joined.unpack());
        }
    }

    /** Where data of a block was overwritten by a magic number, the block is damaged, and nothing is handed out for it. */
    @Test
    void aMagicNumberInTheWrongPlace() throws IOException {
        byte[] bytes = new byte[250_000];
        new Random(3).nextBytes(bytes);
        byte[] packed = pack(bytes, 1);
        for (long magic : new long[] {Bzip2Segment.BLOCK, Bzip2Segment.END}) {
            byte[] changed = packed.clone();
            for (int i = 0; i < 6; i++) {
                changed[150_000 + i] = (byte) (magic >>> 40 - 8 * i);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            IOException e = assertThrows(IOException.class, () -> new Bzip2Stream(new ByteArrayInputStream(changed), 2).transferTo(out));
            assertTrue(!(e instanceof EOFException), e.toString());
            assertArrayEquals(Arrays.copyOf(bytes, out.size()), out.toByteArray());
            assertTrue(out.size() > 90_000);
        }
    }

    @Test
    void whatIsWrongBehindAStream() throws IOException {
        byte[] packed = pack("text".getBytes(), 9);
        assertEquals("something else follows a stream", failure(Pack.concat(packed, "garbage".getBytes())).getMessage());
        assertEquals("something else follows a stream", failure(Pack.concat(packed, new byte[100_000])).getMessage());
        assertEquals("something else follows a stream", failure(Pack.concat(packed, "BZh0".getBytes())).getMessage());
        assertEquals("something else follows a stream", failure(Pack.concat(packed, "BZh9 is no header".getBytes())).getMessage());
        for (int length = 1; length < packed.length; length++) {
            IOException e = failure(Pack.concat(packed, Arrays.copyOf(packed, length)));
            assertEquals(EOFException.class, e.getClass(), "cut to " + length);
        }
        byte[] wrongSum = packed.clone();
        wrongSum[packed.length - 3] ^= 1;
        assertTrue(failure(wrongSum).getMessage().startsWith("the CRC of a stream is "), failure(wrongSum).getMessage());
    }

    @Test
    void aHugeFileWithoutAMagicNumberIsGivenUp() {
        byte[] start = pack("text".getBytes(), 9);
        byte[] bytes = Pack.concat(Arrays.copyOf(start, 20), new byte[Bzip2Scanner.LONGEST + 200_000]);
        assertTrue(!(failure(bytes) instanceof EOFException));
    }

    private static Bzip2Segment part(Bzip2Segment whole, long from, long length) {
        byte[] bits = new byte[(int) (length + 7 >>> 3) + 1];
        for (long i = 0; i < length; i++) {
            bits[(int) (i >>> 3)] |= (byte) (whole.bits(from + i, 1) << 7 - (i & 7));
        }
        return new Bzip2Segment(whole.magic(), bits, length, whole.offset() + from);
    }

    private static IOException failure(byte[] packed) {
        return assertThrows(IOException.class, () -> unpack(packed, 2));
    }

    private static byte[] unpack(byte[] packed, int threads) throws IOException {
        try (Bzip2Stream in = new Bzip2Stream(new ByteArrayInputStream(packed), threads)) {
            return in.readAllBytes();
        }
    }

    private static byte[] pack(byte[] bytes, int level) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (BZip2CompressorOutputStream out = new BZip2CompressorOutputStream(packed, level)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return packed.toByteArray();
    }
}
