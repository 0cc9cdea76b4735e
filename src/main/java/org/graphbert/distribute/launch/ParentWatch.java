package org.graphbert.distribute.launch;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Ends a process when the one that launched it lets go of it: stdin is a pipe from there, and it is closed on purpose, to ask
 * for an end, or by the system, if the launcher died of whatever. Other than a signal, that reaches a child on Windows too, and
 * whoever killed the launcher cannot prevent it.
 */
public final class ParentWatch {

    /** As after a signal: what must be saved is saved by the hooks of the JVM's shutdown. */
    private static final int INTERRUPTED = 130;
    private static final int NOT_SAVED = 1;

    private ParentWatch() {}

    /**
     * Watches from now on.
     *
     * @param in the stdin of this process
     * @param grace after which the process ends even if what it saves is not saved yet
     */
    public static void begin(InputStream in, Duration grace) {
        daemon("parent-watch", () -> {
            awaitEnd(in);
            daemon("grace", () -> haltAfter(grace));
            System.exit(INTERRUPTED);
        });
    }

    private static void awaitEnd(InputStream in) {
        byte[] ignored = new byte[64];
        try {
            while (in.read(ignored) >= 0) {
                // Nothing is ever sent.
            }
        } catch (IOException e) {
            // A pipe that breaks is closed as well.
        }
    }

    private static void haltAfter(Duration grace) {
        try {
            Thread.sleep(grace.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(NOT_SAVED);
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
