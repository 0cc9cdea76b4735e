package org.graphbert.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;

/**
 * Streams the documents of several text files, one in memory at a time. A blank line ends a document, and so does the
 * end of a file (google-research/bert lets a document run on into the next file).
 */
public final class DocumentReader implements AutoCloseable {

    /** A document has to fit in memory; a longer one most likely lacks its blank lines. */
    private static final long LONGEST_DOCUMENT = 1L << 26;

    private final List<Path> files;
    private final DocumentOptions options;
    private final Charset encoding;
    private int nextFile;
    private TextLines lines;
    private long number;
    private long bytesBefore;

    public DocumentReader(List<Path> files, DocumentOptions options, Charset encoding) {
        this.files = List.copyOf(files);
        this.options = options;
        this.encoding = encoding;
    }

    /**
     * The next document, or null behind the last.
     *
     * @throws Failure (data) where a file cannot be read, and for a document of more than 64 Mi characters
     */
    public Document next() {
        while (lines != null || nextFile < files.size()) {
            if (lines == null) {
                lines = TextLines.open(files.get(nextFile++), encoding);
                number = 0;
            }
            List<String> document = readDocument();
            if (document.isEmpty()) {
                bytesBefore += size(files.get(nextFile - 1));
                lines.close();
                lines = null;
            } else {
                number++;
                return new Document(files.get(nextFile - 1).toString(), number, document);
            }
        }
        return null;
    }

    /** How many bytes of the files, packed or not, have been read. */
    public long bytesRead() {
        return bytesBefore + (lines == null ? 0 : lines.bytesRead());
    }

    /** What has been left out so far. */
    public DocumentCounts counts() {
        return DocumentCounts.NONE;
    }

    /** The size of a file in bytes, as {@link #bytesRead} counts it. */
    public static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (lines != null) {
            lines.close();
            lines = null;
        }
    }

    /** The lines up to the next blank one; empty at the end of the file. */
    private List<String> readDocument() {
        List<String> document = new ArrayList<>();
        long characters = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String stripped = line.strip();
            if (!stripped.isEmpty()) {
                document.add(stripped);
                characters += stripped.length();
                if (characters > LONGEST_DOCUMENT) {
                    throw Failure.data(
                            "%s: document %,d is longer than %,d characters; put a blank line between documents",
                            files.get(nextFile - 1), number + 1, LONGEST_DOCUMENT);
                }
            } else if (!document.isEmpty()) {
                break;
            }
        }
        return document;
    }
}
