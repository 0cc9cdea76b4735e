package org.graphbert.distribute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.distribute.Group;

/**
 * The first worker's side: a link to each of the others, over which it says what all do next, and hears that they are ready for
 * it, or gone. Says and waits are for one thread.
 */
public final class Chief implements AutoCloseable {

    static final String SERVING = "serving";
    static final String BEGIN = "begin";
    static final String READY = "ready";
    static final String FAILED = "failed";
    static final String LOST = "lost";
    static final String UNREACHABLE = "unreachable";

    private static final long SERVES = -1;
    /** As long as a sum waits for all: a worker's thread may hang in a file system while another one still sends beats. */
    private static final Duration LONGEST_STEP = Duration.ofSeconds(Group.LONGEST_SUM_SECONDS);
    private static final long LEAVING_MILLIS = 2_000;

    private final ClusterSpec spec;
    private final Patience patience;
    /** By the workers' numbers; none of its own. */
    private final Link[] links;
    /** The step that each is ready for, {@link #SERVES} before the first, less before that. */
    private final long[] ready;
    private final List<Thread> listening = new ArrayList<>();
    private final Loss loss;
    private final Beats beats;
    private Neighbours neighbours;
    /** The last step that all were told to take. */
    private long said = SERVES - 1;
    private boolean interrupted;
    private volatile boolean ended;

    Chief(ClusterSpec spec, Patience patience, Link[] links) throws IOException {
        this.spec = spec;
        this.patience = patience;
        this.links = links;
        ready = new long[links.length];
        Arrays.fill(ready, SERVES - 1);
        loss = new Loss(patience.silence());
        for (int i = 1; i < links.length; i++) {
            int worker = i;
            links[i].timeout(patience.silence().toMillis());
            Thread thread = new Thread(() -> listen(worker), "worker-" + worker);
            thread.setDaemon(true);
            thread.start();
            listening.add(thread);
        }
        beats = new Beats("beats", patience.beatMillis(), () -> tell(Link.message(Link.BEAT)));
    }

    /** What becomes of the cluster. */
    public Loss loss() {
        return loss;
    }

    private void listen(int worker) {
        try {
            while (true) {
                hear(worker, links[worker].receive());
            }
        } catch (SocketTimeoutException silent) {
            lost(worker, "nothing was heard of it for " + patience.silence().toSeconds() + " s");
        } catch (IOException e) {
            lost(worker, Neighbours.reason(e));
        }
    }

    private synchronized void hear(int worker, JsonNode message) throws IOException {
        switch (message.path(Link.SAY).asText()) {
            case SERVING -> ready[worker] = SERVES;
            case READY -> {
                ready[worker] = message.path("step").asLong();
                interrupted |= message.path("interrupted").asBoolean();
            }
            case FAILED -> {
                Failure failure = Rendezvous.failure(message);
                report(Failure.of(failure.kind(), spec.named(worker) + ": " + failure.getMessage()));
            }
            case UNREACHABLE -> report(Failure.lost(message.path("text").asText()));
            default -> {
                // A beat.
            }
        }
        notifyAll();
    }

    private void lost(int worker, String why) {
        if (!ended) {
            report(Failure.lost("%s is lost: %s", spec.named(worker), why));
        }
    }

    /** The others learn of it at once, whatever this one is computing. */
    private void report(Failure failure) {
        if (loss.report(failure)) {
            tell(Link.message(LOST).put("kind", failure.kind().name()).put("text", failure.getMessage()));
        }
        synchronized (this) {
            notifyAll();
        }
    }

    private void tell(ObjectNode message) {
        for (int i = 1; i < links.length; i++) {
            try {
                links[i].send(message);
            } catch (IOException e) {
                lost(i, Neighbours.reason(e));
            }
        }
    }

    /**
     * Starts TensorFlow's servers, here and at the others.
     *
     * @param server starts this one's
     * @throws Failure if a worker is lost meanwhile
     */
    public void serve(Runnable server) {
        tell(Link.message(SERVING));
        server.run();
        await(SERVES);
        neighbours = new Neighbours(spec, patience, text -> report(Failure.lost("%s", text)));
        tell(Link.message(BEGIN));
    }

    /**
     * Waits until all others are ready for a step, and so through with those before it.
     *
     * @return whether one of them was asked to stop
     * @throws Failure if one is lost
     */
    public boolean ready(long step) {
        await(step);
        synchronized (this) {
            return interrupted;
        }
    }

    private synchronized void await(long step) {
        long until = System.nanoTime() + LONGEST_STEP.toNanos();
        try {
            while (true) {
                // Whoever was ready may be gone since.
                loss.failure().ifPresent(failure -> {
                    throw failure;
                });
                int late = IntStream.range(1, ready.length).filter(i -> ready[i] < step).findFirst().orElse(0);
                if (late == 0) {
                    return;
                }
                long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                if (left <= 0) {
                    report(Failure.lost("%s is there, but was not ready for the next step within %d s",
                            spec.named(late), LONGEST_STEP.toSeconds()));
                } else {
                    wait(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while waiting for other workers");
        }
    }

    /** Says what all do next. Whether one is lost shows where they do it. */
    public void say(Turn turn) {
        if (turn instanceof Turn.Step next) {
            said = next.step();
        }
        tell(turn.toJson());
    }

    /**
     * Says that this was all, when all others are through with the last step: until then they may be asked for a part of it.
     *
     * @param outcome a word for them
     * @throws Failure (lost) if one was lost before: all others have ended with that, and nobody is there to be told
     */
    public void end(String outcome) {
        await(said + 1);
        ended = true;
        tell(new Turn.End(outcome).toJson());
        try {
            // A connection that is closed too soon may take its last message with it.
            for (Thread other : listening) {
                other.join(LEAVING_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says that the run has failed here; the others end as this one does. */
    public void fail(Failure failure) {
        report(failure);
        ended = true;
    }

    @Override
    public void close() {
        ended = true;
        beats.close();
        if (neighbours != null) {
            neighbours.close();
        }
        IntStream.range(1, links.length).forEach(i -> links[i].close());
    }
}
