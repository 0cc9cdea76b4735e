package org.graphbert.train;

import java.util.function.LongSupplier;

/** Seconds since it was started, by a clock that nobody sets: the machine's date may jump, and no run sees it. */
final class Stopwatch {

    private static final double NANOS = 1e9;

    private final LongSupplier nanos;
    private long started;

    /**
     * Starts.
     *
     * @param nanos a monotonic clock, e.g. {@link System#nanoTime}
     */
    Stopwatch(LongSupplier nanos) {
        this(nanos, nanos.getAsLong());
    }

    /**
     * Started before.
     *
     * @param started what the clock showed then
     */
    Stopwatch(LongSupplier nanos, long started) {
        this.nanos = nanos;
        this.started = started;
    }

    double seconds() {
        return (nanos.getAsLong() - started) / NANOS;
    }

    /** The seconds until now, and begins again. */
    double lap() {
        long now = nanos.getAsLong();
        double seconds = (now - started) / NANOS;
        started = now;
        return seconds;
    }
}
