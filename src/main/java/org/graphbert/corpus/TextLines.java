package org.graphbert.corpus;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.text.LineFeeds;
import org.graphbert.text.Transcoder;

/**
 * The lines of a text file, plain or packed with gzip, bzip2 or zstd (told by its first bytes). A line ends at LF; a CR at
 * its end is dropped; any other separator is part of the line. A byte order mark at the start is skipped.
 */
public final class TextLines implements AutoCloseable {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final UnpackedFile file;
    private final LineFeeds lines;

    private TextLines(UnpackedFile file, LineFeeds lines) {
        this.file = file;
        this.lines = lines;
    }

    /** Opens a file of UTF-8; see {@link #open(Path, Charset)}. */
    public static TextLines open(Path file) {
        return open(file, StandardCharsets.UTF_8);
    }

    /**
     * Opens a file.
     *
     * @throws Failure (data) if the file does not exist or cannot be read
     */
    public static TextLines open(Path file, Charset encoding) {
        return open(file, encoding, Integer.MAX_VALUE);
    }

    /**
     * Opens a file of which a line may be as long as it likes.
     *
     * @param cutAt a line of more bytes of UTF-8 comes in pieces, cut at white space where there is some
     */
    static TextLines open(Path file, Charset encoding, int cutAt) {
        UnpackedFile unpacked = new UnpackedFile(file);
        return new TextLines(unpacked, new LineFeeds(Transcoder.utf8(unpacked, encoding, file), file, cutAt));
    }

    /**
     * The next line without its end, or null behind the last.
     *
     * @throws Failure (data) that names the file and the byte offset in the (unpacked) text, if it has another encoding
     *     or the archive is damaged
     */
    public String readLine() {
        String line = lines.next();
        if (line == null) {
            return null;
        }
        int from = lines.lineNumber() == 1 && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
        int to = line.length();
        if (to > from && line.charAt(to - 1) == '\r') {
            to--;
        }
        return line.substring(from, to); // the line itself where nothing goes
    }

    /** The number of the line last read, from 1; a piece of a line counts as one. */
    long lineNumber() {
        return lines.lineNumber();
    }

    /** How often a line has been cut. */
    long cuts() {
        return lines.cuts();
    }

    /** The remaining lines. Closing the stream closes the file. */
    public Stream<String> lines() {
        return Stream.generate(this::readLine).takeWhile(Objects::nonNull).onClose(this::close);
    }

    /** How many bytes of the file itself, packed or not, have been read; for progress. */
    public long bytesRead() {
        return file.fileBytesRead();
    }

    @Override
    public void close() {
        file.close();
    }
}
