package org.graphbert.serve.http;

import java.time.Duration;
import org.graphbert.config.Failure;
import org.graphbert.serve.Batching;

/**
 * What the server takes on.
 *
 * @param host the address to listen at; loopback unless told otherwise
 * @param port 0 for any that is free
 * @param threads of TensorFlow's kernels; 0 for all cores
 * @param largestBody bytes of a request's body
 * @param requests that may wait or be worked on at once; beyond that they are refused
 * @param patience how long a client may take over its headers, over its body and over reading the answer, each
 * @param connections that may be open at once; beyond that they wait to be accepted
 * @param poll how often the directories are looked into for new versions
 */
public record ServerOptions(
        String host, int port, int threads, Batching batching, int largestBody, int requests, Duration patience,
        int connections, Duration poll) {

    private static final int MEBIBYTE = 1 << 20;
    private static final int LARGEST_PORT = 65535;
    private static final int LEAST_BODY = 1024;

    public ServerOptions {
        if (port < 0 || port > LARGEST_PORT) {
            throw Failure.usage("--port is %d, expected 0 (any that is free) to %d", port, LARGEST_PORT);
        }
        if (threads < 0) {
            throw Failure.usage("--threads is %d, expected 0 (all cores) or more", threads);
        }
        if (largestBody < LEAST_BODY) {
            throw Failure.usage("--max-body is %d bytes, expected at least %d", largestBody, LEAST_BODY);
        }
        if (requests < 1 || connections < 1) {
            throw Failure.usage("%d requests and %d connections at once, expected at least one of each", requests, connections);
        }
        requirePositive("--client-timeout", patience);
        requirePositive("--poll", poll);
    }

    private static void requirePositive(String option, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw Failure.usage("%s is %s s, expected more than 0", option, duration.toMillis() / 1e3);
        }
    }

    /** At 127.0.0.1, with bodies of 8 MiB, 1,024 requests, 4,096 connections, 30 s for a slow client, a poll each second. */
    public static ServerOptions at(int port) {
        return new ServerOptions("127.0.0.1", port, 0, Batching.DEFAULT, 8 * MEBIBYTE, 1024, Duration.ofSeconds(30), 4096,
                Duration.ofSeconds(1));
    }
}
