package org.graphbert.corpus;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.graphbert.config.Failure;

/**
 * Results of work that a few threads do ahead of whoever takes them, in the order of the work. How far ahead is bounded,
 * and with it the memory. The work itself is listed by the taker's thread.
 */
final class Ahead<T> implements AutoCloseable {

    /** Pieces of work that may wait or lie done beyond those under way, so that no thread waits for the taker. */
    private static final int MORE = 2;
    private static final int IDLE_SECONDS = 5;

    private final Supplier<Callable<T>> work;
    private final ThreadPoolExecutor pool;
    private final int most;
    private final Queue<Future<T>> pending = new ArrayDeque<>();
    private boolean allListed;

    /** @param work lists the pieces of work, null behind the last; nothing is asked for before the first is taken */
    Ahead(String name, int threads, Supplier<Callable<T>> work) {
        this.work = work;
        most = threads + MORE;
        pool = new ThreadPoolExecutor(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true); // one who forgets to close leaves no thread behind
    }

    /** The next result, or null behind the last. What the work threw is thrown here. */
    T next() {
        while (!allListed && pending.size() < most) {
            Callable<T> piece = work.get();
            if (piece == null) {
                allListed = true;
            } else {
                pending.add(pool.submit(piece));
            }
        }
        if (pending.isEmpty()) {
            return null;
        }
        try {
            return pending.remove().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof RuntimeException exception) {
                throw exception;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while the inputs were read", e);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
