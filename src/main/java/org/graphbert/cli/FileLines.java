package org.graphbert.cli;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.graphbert.corpus.TextLines;

/** The lines of several files, one file after the other; it joins the corpus to the tokenizer's trainer. */
final class FileLines implements Iterator<String>, AutoCloseable {

    private final Iterator<Path> files;
    private TextLines current;
    private String next;

    FileLines(List<Path> files) {
        this.files = files.iterator();
    }

    @Override
    public boolean hasNext() {
        while (next == null && (current != null || files.hasNext())) {
            if (current == null) {
                current = TextLines.open(files.next());
            }
            next = current.readLine();
            if (next == null) {
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
    public void close() {
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
