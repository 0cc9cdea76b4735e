package org.graphbert.cli;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.graphbert.corpus.Document;
import org.graphbert.corpus.DocumentOptions;
import org.graphbert.corpus.DocumentReader;
import org.graphbert.corpus.InputFormat;
import org.graphbert.corpus.TextLines;
import org.graphbert.text.LineSource;

/**
 * The lines of several text files, or of the documents of JSON lines, one file after the other; it joins the corpus to the
 * tokenizer's trainer. How far it is counts the bytes of the files as they lie there, packed or not.
 */
final class FileLines implements LineSource, AutoCloseable {

    private static final int KIB = 1024;

    private final Iterator<Path> files;
    private final String textField;
    private final Charset encoding;
    private final long totalBytes;
    private long bytesBefore;
    private Lines current;
    private String next;

    /** @param textField of JSON lines; null for text */
    FileLines(List<Path> files, String textField, Charset encoding) {
        this.files = files.iterator();
        this.textField = textField;
        this.encoding = encoding;
        totalBytes = files.stream().mapToLong(DocumentReader::size).sum();
    }

    @Override
    public boolean hasNext() {
        while (next == null && (current != null || files.hasNext())) {
            if (current == null) {
                current = open(files.next());
            }
            next = current.readLine();
            if (next == null) {
                bytesBefore += current.bytesRead();
                close();
            }
        }
        return next != null;
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        String line = next;
        next = null;
        return line;
    }

    @Override
    public long total() {
        return totalBytes / KIB;
    }

    @Override
    public long done() {
        return (bytesBefore + (current == null ? 0 : current.bytesRead())) / KIB;
    }

    private Lines open(Path file) {
        if (textField != null) {
            return new JsonLines(new DocumentReader(
                    List.of(file), new DocumentOptions(textField, false, 0), encoding));
        }
        InputFormat.requireText(file, encoding);
        return new PlainLines(TextLines.open(file, encoding));
    }

    /** The lines of one file. */
    private interface Lines extends AutoCloseable {

        /** The next one, or null behind the last. */
        String readLine();

        long bytesRead();

        @Override
        void close();
    }

    private record PlainLines(TextLines lines) implements Lines {

        @Override
        public String readLine() {
            return lines.readLine();
        }

        @Override
        public long bytesRead() {
            return lines.bytesRead();
        }

        @Override
        public void close() {
            lines.close();
        }
    }

    private static final class JsonLines implements Lines {

        private final DocumentReader documents;
        private Iterator<String> lines = Collections.emptyIterator();

        JsonLines(DocumentReader documents) {
            this.documents = documents;
        }

        @Override
        public String readLine() {
            if (!lines.hasNext()) {
                Document document = documents.next();
                if (document == null) {
                    return null;
                }
                lines = document.lines().iterator();
            }
            return lines.next();
        }

        @Override
        public long bytesRead() {
            return documents.bytesRead();
        }

        @Override
        public void close() {
            documents.close();
        }
    }

    @Override
    public String unit() {
        return "KiB";
    }

    @Override
    public void close() {
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
