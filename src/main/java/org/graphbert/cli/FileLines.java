package org.graphbert.cli;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.graphbert.corpus.DocumentReader;
import org.graphbert.corpus.TextLines;
import org.graphbert.text.LineSource;

/**
 * The lines of several files, one file after the other; it joins the corpus to the tokenizer's trainer. How far it is
 * counts the bytes of the files as they lie there, packed or not.
 */
final class FileLines implements LineSource, AutoCloseable {

    private static final int KIB = 1024;

    private final Iterator<Path> files;
    private final Charset encoding;
    private final long totalBytes;
    private long bytesBefore;
    private TextLines current;
    private String next;

    FileLines(List<Path> files, Charset encoding) {
        this.files = files.iterator();
        this.encoding = encoding;
        totalBytes = files.stream().mapToLong(DocumentReader::size).sum();
    }

    @Override
    public boolean hasNext() {
        while (next == null && (current != null || files.hasNext())) {
            if (current == null) {
                current = TextLines.open(files.next(), encoding);
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
