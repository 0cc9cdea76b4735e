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
 * Streams the documents of several files, text or JSON lines. In text, a blank line ends a document, and so does the end
 * of a file (google-research/bert lets a document run on into the next file).
 *
 * <p>One document is in memory at a time, and of a long one a piece: it is cut between lines into documents of the same
 * number, each with at most {@link #LONGEST_DOCUMENT} characters. Only whole documents are held to the least length;
 * duplicates are told piece by piece, so that of a cut document that repeats every piece is dropped.
 */
public final class DocumentReader implements AutoCloseable {

    /** In UTF-16 units. A longer document most likely lacks its blank lines. */
    public static final long LONGEST_DOCUMENT = 1L << 21;

    private final List<Path> files;
    private final DocumentOptions options;
    private final Charset encoding;
    private final Fingerprints fingerprints;
    private int nextFile;
    private FileDocuments documents;
    private long number;
    /** Whether the last piece was not its document's last. */
    private boolean inDocument;
    /** The line that did not fit into the last piece. */
    private String held;
    private long bytesBefore;
    private long emptyBefore;
    private long cutLinesBefore;
    private long duplicates;
    private long tooShort;
    private long cut;

    public DocumentReader(List<Path> files, DocumentOptions options, Charset encoding) {
        this.files = List.copyOf(files);
        this.options = options;
        this.encoding = encoding;
        fingerprints = options.deduplicate() ? new Fingerprints() : null;
    }

    /**
     * The next document, or the next piece of a long one; null behind the last.
     *
     * @throws Failure (data) where a file cannot be read, is JSON lines or XML where text is expected, or has a line of
     *     JSON without the text
     */
    public Document next() {
        while (inDocument || advance()) {
            Document document = piece();
            if (document != null) {
                return document;
            }
        }
        return null;
    }

    /** How many bytes of the files, packed or not, have been read. */
    public long bytesRead() {
        return bytesBefore + (documents == null ? 0 : documents.bytesRead());
    }

    /** What has been left out, and cut, so far. */
    public DocumentCounts counts() {
        return new DocumentCounts(
                duplicates,
                tooShort,
                emptyBefore + (documents == null ? 0 : documents.empty()),
                cut,
                cutLinesBefore + (documents == null ? 0 : documents.cutLines()),
                memory());
    }

    /** Bytes that deduplication takes; 0 without it. */
    public long memory() {
        return fingerprints == null ? 0 : fingerprints.memory();
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
        if (documents != null) {
            documents.close();
            documents = null;
        }
    }

    /** Goes to the next document, in the next file if need be. */
    private boolean advance() {
        while (documents != null || nextFile < files.size()) {
            if (documents == null) {
                documents = open(files.get(nextFile++));
                number = 0;
            }
            if (documents.advance()) {
                number++;
                return true;
            }
            bytesBefore += size(files.get(nextFile - 1));
            emptyBefore += documents.empty();
            cutLinesBefore += documents.cutLines();
            close();
        }
        return false;
    }

    private FileDocuments open(Path file) {
        return options.textField() == null
                ? new TextDocuments(file, encoding)
                : new JsonDocuments(file, encoding, options.textField());
    }

    /** The next piece of this document, all of it as a rule; null if it is left out. */
    private Document piece() {
        boolean first = !inDocument;
        List<String> lines = new ArrayList<>();
        long characters = 0;
        inDocument = false;
        for (String line = held != null ? held : documents.line(); line != null; line = documents.line()) {
            held = null;
            if (characters > 0 && characters + line.length() > LONGEST_DOCUMENT) {
                held = line;
                inDocument = true;
                break;
            }
            lines.add(line);
            characters += line.length();
        }
        boolean whole = first && !inDocument;
        cut += first && inDocument ? 1 : 0;
        if (whole && characters < options.minCharacters()) {
            tooShort++;
            return null;
        }
        if (fingerprints != null && !fingerprints.add(Fingerprints.of(lines))) {
            duplicates++;
            return null;
        }
        return new Document(files.get(nextFile - 1).toString(), number, lines);
    }
}
