package org.graphbert.distribute.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.graphbert.config.Failure;

/** A worker's port until TensorFlow's server takes it, which would share it with another process without a word. */
final class Ports {

    private Ports() {}

    /**
     * On all of this machine's addresses.
     *
     * @throws Failure (usage) if another process has it
     */
    static ServerSocket take(ClusterSpec spec) {
        ServerSocket socket = null;
        try {
            socket = new ServerSocket();
            // What an earlier process left of its connections does not count.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(spec.own().port()));
            return socket;
        } catch (IOException e) {
            close(socket);
            throw Failure.usage("port %d of %s cannot be listened on: %s; does another process have it, or another worker this --task?",
                    spec.own().port(), spec.named(spec.task()), Neighbours.reason(e));
        }
    }

    static void close(ServerSocket socketOrNull) {
        try {
            if (socketOrNull != null) {
                socketOrNull.close();
            }
        } catch (IOException e) {
            // It was not taken, or is gone.
        }
    }
}
