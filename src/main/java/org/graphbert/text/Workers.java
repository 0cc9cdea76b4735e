package org.graphbert.text;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.graphbert.config.Failure;

/** Threads that share numbered work: whoever is free takes the next stretch of it. Close when done. */
final class Workers implements AutoCloseable {

    /** Enough that no thread waits long for the last; each is a run of numbers, as what they stand for lies together. */
    private static final int STRETCHES = 256;

    private final int threads;
    private final ExecutorService pool;

    Workers(int threads) {
        this.threads = threads;
        pool = Executors.newFixedThreadPool(threads);
    }

    /**
     * Does something for the numbers 0 to {@code size} - 1 and waits until all is done. The first failure ends the work.
     *
     * @param own makes what each thread has for itself: scratch space, or sums that are added up afterwards
     * @return what each thread had; which numbers it got is chance
     */
    <S> List<S> share(int size, Supplier<S> own, ObjIntConsumer<S> work) {
        int stretches = Math.min(size, STRETCHES);
        AtomicInteger next = new AtomicInteger();
        List<Future<S>> running = new ArrayList<>();
        for (int i = 0; i < Math.min(threads, stretches); i++) {
            running.add(pool.submit(() -> {
                S mine = own.get();
                for (int stretch = next.getAndIncrement(); stretch < stretches; stretch = next.getAndIncrement()) {
                    int end = bound(size, stretch + 1, stretches);
                    for (int number = bound(size, stretch, stretches); number < end; number++) {
                        work.accept(mine, number);
                    }
                }
                return mine;
            }));
        }
        List<S> all = new ArrayList<>();
        try {
            for (Future<S> one : running) {
                all.add(one.get());
            }
        } catch (ExecutionException e) {
            next.set(stretches);
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            next.set(stretches);
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while training the vocabulary; nothing was written", e);
        }
        return all;
    }

    private static int bound(int size, int stretch, int stretches) {
        return (int) ((long) size * stretch / stretches);
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
