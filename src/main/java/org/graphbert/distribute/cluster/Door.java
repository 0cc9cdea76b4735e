package org.graphbert.distribute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Where the chief lets the others in; each has said who it is before anybody waits for it. */
final class Door implements AutoCloseable {

    /** The first word of a worker. */
    static final String HELLO = "hello";

    private static final long GREETING_MILLIS = 10_000;

    /** One who came. */
    record Guest(Link link, JsonNode hello) {}

    private final ServerSocket socket;
    private final BlockingQueue<Guest> guests = new LinkedBlockingQueue<>();

    Door(ServerSocket socket) {
        this.socket = socket;
        start(this::letIn);
    }

    private void letIn() {
        try {
            while (true) {
                Socket came = socket.accept();
                start(() -> greet(came));
            }
        } catch (IOException closed) {
            // Nobody comes any more.
        }
    }

    private void greet(Socket came) {
        try {
            Link link = new Link(came);
            link.timeout(GREETING_MILLIS);
            JsonNode hello = link.receive();
            if (hello.path(Link.SAY).asText().equals(HELLO)) {
                guests.add(new Guest(link, hello));
                return;
            }
        } catch (IOException e) {
            // No worker, or one that comes again.
        }
        try {
            came.close();
        } catch (IOException e) {
            // Then it is closed.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "door");
        thread.setDaemon(true);
        thread.start();
    }

    /** The next, after a wait. */
    Optional<Guest> next(long millis) throws InterruptedException {
        return Optional.ofNullable(guests.poll(millis, TimeUnit.MILLISECONDS));
    }

    /** Connections stay. */
    @Override
    public void close() {
        Ports.close(socket);
        guests.forEach(guest -> guest.link().close());
    }
}
