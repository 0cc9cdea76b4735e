package org.graphbert.distribute.cluster;

import java.time.Duration;
import org.graphbert.config.Progress;

/** A wait for others, which says now and then for whom. */
final class Waiting {

    /** Most workers are started together; nothing need be said of the seconds between them. */
    private static final Duration FIRST = Duration.ofSeconds(3);
    private static final Duration AGAIN = Duration.ofSeconds(60);

    private final Progress progress;
    private final long end;
    private final Duration most;
    private long next;
    private String last = "";

    Waiting(Duration most, Progress progress) {
        this.progress = progress;
        this.most = most;
        end = System.nanoTime() + most.toNanos();
        next = System.nanoTime() + FIRST.toNanos();
    }

    boolean over() {
        return System.nanoTime() >= end;
    }

    /** Says it, after the first seconds, and then where it is another line, or a minute has passed. */
    void say(String line) {
        long now = System.nanoTime();
        boolean begun = !last.isEmpty();
        if (now >= next || begun && !line.equals(last)) {
            last = line;
            next = now + AGAIN.toNanos();
            progress.say(String.format("%s (%d s of at most %d).", line, (now - end + most.toNanos()) / 1_000_000_000, most.toSeconds()));
        }
    }
}
