package org.graphbert.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Bzip2StreamTest {

    /** Level 1 takes 100,000 - 19 bytes a block, so these end on, before and behind a block's end, and of a run. */
    @ParameterizedTest
    @CsvSource({
        "0, 1", "1, 1", "2, 9", "99980, 1", "99981, 1", "99982, 1", "199962, 1", "199963, 1", "350000, 1",
        "899980, 9", "899981, 9", "899982, 9", "900000, 9", "1800001, 9"
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
     * Data that looks like a block's beginning, at every bit of a byte: packed random bytes hold it nowhere, so the two
     * numbers are put where the format ignores what stands there, behind the last selector's bit: a block's segment is
     * cut apart by hand instead, as the scanner would have.
     */
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

    /** A false magic number in the file itself: in a stored stretch of symbols, found by trying seeds. */
    @Test
    void aMagicNumberByChance() throws IOException {
        byte[] bytes = new byte[250_000];
        new Random(3).nextBytes(bytes);
        byte[] packed = pack(bytes, 1);
        // Where data of a block was changed into a magic number, the block is damaged, but nothing is handed out for it.
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
