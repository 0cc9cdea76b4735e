package org.graphbert.distribute.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Passes on what a process prints, line by line, so that the lines of several do not mix. */
final class Relay {

    private final Thread thread;

    /**
     * Begins to read.
     *
     * @param prefix of every line
     * @param dropped lines that nobody wants to see
     */
    Relay(InputStream from, PrintStream to, String prefix, Predicate<String> dropped) {
        thread = new Thread(() -> copy(from, to, prefix, dropped), "relay " + prefix);
        thread.setDaemon(true);
        thread.start();
    }

    private static void copy(InputStream from, PrintStream to, String prefix, Predicate<String> dropped) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!dropped.test(line)) {
                    // In one piece: several relays print to the same stream.
                    to.print(prefix + line + System.lineSeparator());
                    to.flush();
                }
            }
        } catch (IOException e) {
            // The process is gone, and its pipe with it.
        }
    }

    /** Waits until all is passed on, for a process' pipe may be open in one that it left behind. */
    void finish(long millis) throws InterruptedException {
        thread.join(millis);
    }
}
