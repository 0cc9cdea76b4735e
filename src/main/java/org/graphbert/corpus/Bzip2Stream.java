package org.graphbert.corpus;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;

/**
 * Unpacks bzip2 on several cores: a file is cut at its magic numbers ({@link Bzip2Scanner}), each block is unpacked by
 * itself, and the texts come out in order, the same bytes for any number of threads. Where a block cannot be unpacked,
 * its end may have been data that looks like a magic number (once in 2^48 bits), and it is tried with what follows.
 * Streams one after the other are read to the end, as pbzip2 and Wikipedia's multistream dumps have them.
 *
 * <p>In memory are threads + 2 blocks: some 2 MB each for ordinary text, at most 46 MB for a block of one character only.
 */
final class Bzip2Stream extends InputStream {

    private static final long HEADER = 'B' << 16 | 'Z' << 8 | 'h';
    private static final int HEADER_BITS = 32;
    private static final int END_BITS = 80;

    private final InputStream in;
    private final Ahead<Unpacked> blocks;
    /** Segments behind one that was tried with them in vain. */
    private final Queue<Unpacked> putBack = new ArrayDeque<>();
    private byte[] text = new byte[0];
    private int next;
    private int streamCrc;
    private boolean inStream = true;

    /** A segment and its text, or why it has none. */
    private record Unpacked(Bzip2Segment segment, byte[] text, IOException failure) {

        static Unpacked of(Bzip2Segment segment) {
            try {
                return new Unpacked(segment, segment.unpack(), null);
            } catch (IOException e) {
                return new Unpacked(segment, null, e);
            }
        }
    }

    Bzip2Stream(InputStream in, int threads) {
        this.in = in;
        Bzip2Scanner scanner = new Bzip2Scanner(in);
        blocks = new Ahead<>("bzip2", threads, () -> work(scanner));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * @throws EOFException if the file ends within a stream
     * @throws IOException if a block is damaged, a checksum is wrong, or what follows a stream is none
     */
    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        while (next == text.length) {
            Unpacked segment = nextSegment();
            if (segment == null) {
                if (inStream) {
                    throw new EOFException();
                }
                return -1;
            }
            if (segment.segment().isEnd()) {
                endStream(segment.segment());
            } else {
                beginBlock(segment);
            }
        }
        int some = Math.min(length, text.length - next);
        System.arraycopy(text, next, bytes, from, some);
        next += some;
        return some;
    }

    @Override
    public void close() throws IOException {
        blocks.close();
        in.close();
    }

    private static Callable<Unpacked> work(Bzip2Scanner scanner) {
        try {
            Bzip2Segment segment = scanner.next();
            if (segment == null) {
                return null;
            }
            return segment.isEnd() ? () -> new Unpacked(segment, null, null) : () -> Unpacked.of(segment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Unpacked nextSegment() {
        return putBack.isEmpty() ? blocks.next() : putBack.remove();
    }

    private void beginBlock(Unpacked first) throws IOException {
        Unpacked block = first;
        Queue<Unpacked> tried = new ArrayDeque<>();
        boolean toTheEnd = false;
        while (block.failure() != null && block.segment().length() <= 8L * Bzip2Scanner.LONGEST) {
            Unpacked more = nextSegment();
            if (more == null) {
                toTheEnd = true;
                break;
            }
            tried.add(more);
            block = Unpacked.of(block.segment().with(more.segment()));
        }
        if (block.failure() != null) {
            throw toTheEnd && tried.isEmpty() ? new EOFException() : first.failure();
        }
        streamCrc = Integer.rotateLeft(streamCrc, 1) ^ block.segment().crc();
        text = block.text();
        next = 0;
    }

    /** Checks a stream's end, and the header of the next one that follows in the same segment. */
    private void endStream(Bzip2Segment end) throws IOException {
        if (end.length() < END_BITS) {
            throw new EOFException();
        }
        if (end.crc() != streamCrc) {
            throw new IOException(String.format("the CRC of a stream is %08X, expected %08X", streamCrc, end.crc()));
        }
        streamCrc = 0;
        inStream = false;
        long padding = -(end.offset() + END_BITS) & 7;
        long rest = end.length() - END_BITS - padding;
        if (rest <= 0) {
            return;
        }
        long header = end.bits(END_BITS + padding, HEADER_BITS);
        int given = (int) Math.min(24, rest);
        boolean begins = header >>> 32 - given == HEADER >>> 24 - given;
        int level = (int) (header & 0xFF) - '0';
        boolean whole = rest >= HEADER_BITS;
        if (!begins || whole && (level < 1 || level > 9) || rest >= HEADER_BITS + Bzip2Segment.MAGIC_BITS) {
            throw new IOException("something else follows a stream");
        }
        if (rest != HEADER_BITS) {
            throw new EOFException();
        }
        inStream = true; // a segment has to follow: a block, or the end of a stream of nothing
    }
}
