package org.graphbert.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.graphbert.config.Failure;

/**
 * Lines of UTF-8 that end at LF and nowhere else: a carriage return, U+0085 or U+2028 within a line is part of it, so
 * that what comes out has a line for each line that went in.
 */
public final class LineFeeds {

    private static final int CHUNK = 1 << 16;
    private static final int LONGEST_LINE = 1 << 26;
    /** Bytes of UTF-8. */
    private static final int LONGEST_CHARACTER = 4;
    private static final char REPLACEMENT = '\uFFFD';

    private final InputStream in;
    private final Object source;
    private final int cutAt;
    private byte[] buffer = new byte[CHUNK];
    private int from;
    private int filled;
    /** Offset in the stream of {@code buffer[0]}. */
    private long bufferOffset;
    private long lineNumber;
    private long cuts;

    /** @param source what errors name: a file, or "stdin" */
    public LineFeeds(InputStream in, Object source) {
        this(in, source, Integer.MAX_VALUE);
    }

    /**
     * @param source what errors name: a file, or "stdin"
     * @param cutAt a line of more bytes comes in pieces of half as many to as many, cut behind white space where there
     *     is some
     */
    public LineFeeds(InputStream in, Object source, int cutAt) {
        this.in = in;
        this.source = source;
        this.cutAt = cutAt;
    }

    /**
     * The next line without its LF, or null at the end; a last line needs no LF.
     *
     * @throws Failure (data) if the line is not UTF-8, naming the offset of the first wrong byte, or has more than 64 MiB
     * @throws UncheckedIOException if the stream cannot be read
     */
    public String next() {
        int scanned = from;
        while (true) {
            int i = lineFeed(buffer, scanned, filled);
            if (i - from > cutAt) {
                cuts++;
                int cut = placeToCut(from + cutAt);
                return line(cut, cut);
            }
            if (i < filled) {
                return line(i, i + 1);
            }
            scanned = filled - from; // fill() moves the rest to the front
            if (!fill()) {
                return from == filled ? null : line(filled, filled);
            }
        }
    }

    /** The number of the line last read, from 1; a piece of a line counts as one. */
    public long lineNumber() {
        return lineNumber;
    }

    /** How often a line has been cut. */
    public long cuts() {
        return cuts;
    }

    /** Behind the last white space of the second half before {@code end}, or else between two characters. */
    private int placeToCut(int end) {
        for (int i = end; i > end - cutAt / 2; i--) {
            if (buffer[i - 1] == ' ' || buffer[i - 1] == '\t') {
                return i;
            }
        }
        int i = end;
        while (i > end - LONGEST_CHARACTER && (buffer[i] & 0xC0) == 0x80) {
            i--;
        }
        return i;
    }

    /** The index of the first line feed in [from, to), or {@code to}; apart, as the compiler makes more of it so. */
    private static int lineFeed(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != '\n') {
            i++;
        }
        return i;
    }

    private String line(int end, int next) {
        lineNumber++;
        String line = new String(buffer, from, end - from, StandardCharsets.UTF_8);
        if (line.indexOf(REPLACEMENT) >= 0) {
            // Either the line has that character, or the lenient decoder, which is the fast one, put it where a byte was
            // wrong: the strict way will tell.
            TextEncoding.requireUtf8(buffer, from, end, bufferOffset, source);
        }
        from = next;
        return line;
    }

    /** Moves the unread bytes to the front and reads more behind them; false at the end. */
    private boolean fill() {
        System.arraycopy(buffer, from, buffer, 0, filled - from);
        bufferOffset += from;
        filled -= from;
        from = 0;
        if (filled == buffer.length) {
            if (filled >= LONGEST_LINE) {
                throw Failure.data("%s: the line at byte %,d is longer than %,d bytes; break it into paragraphs",
                        source, bufferOffset, LONGEST_LINE);
            }
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        try {
            int read = in.read(buffer, filled, buffer.length - filled);
            filled += Math.max(0, read);
            return read >= 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
