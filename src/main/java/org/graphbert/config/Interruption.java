package org.graphbert.config;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGINT and SIGTERM as a request to stop: while one of these is open, the JVM's shutdown waits until the state is
 * saved, and the process ends with exit code 130.
 */
public final class Interruption implements AutoCloseable {

    private static final int EXIT_CODE = 130;
    private static final long LONGEST_SAVE_SECONDS = 600;

    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "save-on-signal");
    private volatile boolean requested;

    public Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether a signal has come. */
    public boolean requested() {
        return requested;
    }

    private void stop() {
        requested = true;
        try {
            saved.await(LONGEST_SAVE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.err.flush();
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    /** The state is saved, or the work is done: the shutdown may go on. */
    @Override
    public void close() {
        saved.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is running and ends the process.
        }
    }
}
