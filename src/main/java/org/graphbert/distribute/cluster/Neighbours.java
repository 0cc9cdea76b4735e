package org.graphbert.distribute.cluster;

import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Whether this worker can reach the servers of all others. TensorFlow itself would wait for ever for a number that a cut network
 * holds back, and between two workers beside the chief no message goes that could be missed.
 */
final class Neighbours implements AutoCloseable {

    private final ClusterSpec spec;
    private final Patience patience;
    private final long[] reached;
    private final Beats beats;

    /**
     * Looks from now on.
     *
     * @param told at every look, of one that was not reached for too long, in words
     */
    Neighbours(ClusterSpec spec, Patience patience, Consumer<String> told) {
        this.spec = spec;
        this.patience = patience;
        reached = new long[spec.workers().size()];
        IntStream.range(0, reached.length).forEach(i -> reached[i] = System.nanoTime());
        beats = new Beats("neighbours", patience.beatMillis(), () -> look().ifPresent(told));
    }

    /** The first that was not reached for too long. */
    private Optional<String> look() {
        for (int i = 0; i < reached.length; i++) {
            if (i == spec.task()) {
                continue;
            }
            try (Socket socket = new Socket()) {
                socket.connect(spec.workers().get(i).resolve(), Math.toIntExact(patience.beatMillis()));
                reached[i] = System.nanoTime();
            } catch (IOException e) {
                if (System.nanoTime() - reached[i] > patience.silence().toNanos()) {
                    return Optional.of(String.format("%s could not be reached from %s for %d s (%s): is this its address, and its port open?",
                            spec.named(i), spec.named(spec.task()), patience.silence().toSeconds(), reason(e)));
                }
            }
        }
        return Optional.empty();
    }

    /** A network's error in words: of some, the message is the name alone. */
    static String reason(IOException e) {
        return e instanceof java.net.UnknownHostException ? "unknown host"
                : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    @Override
    public void close() {
        beats.close();
    }
}
