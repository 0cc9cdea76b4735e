package org.graphbert.corpus;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.graphbert.config.Failure;

/**
 * The lines of a UTF-8 text file, plain or gzip (told by its first two bytes). A line ends at LF; a CR before it is
 * dropped; any other separator is part of the line. A byte order mark at the start is skipped.
 */
public final class TextLines implements AutoCloseable {

    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_LINE = 1 << 26;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final char REPLACEMENT = '\uFFFD';

    private final Path file;
    private final InputStream in;
    private final Counted raw;
    private byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;
    /** Offset in the (unpacked) text of {@code buffer[0]}. */
    private long offset;

    private TextLines(Path file, InputStream in, Counted raw) {
        this.file = file;
        this.in = in;
        this.raw = raw;
    }

    /**
     * Opens a file.
     *
     * @throws Failure (data) if the file does not exist or cannot be read
     */
    public static TextLines open(Path file) {
        try {
            Counted raw = new Counted(Files.newInputStream(file));
            BufferedInputStream peek = new BufferedInputStream(raw, BUFFER);
            peek.mark(2);
            boolean gzip = peek.read() == 0x1F && peek.read() == 0x8B;
            peek.reset();
            TextLines lines = new TextLines(file, gzip ? new GZIPInputStream(peek, BUFFER) : peek, raw);
            lines.skipByteOrderMark();
            return lines;
        } catch (NoSuchFileException e) {
            throw Failure.data("%s: no such file", file);
        } catch (IOException e) {
            throw unreadable(file, 0, e);
        }
    }

    /**
     * The next line without its end, or null behind the last.
     *
     * @throws Failure (data) that names the file and the byte offset in the text, if it is not UTF-8 or a gzip file
     *     is damaged
     */
    public String readLine() {
        int scanned = start;
        while (true) {
            for (int i = scanned; i < end; i++) {
                if (buffer[i] == '\n') {
                    String line = decode(start, i > start && buffer[i - 1] == '\r' ? i - 1 : i);
                    start = i + 1;
                    return line;
                }
            }
            scanned = end - start; // fill() moves the rest to the front
            if (!fill()) {
                if (start == end) {
                    return null;
                }
                String line = decode(start, end);
                start = end;
                return line;
            }
        }
    }

    /** The remaining lines. Closing the stream closes the file. */
    public Stream<String> lines() {
        return Stream.generate(this::readLine).takeWhile(Objects::nonNull).onClose(this::close);
    }

    /** How many bytes of the file itself, packed or not, have been read; for progress. */
    public long bytesRead() {
        return raw.count;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void skipByteOrderMark() {
        while (end < BYTE_ORDER_MARK.length && fill()) {
            // until there is enough to tell
        }
        if (end >= 3 && Arrays.equals(buffer, 0, 3, BYTE_ORDER_MARK, 0, 3)) {
            start = 3;
        }
    }

    /** Moves the unread rest to the front and reads more behind it; false at the end of the file. */
    private boolean fill() {
        System.arraycopy(buffer, start, buffer, 0, end - start);
        offset += start;
        end -= start;
        start = 0;
        if (end == buffer.length) {
            if (end >= LONGEST_LINE) {
                throw Failure.data("%s: the line at byte %,d is longer than %,d bytes; break it into paragraphs",
                        file, offset, LONGEST_LINE);
            }
            buffer = Arrays.copyOf(buffer, 2 * end);
        }
        try {
            int read = in.read(buffer, end, buffer.length - end);
            end += Math.max(0, read);
            return read > 0;
        } catch (IOException e) {
            throw unreadable(file, offset + end, e);
        }
    }

    private String decode(int from, int to) {
        String line = new String(buffer, from, to - from, StandardCharsets.UTF_8);
        // The lenient decoder is the fast one; only a line with a replacement character needs the strict one.
        if (line.indexOf(REPLACEMENT) >= 0) {
            CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
            ByteBuffer bytes = ByteBuffer.wrap(buffer, from, to - from);
            CoderResult result = strict.decode(bytes, CharBuffer.allocate(to - from + 1), true);
            if (result.isError()) {
                int at = bytes.position();
                throw Failure.data("%s: byte %,d (0x%02X) is not UTF-8; convert the file, for example with iconv",
                        file, offset + at, buffer[at] & 0xFF);
            }
        }
        return line;
    }

    private static Failure unreadable(Path file, long offset, IOException e) {
        if (e instanceof ZipException || e instanceof EOFException) {
            return Failure.data("%s: damaged gzip file, behind byte %,d of its text: %s", file, offset, e.getMessage());
        }
        return Failure.data("%s: cannot be read: %s", file, e.getMessage());
    }

    /** Counts the bytes of the file itself. */
    private static final class Counted extends InputStream {
        private final InputStream in;
        private volatile long count;

        Counted(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = in.read(bytes, from, length);
            count += Math.max(0, read);
            return read;
        }

        @Override
        public int available() throws IOException {
            return in.available(); // GZIPInputStream asks before it looks for another member
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
