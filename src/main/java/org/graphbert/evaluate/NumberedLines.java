package org.graphbert.evaluate;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.graphbert.config.Failure;
import org.graphbert.corpus.TextLines;

/** The lines of a file of UTF-8, plain or packed (gzip, bzip2, zstd), with their numbers; a byte order mark is skipped. */
public final class NumberedLines implements AutoCloseable {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Path file;
    private final TextLines lines;
    private long number;

    private NumberedLines(Path file, TextLines lines) {
        this.file = file;
        this.lines = lines;
    }

    /**
     * Opens a file.
     *
     * @throws Failure (data) if it does not exist or cannot be read
     */
    public static NumberedLines open(Path file) {
        // As bytes: what they are not is said with the number of the line.
        return new NumberedLines(file, TextLines.open(file, StandardCharsets.ISO_8859_1));
    }

    /**
     * The next line without its end (LF, or CR LF), or null behind the last.
     *
     * @throws Failure (data) with the number of the line, if it is not UTF-8
     */
    public String next() {
        String bytes = lines.readLine();
        if (bytes == null) {
            return null;
        }
        number++;
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
            return number == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw Failure.data("%s: line %,d is not UTF-8; convert the file to UTF-8", file, number, e);
        }
    }

    /** The number of the line last read, from 1; 0 before the first. */
    public long number() {
        return number;
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() {
        lines.close();
    }
}
