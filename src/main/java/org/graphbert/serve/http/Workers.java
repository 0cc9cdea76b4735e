package org.graphbert.serve.http;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which answers are made, of which there are as many as batches have a use for. Large requests have a few of
 * their own, enough to fill batches: however many of them come, a small one finds a thread.
 */
final class Workers implements AutoCloseable {

    /** More than a single question has, unless it is about a book. */
    private static final int LARGE_BODY = 16 << 10;
    private static final int LARGE_THREADS = 4;

    private final ExecutorService small;
    private final ExecutorService large;

    /**
     * Starts none before there is work.
     *
     * @param maxBatch sequences of a batch
     * @param waiting requests of either kind that may wait for a thread
     */
    Workers(int maxBatch, int waiting, ThreadFactory threads) {
        small = pool(2 * maxBatch, waiting, threads);
        large = pool(LARGE_THREADS, waiting, threads);
    }

    private static ExecutorService pool(int size, int waiting, ThreadFactory threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size, size, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(waiting), threads);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Answers a request on a thread for such.
     *
     * @param body its bytes
     * @throws java.util.concurrent.RejectedExecutionException if too many wait
     */
    void execute(int body, Runnable answer) {
        (body > LARGE_BODY ? large : small).execute(answer);
    }

    @Override
    public void close() {
        small.shutdownNow();
        large.shutdownNow();
    }
}
