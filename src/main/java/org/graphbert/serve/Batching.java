package org.graphbert.serve;

import java.time.Duration;
import org.graphbert.config.Failure;

/**
 * How concurrent questions are answered together.
 *
 * @param maxBatch sequences of one call of the model; 1 for no batching
 * @param maxWait how long the first of a batch waits for others to join it; a busy model gathers them without any wait
 * @param queue sequences that may wait; what comes beyond is refused with {@link Overloaded}
 */
public record Batching(int maxBatch, Duration maxWait, int queue) {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** 32 sequences, 2 ms, and 1,024 that wait. */
    public static final Batching DEFAULT = new Batching(32, Duration.ofMillis(2), 1024);

    public Batching {
        if (maxBatch < 1) {
            throw Failure.usage("the largest batch is %d, expected at least 1", maxBatch);
        }
        if (maxWait.isNegative() || maxWait.compareTo(LONGEST_WAIT) > 0) {
            throw Failure.usage("a batch waits %s ms, expected 0 to %,d", maxWait.toNanos() / 1e6, LONGEST_WAIT.toMillis());
        }
        if (queue < maxBatch) {
            throw Failure.usage("the queue takes %d sequences, expected at least a batch, %d", queue, maxBatch);
        }
    }
}
