package org.graphbert.train;

import java.io.IOException;
import org.graphbert.config.CheckpointConfig;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.types.annotation.TensorType;

/** Saves a run's state while it trains, and decides which checkpoints stay. For the training thread alone. */
final class Checkpointer implements AutoCloseable {

    private final RunDirectory run;
    private final CheckpointConfig config;
    private final Listener listener;
    private long savedAt = -1;

    /** Who is told what became of checkpoints; called by the training thread, within calls of a checkpointer. */
    interface Listener {

        /** A checkpoint is complete and on the disk. */
        void written(Written checkpoint) throws IOException;

        /** One could not be written, or something else that the user should know; training goes on. */
        void warning(long step, String text) throws IOException;
    }

    /**
     * A checkpoint and what it cost.
     *
     * @param stalledSeconds how long training stood still for it
     * @param writingSeconds how long another thread wrote, training going on
     */
    record Written(long step, double stalledSeconds, double writingSeconds) {}

    private Checkpointer(RunDirectory run, CheckpointConfig config, Listener listener) {
        this.run = run;
        this.config = config;
        this.listener = listener;
    }

    /** Removes what a killed process left half-written; the caller holds the run's lock. */
    static Checkpointer open(RunDirectory run, CheckpointConfig config, Listener listener) throws IOException {
        return new Checkpointer(run, config, listener);
    }

    /** What a checkpoint of this graph takes on the disk, and a snapshot of it in memory. */
    static long bytes(TrainingGraph graph) {
        return graph.variables().all().stream()
                .filter(v -> !Collected.holds(v))
                .mapToLong(Checkpointer::bytes)
                .sum();
    }

    private static long bytes(Variable variable) {
        return variable.shape().size() * variable.value().type().getAnnotation(TensorType.class).byteSize();
    }

    /** The most that the checkpoints of a run of so many steps take on the disk at one time. */
    static long diskBytes(TrainingGraph graph, CheckpointConfig config, long steps) {
        long kept = config.keepEvery() == null ? 0 : steps / config.keepEvery();
        // The newest, one that is being written, and the best.
        return bytes(graph) * (config.keepCheckpoints() + 1 + (config.keepBest() ? 1 : 0) + kept);
    }

    /** To be called after each step: saves where a checkpoint is due, and tells the listener what has been written meanwhile. */
    void step(long done, TrainingSession session) throws IOException {
        if (done % config.checkpointEvery() == 0) {
            save(done, session);
        }
    }

    /** Saves the state of so many steps, once; what goes wrong with the disk is a warning, and the next one tries again. */
    void save(long step, TrainingSession session) throws IOException {
        saveLast(step, session);
    }

    /**
     * The same, and waits until it is on the disk: where a phase or the run ends, and on a signal.
     *
     * @throws org.graphbert.config.Failure (data) if it cannot be written
     */
    void saveLast(long step, TrainingSession session) throws IOException {
        if (savedAt == step) {
            return;
        }
        long before = System.nanoTime();
        run.checkpoints().write(step, session::save);
        run.checkpoints().keepNewest(config.keepCheckpoints());
        savedAt = step;
        double seconds = (System.nanoTime() - before) / 1e9;
        listener.written(new Written(step, seconds, seconds));
    }

    /** After an evaluation on held-out data: saves and keeps this state if none before had a lower masked-LM loss. */
    void best(long step, double maskedLmLoss, TrainingSession session) throws IOException {
        if (config.keepBest()) {
            save(step, session);
        }
    }

    /** The step of the newest checkpoint that this process has begun to write; -1 before the first. */
    long savedAt() {
        return savedAt;
    }

    /** Waits for what is being written. */
    @Override
    public void close() throws IOException {
        // Nothing is being written.
    }
}
