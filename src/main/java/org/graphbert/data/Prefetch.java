package org.graphbert.data;

import java.util.Iterator;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;

/** Batches loaded ahead of the training step by a background thread, whose failure comes out of {@link #next}. */
public final class Prefetch implements Iterator<Batch>, AutoCloseable {

    private static final int BATCHES_AHEAD = 4;
    private static final long POLL_MILLIS = 50;

    /** Batches, or the Throwable that ended the loading. */
    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(BATCHES_AHEAD);

    private final LongFunction<Batch> loader;
    private final Thread thread;
    private volatile boolean closed;
    private RuntimeException failure;

    /**
     * Begins to load.
     *
     * @param loader gives the batch of a step
     */
    Prefetch(LongFunction<Batch> loader, long firstStep) {
        this.loader = loader;
        thread = new Thread(() -> load(firstStep), "batches");
        thread.setDaemon(true);
        thread.start();
    }

    /** Training data have no end. */
    @Override
    public boolean hasNext() {
        return true;
    }

    /**
     * The batch of the next step; waits for it if need be.
     *
     * @throws Failure (data) if a record of it is damaged; (interrupted) if the waiting thread is interrupted
     */
    @Override
    public Batch next() {
        if (failure != null) {
            throw failure;
        }
        if (closed) {
            throw new IllegalStateException("closed");
        }
        try {
            Object next = queue.take();
            if (next instanceof Batch batch) {
                return batch;
            }
            failure = next instanceof RuntimeException e ? e : new IllegalStateException((Throwable) next);
            throw failure;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while waiting for a batch");
        }
    }

    /** Stops the background thread; waits until it no longer reads. */
    @Override
    public void close() {
        closed = true;
        queue.clear();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void load(long firstStep) {
        try {
            for (long step = firstStep; !closed; step++) {
                offer(loader.apply(step));
            }
        } catch (Throwable e) { // an OutOfMemoryError, too, must not leave the trainer waiting
            offer(e);
        }
    }

    /** A flag and not an interrupt ends the waiting: an interrupt would close the files under another reader. */
    private void offer(Object item) {
        boolean taken = false;
        while (!taken && !closed) {
            try {
                taken = queue.offer(item, POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                closed = true;
            }
        }
    }
}
