package org.graphbert.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** stdin and stdout as bytes: UTF-8 is read and written whatever the locale says. */
final class StandardStreams {

    private StandardStreams() {}

    /** Reads one stream and writes the other. */
    @FunctionalInterface
    interface Pipe {
        void run(InputStream in, OutputStream out) throws IOException;
    }

    static void pipe(Pipe pipe) {
        try {
            pipe.run(System.in, System.out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
