package org.graphbert.serve.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;

/**
 * Closes connections on which nothing is being answered and no request has come whole for too long: those that lie idle, and
 * those whose client sends its headers a byte at a time, which keeps a plain idle timeout from ever running out.
 */
final class SlowClients implements Connection.Listener {

    private final long patience;
    private final Map<Connection, State> open = new ConcurrentHashMap<>();

    /** Since when nothing is being answered; 0 while something is. */
    private static final class State {
        private volatile long quietSince = System.nanoTime();
    }

    SlowClients(Duration patience) {
        this.patience = patience.toNanos();
    }

    @Override
    public void onOpened(Connection connection) {
        open.put(connection, new State());
    }

    @Override
    public void onClosed(Connection connection) {
        open.remove(connection);
    }

    /** A request's headers have come. */
    void begin(Connection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.quietSince = 0;
        }
    }

    /** Its answer is written. */
    void end(Connection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.quietSince = System.nanoTime();
        }
    }

    int connections() {
        return open.size();
    }

    /** Closes those that are over time. */
    void sweep() {
        long now = System.nanoTime();
        open.forEach((connection, state) -> {
            long since = state.quietSince;
            if (since != 0 && now - since > patience) {
                connection.getEndPoint().close();
            }
        });
    }
}
