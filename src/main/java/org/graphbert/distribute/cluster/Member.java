package org.graphbert.distribute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.graphbert.config.Failure;

/** Any other worker's side: its link to the chief, which says what is done next. Says and waits are for one thread. */
public final class Member implements AutoCloseable {

    /** Behind the last word of a chief, or before it where another worker is lost. */
    private static final JsonNode NOTHING_MORE = Link.message("nothing");

    private final ClusterSpec spec;
    private final Patience patience;
    private final ServerSocket port;
    private final Link link;
    private final Loss loss;
    private final Beats beats;
    private Neighbours neighbours;
    private final BlockingQueue<JsonNode> said = new LinkedBlockingQueue<>();
    private volatile boolean ended;

    /**
     * Of a worker that was let in.
     *
     * @param port which it holds until its server takes it
     */
    Member(ClusterSpec spec, Patience patience, ServerSocket port, Link link) throws IOException {
        this.spec = spec;
        this.port = port;
        this.patience = patience;
        this.link = link;
        link.timeout(patience.silence().toMillis());
        loss = new Loss(patience.silence());
        loss.first().thenRun(() -> said.add(NOTHING_MORE));
        Thread thread = new Thread(this::listen, "chief");
        thread.setDaemon(true);
        thread.start();
        beats = new Beats("beats", patience.beatMillis(), () -> tell(Link.message(Link.BEAT)));
    }

    /** What becomes of the cluster. */
    public Loss loss() {
        return loss;
    }

    private void listen() {
        try {
            while (true) {
                hear(link.receive());
            }
        } catch (SocketTimeoutException silent) {
            lost("nothing was heard of it for " + patience.silence().toSeconds() + " s");
        } catch (IOException e) {
            lost(Neighbours.reason(e));
        }
    }

    private void hear(JsonNode message) throws IOException {
        switch (message.path(Link.SAY).asText()) {
            case Link.BEAT -> {
                // It is there.
            }
            case Chief.LOST, Rendezvous.REFUSED -> loss.report(Rendezvous.failure(message));
            default -> said.add(message);
        }
    }

    private void lost(String why) {
        if (!ended) {
            loss.report(Failure.lost("%s is lost: %s", spec.named(0), why));
        }
    }

    private void tell(ObjectNode message) {
        try {
            link.send(message);
        } catch (IOException e) {
            lost(Neighbours.reason(e));
        }
    }

    /** The chief's next word, whenever it comes. */
    private JsonNode await() {
        try {
            JsonNode message = said.take();
            if (message == NOTHING_MORE) {
                throw loss.failure().orElseThrow();
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while waiting for the chief");
        }
    }

    /**
     * Starts TensorFlow's server when the chief has found all workers.
     *
     * @param server starts this one's
     * @throws Failure if a worker is lost meanwhile
     */
    public void serve(Runnable server) {
        await();
        Ports.close(port);
        server.run();
        tell(Link.message(Chief.SERVING));
        await();
        neighbours = new Neighbours(spec, patience, text -> tell(Link.message(Chief.UNREACHABLE).put("text", text)));
    }

    /**
     * Tells that this worker is ready for a step, and waits for what the chief says.
     *
     * @param interrupted whether it was asked to stop
     * @throws Failure if a worker is lost
     */
    public Turn ready(long step, boolean interrupted) {
        tell(Link.message(Chief.READY).put("step", step).put("interrupted", interrupted));
        return turn();
    }

    /** Waits for what the chief says next. */
    public Turn turn() {
        Turn turn = Turn.of(await());
        ended |= turn instanceof Turn.End;
        return turn;
    }

    /** Says that it cannot go on, and why; the others end then. */
    public void fail(Failure failure) {
        tell(Link.message(Chief.FAILED).put("kind", failure.kind().name()).put("text", failure.getMessage()));
        ended = true;
    }

    @Override
    public void close() {
        ended = true;
        beats.close();
        if (neighbours != null) {
            neighbours.close();
        }
        link.close();
        Ports.close(port);
    }
}
