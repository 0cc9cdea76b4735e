package org.graphbert.cli;

import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.graphbert.config.Failure;
import org.graphbert.corpus.TextLines;
import org.graphbert.text.LineFeeds;
import org.graphbert.text.TokenStreams;
import org.graphbert.text.Transcoder;

/** The lines of files, one behind the other, or of stdin; each knows where it stands. One is in memory at a time. */
final class PredictLines implements Iterator<PredictLines.Line>, AutoCloseable {

    private final Iterator<Path> files;
    private final Charset encoding;
    private Object source;
    private Supplier<String> lines;
    private TextLines file;
    private long number;
    private Line next;

    private PredictLines(Iterator<Path> files, Charset encoding) {
        this.files = files;
        this.encoding = encoding;
    }

    /**
     * A line.
     *
     * @param source its file, or stdin
     * @param number from 1
     * @param text without its end
     */
    record Line(Object source, long number, String text) {

        String where() {
            return String.format("%s: line %,d", source, number);
        }

        /** What is wrong with it, said with its place. */
        Failure failure(Failure reason) {
            return Failure.data("%s: %s", where(), reason.getMessage(), reason);
        }
    }

    static PredictLines of(List<Path> files, Charset encoding) {
        return new PredictLines(files.iterator(), encoding);
    }

    static PredictLines ofStdin(Charset encoding) {
        PredictLines stdin = new PredictLines(List.<Path>of().iterator(), encoding);
        InputStream in = System.in;
        LineFeeds feeds = new LineFeeds(Transcoder.utf8(in, encoding, TokenStreams.SOURCE), TokenStreams.SOURCE);
        stdin.source = TokenStreams.SOURCE;
        stdin.lines = () -> {
            String line = feeds.next();
            return line != null && line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        };
        return stdin;
    }

    @Override
    public boolean hasNext() {
        while (next == null && (lines != null || files.hasNext())) {
            if (lines == null) {
                Path path = files.next();
                file = TextLines.open(path, encoding);
                source = path;
                lines = file::readLine;
                number = 0;
            }
            String text = lines.get();
            if (text == null) {
                close();
                lines = null;
            } else {
                next = new Line(source, ++number, text);
            }
        }
        return next != null;
    }

    @Override
    public Line next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Line line = next;
        next = null;
        return line;
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
