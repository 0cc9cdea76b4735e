package org.graphbert.distribute.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Addresses on this machine that nobody listens at. */
final class LoopbackPorts {

    private LoopbackPorts() {}

    /**
     * So many different ones, {@code HOST:PORT} each. They are free when this returns, which is all that can be had: who is to
     * listen at them is another process.
     */
    static List<String> free(int count) throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        List<ServerSocket> held = new ArrayList<>();
        try {
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                // All are held until the last is found, or the system might give one twice.
                ServerSocket socket = new ServerSocket(0, 1, loopback);
                held.add(socket);
                addresses.add(loopback.getHostAddress() + ":" + socket.getLocalPort());
            }
            return addresses;
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }
}
