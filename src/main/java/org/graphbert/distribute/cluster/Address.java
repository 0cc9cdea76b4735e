package org.graphbert.distribute.cluster;

import java.net.InetSocketAddress;
import org.graphbert.config.Failure;

/**
 * Where a worker is reached: {@code HOST:PORT}; an IPv6 address stands in brackets.
 *
 * @param host a name or an address, without brackets
 */
public record Address(String host, int port) {

    private static final int LARGEST_PORT = 65_535;

    /**
     * As users write it.
     *
     * @param where it stands, for the message
     * @throws Failure (usage) if it is none
     */
    public static Address parse(String where, String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.matches("\\[[0-9A-Fa-f:.%\\w]+]");
        boolean plain = host.matches("[^\\[\\]:/\\s]+");
        String port = text.substring(colon + 1);
        if (!bracketed && !plain || !port.matches("\\d{1,5}") || number(port) < 1 || number(port) > LARGEST_PORT) {
            throw Failure.usage("%s has '%s', expected HOST:PORT with a port from 1 to %d, e.g. node1:2222 or [fe80::1]:2222",
                    where, text, LARGEST_PORT);
        }
        return new Address(bracketed ? host.substring(1, host.length() - 1) : host, number(port));
    }

    private static int number(String digits) {
        return Integer.parseInt(digits);
    }

    /** Asks the name service, each time: a machine that is started again may have another address. */
    InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
