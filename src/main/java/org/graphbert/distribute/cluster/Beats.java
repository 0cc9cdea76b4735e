package org.graphbert.distribute.cluster;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Something that is done now and then by a thread of its own, until this is closed. */
final class Beats implements AutoCloseable {

    private final ScheduledExecutorService timer;

    /**
     * From now on.
     *
     * @param name of the thread
     */
    Beats(String name, long millis, Runnable beat) {
        timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(beat, millis, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
