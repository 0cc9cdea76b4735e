package org.graphbert.serve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * Answers calls that come at the same time together: a thread takes one that waits and with it others of its signature, those
 * of the likest lengths first, as long as little of the batch is padding and neither it nor its answer too large. One batch
 * runs at a time, on all of TensorFlow's threads; meanwhile the next one gathers.
 *
 * <p>By turns it is the oldest call that is taken and one of those that came with the least beside them: a small question is
 * answered soon, however much others have asked before it, and nobody waits for ever.
 */
final class Batcher implements AutoCloseable {

    /** Sequences as short as this cost a call of the model as much as its fixed cost, padded or not. */
    private static final int SHORT = 16;
    /** Beyond that, at most 1/4 of a batch's tokens may be padding. */
    private static final int PADDED_SHARE = 4;
    /** That a batch may be answered with, 64 MiB of them: many masks of a large vocabulary come to more than there is memory. */
    static final long MOST_NUMBERS = 16L << 20;
    /** Of a batch with its padding, 32 sequences of 128: more gain little, and whoever comes meanwhile waits for all of them. */
    static final int MOST_TOKENS = 4096;

    private final LoadedModel model;
    private final Batching batching;
    private final IntConsumer batchSizes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final Thread thread = new Thread(this::serve, "graphbert-batches");
    private int waitingRows;
    private boolean oldest = true;
    private boolean closing;

    /** A call, since when it waits, the tokens of all that were queued at once, and who waits for it. */
    private record Waiting(Call call, long since, long tokens, CompletableFuture<Map<String, Values>> answer) {}

    /**
     * Starts the thread.
     *
     * @param batchSizes takes the size of each batch
     */
    Batcher(LoadedModel model, Batching batching, IntConsumer batchSizes) {
        this.model = model;
        this.batching = batching;
        this.batchSizes = batchSizes;
        thread.setDaemon(true);
        thread.start();
    }

    /** Sequences that wait. */
    int waiting() {
        lock.lock();
        try {
            return waitingRows;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Queues calls, all or none.
     *
     * @param calls each of no more rows than a batch may have
     * @return an answer for each, in their order; it fails as the model does
     * @throws Overloaded if the queue has no room for them
     */
    List<CompletableFuture<Map<String, Values>>> submit(List<Call> calls) {
        int rows = calls.stream().mapToInt(Call::rows).sum();
        long tokens = calls.stream().mapToLong(Call::tokens).sum();
        List<CompletableFuture<Map<String, Values>>> answers = new ArrayList<>();
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("this model is closed");
            }
            if (waitingRows + rows > batching.queue()) {
                throw new Overloaded(String.format("%,d sequences wait for an answer already, and %,d more are beyond the %,d that may; "
                        + "ask again in a moment", waitingRows, rows, batching.queue()));
            }
            long now = System.nanoTime();
            for (Call call : calls) {
                CompletableFuture<Map<String, Values>> answer = new CompletableFuture<>();
                answers.add(answer);
                queue.add(new Waiting(call, now, tokens, answer));
            }
            waitingRows += rows;
            arrived.signal();
        } finally {
            lock.unlock();
        }
        return answers;
    }

    private void serve() {
        while (true) {
            List<Waiting> batch = next();
            if (batch.isEmpty()) {
                return;
            }
            List<Call> calls = batch.stream().map(Waiting::call).toList();
            try {
                batchSizes.accept(calls.stream().mapToInt(Call::rows).sum());
                Call merged = Call.merged(calls);
                List<Map<String, Values>> answers =
                        Call.parted(calls, model.outputs(merged.signature()), model.run(merged));
                for (int i = 0; i < answers.size(); i++) {
                    batch.get(i).answer().complete(answers.get(i));
                }
            } catch (Throwable e) { // whatever it is, those who wait must hear of it, and the thread go on
                batch.forEach(waiting -> waiting.answer().completeExceptionally(e));
            }
        }
    }

    /** The next batch, once it is full or its first call has waited long enough; empty when all is answered and this closes. */
    private List<Waiting> next() {
        lock.lock();
        try {
            while (queue.isEmpty()) {
                if (closing) {
                    return List.of();
                }
                arrived.awaitUninterruptibly();
            }
            long until = queue.peek().since() + batching.maxWait().toNanos();
            while (!closing && waitingRows < batching.maxBatch()) {
                long left = until - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                try {
                    arrived.awaitNanos(left);
                } catch (InterruptedException e) {
                    break;
                }
            }
            List<Waiting> batch = like(oldest ? queue.peek() : Collections.min(queue, Comparator.comparingLong(Waiting::tokens)));
            oldest = !oldest;
            Set<Waiting> taken = Collections.newSetFromMap(new IdentityHashMap<>());
            taken.addAll(batch);
            queue.removeIf(taken::contains);
            waitingRows -= batch.stream().mapToInt(waiting -> waiting.call().rows()).sum();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** The first call and those that may be answered with it. */
    private List<Waiting> like(Waiting first) {
        List<Waiting> batch = new ArrayList<>(List.of(first));
        int rows = first.call().rows();
        int tokens = first.call().tokens();
        int length = first.call().length();
        int predictions = first.call().predictions();
        List<Waiting> others = queue.stream()
                .filter(w -> w != first && w.call().signature().equals(first.call().signature()))
                .sorted(Comparator.comparingInt(w -> Math.abs(w.call().length() - first.call().length())))
                .toList();
        for (Waiting other : others) {
            int joinedRows = rows + other.call().rows();
            int joinedTokens = tokens + other.call().tokens();
            int joinedLength = Math.max(length, other.call().length());
            int joinedPredictions = Math.max(predictions, other.call().predictions());
            if (joinedRows <= batching.maxBatch() && joinedRows * joinedLength <= MOST_TOKENS && little(joinedRows * joinedLength - joinedTokens, joinedRows, joinedLength)
                    && model.answerSize(first.call().signature(), joinedRows, joinedLength, joinedPredictions) <= MOST_NUMBERS) {
                batch.add(other);
                rows = joinedRows;
                tokens = joinedTokens;
                length = joinedLength;
                predictions = joinedPredictions;
            }
        }
        return batch;
    }

    private static boolean little(int padding, int rows, int length) {
        return length <= SHORT || padding <= rows * length / PADDED_SHARE;
    }

    /** Answers what waits, then stops; nothing more is taken. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
