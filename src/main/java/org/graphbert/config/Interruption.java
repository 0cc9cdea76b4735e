package org.graphbert.config;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * SIGINT and SIGTERM as a request to stop: while one of these is open, the JVM's shutdown waits until the state is
 * saved, and the process ends with exit code 130. What is to be said must be said before this is closed.
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

    /**
     * From here on a signal ends the process at once, as it does without this.
     *
     * @return false if one has come before: then the process ends when this is closed, and nothing said after that is heard
     */
    public boolean withdraw() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            return true;
        } catch (IllegalStateException shuttingDown) {
            return false;
        }
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

    /** The state is saved, or the work is done: the shutdown may go on. Where there is one, this does not return. */
    @Override
    public void close() {
        saved.countDown();
        if (!withdraw()) {
            // The hook ends the process; until it has, nothing else is to be begun or said.
            while (true) {
                LockSupport.park();
            }
        }
    }
}
