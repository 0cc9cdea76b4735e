package org.graphbert.distribute.cluster;

import java.time.Duration;
import org.graphbert.config.Failure;

/**
 * How long the workers of a cluster wait for each other.
 *
 * @param start for those that have not come yet
 * @param silence of one that has come, until it counts as lost
 */
public record Patience(Duration start, Duration silence) {

    /** Beats in a time of silence: some may be late. */
    private static final int BEATS = 5;
    private static final long LONGEST_BEAT_MILLIS = 5_000;

    public Patience {
        if (start.isNegative() || start.isZero() || silence.toMillis() < 1_000) {
            throw Failure.usage("the wait for workers is %s s, and the silence of a lost one %s s; expected at least 1 s each",
                    start.toSeconds(), silence.toSeconds());
        }
    }

    long beatMillis() {
        return Math.min(LONGEST_BEAT_MILLIS, silence.toMillis() / BEATS);
    }
}
