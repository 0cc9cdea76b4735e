package org.graphbert.corpus;

import java.nio.charset.Charset;
import java.nio.file.Path;

/** The documents of a text file: a blank line ends one, and so does the end of the file. */
final class TextDocuments implements FileDocuments {

    /** In bytes of UTF-8. A file without line feeds is no reason to hold it whole; a paragraph is never as long. */
    static final int LONGEST_LINE = 1 << 20;

    private final TextLines lines;
    private String held;

    /** @throws org.graphbert.config.Failure (data) if the file cannot be read, or is no text by its first line */
    TextDocuments(Path file, Charset encoding) {
        lines = TextLines.open(file, encoding, LONGEST_LINE);
        try {
            if (advance()) {
                InputFormat.requireText(file, held);
            }
        } catch (RuntimeException e) {
            lines.close();
            throw e;
        }
    }

    @Override
    public boolean advance() {
        while (held == null) {
            String line = lines.readLine();
            if (line == null) {
                return false;
            }
            hold(line);
        }
        return true;
    }

    @Override
    public String line() {
        String line = held;
        if (line != null) {
            held = null;
            String next = lines.readLine();
            if (next != null) {
                hold(next);
            }
        }
        return line;
    }

    @Override
    public long bytesRead() {
        return lines.bytesRead();
    }

    @Override
    public long cutLines() {
        return lines.cuts();
    }

    @Override
    public long empty() {
        return 0;
    }

    @Override
    public void close() {
        lines.close();
    }

    private void hold(String line) {
        String stripped = line.strip();
        held = stripped.isEmpty() ? null : stripped;
    }
}
