package org.graphbert.data;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Results of work done on other threads, consumed on this one in the order in which the work was added. Adding waits
 * while too much is under way, which bounds the memory.
 */
final class InOrder<T> {

    private final Queue<CompletableFuture<T>> pending = new ArrayDeque<>();
    private final int most;
    private final Consumer<T> consumer;

    /** @param most how many results may be under way */
    InOrder(int most, Consumer<T> consumer) {
        this.most = most;
        this.consumer = consumer;
    }

    /** Adds work, and consumes finished results until there is room. What failed is thrown here, as it was. */
    void add(CompletableFuture<T> work) {
        pending.add(work);
        while (pending.size() > most || pending.peek() != null && pending.peek().isDone()) {
            consumeOne();
        }
    }

    /** Waits for the rest. */
    void finish() {
        while (!pending.isEmpty()) {
            consumeOne();
        }
    }

    private void consumeOne() {
        try {
            consumer.accept(pending.remove().join());
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
}
