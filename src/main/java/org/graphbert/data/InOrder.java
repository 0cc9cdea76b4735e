package org.graphbert.data;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Results of work done on other threads, consumed on this one in the order in which the work was added. Adding waits
 * while too much is under way, which bounds the memory.
 */
final class InOrder<T> {

    private record Work<T>(CompletableFuture<T> result, long weight) {}

    private final Queue<Work<T>> pending = new ArrayDeque<>();
    private final LongSupplier most;
    private final Consumer<T> consumer;
    private long weight;

    /** @param most says the weight of what may be under way; a single result may weigh more */
    InOrder(LongSupplier most, Consumer<T> consumer) {
        this.most = most;
        this.consumer = consumer;
    }

    /** Consumes finished results, and waits for others until there is room for work of that weight. */
    void makeRoom(long wanted) {
        while (!pending.isEmpty() && (weight + wanted > most.getAsLong() || pending.peek().result.isDone())) {
            consumeOne();
        }
    }

    /** Adds work; to be called when {@link #makeRoom} has returned. What failed is thrown there, as it was. */
    void add(CompletableFuture<T> work, long itsWeight) {
        pending.add(new Work<>(work, itsWeight));
        weight += itsWeight;
    }

    /** Waits for the rest. */
    void finish() {
        while (!pending.isEmpty()) {
            consumeOne();
        }
    }

    /** The result, waited for; a failure as it was thrown. */
    static <T> T join(CompletableFuture<T> work) {
        try {
            return work.join();
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void consumeOne() {
        Work<T> work = pending.remove();
        weight -= work.weight;
        consumer.accept(join(work.result));
    }
}
