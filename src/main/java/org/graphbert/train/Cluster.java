package org.graphbert.train;

import java.util.Optional;
import java.util.function.Supplier;
import org.graphbert.config.Failure;
import org.graphbert.distribute.cluster.Chief;
import org.graphbert.distribute.cluster.Loss;
import org.graphbert.distribute.cluster.Turn;
import org.graphbert.distribute.cluster.WorkerServer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ConfigProto;

/**
 * The workers that train a run together, as this one's sessions and its loop see them; alone, there is nobody, and nothing is
 * waited for.
 */
final class Cluster {

    /** One process. */
    static final Cluster ALONE = new Cluster(null, null, null);

    private final WorkerServer server;
    private final Loss loss;
    private final Chief chief;
    private volatile boolean abandoned;

    private Cluster(WorkerServer server, Loss loss, Chief chief) {
        this.server = server;
        this.loss = loss;
        this.chief = chief;
    }

    /** As the chief sees it. */
    static Cluster led(Chief chief, WorkerServer server) {
        return new Cluster(server, chief.loss(), chief);
    }

    /** As another worker sees it, which decides nothing. */
    static Cluster joined(Loss loss, WorkerServer server) {
        return new Cluster(server, loss, null);
    }

    /** A session whose collective operations meet those of the other workers. */
    Session session(Graph graph, ConfigProto options) {
        return server == null ? new Session(graph, options) : server.session(graph, options);
    }

    /**
     * Computes what all workers take part in.
     *
     * @throws Loss.Abandoned if another is lost; then sessions must be left as they are
     */
    <T> T together(Supplier<T> work) {
        if (loss == null) {
            return work.get();
        }
        try {
            return loss.during(work, Cluster::ownFault);
        } catch (Loss.Abandoned lost) {
            abandoned = true;
            throw lost;
        }
    }

    /** What a worker ends with whose own state is of no use, or not saved. */
    static Failure resumable(Failure failure) {
        return failure.kind() != Failure.Kind.LOST ? failure
                : Failure.lost("%s; the same command on every worker goes on from the newest checkpoint", failure.getMessage());
    }

    /** Too little memory here is no other's fault. */
    private static boolean ownFault(RuntimeException e) {
        return !(e instanceof TensorFlowException tensorFlow) || OutOfMemory.of(tensorFlow).isPresent();
    }

    /** Whether a computation was left behind, in native code that may never end. */
    boolean abandoned() {
        return abandoned;
    }

    /** What is wrong with another worker, if anything is. */
    Optional<Failure> lost() {
        return loss == null ? Optional.empty() : loss.failure();
    }

    /**
     * Waits until all others are ready for a step.
     *
     * @return whether one of them was asked to stop
     * @throws Failure if one is lost, or cannot go on
     */
    boolean stops(long step) {
        return chief != null && chief.ready(step);
    }

    /** Tells the others what comes next. */
    void say(Turn turn) {
        if (chief != null) {
            chief.say(turn);
        }
    }

    /**
     * Tells the others how it ended.
     *
     * @throws Failure (lost) if one was lost after the run's last step: the others could not be told that it was the last, and whoever
     *     starts them again must start this one too, which then tells them
     */
    void end(Pretraining.Outcome outcome) {
        if (chief == null) {
            return;
        }
        try {
            chief.end(outcome.name());
        } catch (Failure lost) {
            if (outcome != Pretraining.Outcome.INTERRUPTED) {
                throw Failure.of(lost.kind(), "the run is finished; " + lost.getMessage() + "; the same command on every worker ends it there");
            }
        }
    }

    /** Tells the others what the run fails with. */
    void fail(Exception e) {
        if (chief != null) {
            chief.fail(!(e instanceof Failure failure) ? Failure.lost("the chief failed: %s", e)
                    : failure.kind() == Failure.Kind.LOST ? failure : Failure.of(failure.kind(), "the chief: " + failure.getMessage()));
        }
    }
}
