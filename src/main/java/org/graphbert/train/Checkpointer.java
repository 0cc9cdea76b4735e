package org.graphbert.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.graphbert.config.CheckpointConfig;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.train.Checkpoints.Best;
import org.graphbert.train.Checkpoints.Checkpoint;
import org.tensorflow.types.annotation.TensorType;

/**
 * Saves a run's state while it trains, and decides which checkpoints stay. Training stands still for a {@link Snapshot};
 * a thread of its own writes it. One is written at a time: where the next is due sooner, training waits, so that which
 * checkpoints a run has does not depend on how fast its disk is. For the training thread alone.
 */
final class Checkpointer implements AutoCloseable {

    /** A wait that is worth a line. */
    private static final double LONG_WAIT_SECONDS = 1;

    private final RunClaim claim;
    private final Checkpoints checkpoints;
    private final CheckpointConfig config;
    private final Listener listener;
    private final long begun;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "checkpoint-writer");
        thread.setDaemon(true);
        return thread;
    });
    /** Newer than what was resumed from: they are damaged, and go when another is written. */
    private final Set<Long> damaged = new HashSet<>();
    private Writing writing;
    private long written;
    private Best best;
    private boolean waitSaid;

    /** What has a state to be saved: a session that trains. */
    interface State {

        /** What a checkpoint holds, as it is now. */
        Snapshot snapshot();
    }

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
     * @param writingSeconds how long it was written, by another thread
     */
    record Written(long step, double stalledSeconds, double writingSeconds) {}

    /** What is under way: a whole checkpoint, or only the note that one is the best. */
    private record Writing(long step, boolean whole, double stalledSeconds, Future<Done> done) {}

    /** What came of it. */
    private record Done(double seconds, IOException notRemovedOrNull) {}

    private Checkpointer(RunClaim claim, CheckpointConfig config, long begun, Listener listener) {
        this.claim = claim;
        this.checkpoints = claim.run().checkpoints();
        this.config = config;
        this.begun = begun;
        this.written = begun;
        this.listener = listener;
    }

    /**
     * Removes what a killed process left half-written, and reads which checkpoint was the best so far.
     *
     * @param begun the step that was resumed from, of the newest sound checkpoint; 0 without one
     */
    static Checkpointer open(RunClaim claim, CheckpointConfig config, long begun, Listener listener) throws IOException {
        Checkpointer opened = new Checkpointer(claim, config, begun, listener);
        opened.checkpoints.removeRemains();
        opened.checkpoints.list().stream().map(Checkpoint::step).filter(step -> step > begun).forEach(opened.damaged::add);
        opened.best = opened.checkpoints.best().filter(of -> of.step() <= begun).orElse(null);
        return opened;
    }

    /** What a checkpoint of this graph takes on the disk, and a snapshot of it in memory. */
    static long bytes(TrainingGraph graph) {
        return graph.saved().stream().mapToLong(Checkpointer::bytes).sum();
    }

    private static long bytes(Variable variable) {
        return variable.shape().size() * variable.value().type().getAnnotation(TensorType.class).byteSize();
    }

    /** The most that the checkpoints of a run of so many steps take on the disk at one time. */
    static long diskBytes(TrainingGraph graph, CheckpointConfig config, long steps) {
        long keptForGood = config.keepEvery() == null ? 0 : steps / config.keepEvery();
        long beingWritten = 1;
        return bytes(graph) * (config.keepCheckpoints() + beingWritten + (config.keepBest() ? 1 : 0) + keptForGood);
    }

    /** To be called after each step: saves where a checkpoint is due, and tells the listener what has been written meanwhile. */
    void step(long done, State session) throws IOException {
        if (writing != null && writing.done().isDone()) {
            settle();
        }
        if (due(done)) {
            save(done, session);
        }
    }

    private boolean due(long done) {
        return done % config.checkpointEvery() == 0 || config.keepEvery() != null && done % config.keepEvery() == 0;
    }

    /** Saves the state of so many steps, once; what goes wrong with the disk is a warning, and the next one tries again. */
    void save(long step, State session) throws IOException {
        if (savedAt() != step) {
            begin(step, session, null);
        }
    }

    /**
     * The same, and waits until it is on the disk: where a phase or the run ends, and on a signal.
     *
     * @throws Failure (data) if it cannot be written
     */
    void saveLast(long step, State session) throws IOException {
        settle();
        if (written != step) {
            begin(step, session, null);
            try {
                tell(await());
            } catch (NotWritten e) {
                throw Failure.data("%s; make room or whatever it lacks, and run the same command, which goes on from step %d",
                        e.getMessage(), written, e);
            }
        }
    }

    /**
     * After an evaluation on held-out data: saves and keeps this state if none before had a lower masked-LM loss on the same
     * records. Best is the first of equals.
     */
    void best(Best found, State session) throws IOException {
        if (!config.keepBest()) {
            return;
        }
        if (best != null && !best.comparable(found)) {
            // That another phase has other data is as it should be; after a resumption somebody changed it.
            if (best.step() <= begun) {
                listener.warning(found.step(), String.format(Locale.ROOT,
                        "Step %,d: held-out data is %,d records of %s now; the best so far, step %,d, was measured on %,d of %s, which "
                                + "does not compare: what is the best begins anew.",
                        found.step(), found.heldOut().records(), found.heldOut().data(), best.step(), best.heldOut().records(),
                        best.heldOut().data()));
            }
            best = null;
        }
        if (best == null || found.score() > best.score()) {
            // Where the one before could not be written, what was the best returns to what the disk has: before there is another.
            settle();
            best = found;
            begin(found.step(), session, best);
        }
    }

    /** Whether a loss on the same records is lower than the best's, or there is no best and one is kept. */
    boolean wouldBeBest(double maskedLmLoss) {
        return scoresBest(-maskedLmLoss);
    }

    /** The same of any score, of which the largest is the best. */
    boolean scoresBest(double score) {
        return config.keepBest() && (best == null || score > best.score());
    }

    /** The step of the newest checkpoint, which may still be being written. */
    long savedAt() {
        return writing == null ? written : writing.step();
    }

    /** Begins to write a checkpoint; where the step has one already, it only becomes the best. */
    private void begin(long step, State session, Best becomes) throws IOException {
        long before = System.nanoTime();
        settle();
        double waited = since(before);
        if (waited > LONG_WAIT_SECONDS && !waitSaid) {
            waitSaid = true;
            listener.warning(step, String.format(Locale.ROOT, "Step %,d: waited %.1f s for the checkpoint before to be written; "
                    + "with a larger --checkpoint-every training need not wait.", step, waited));
        }
        try {
            if (claim.renew()) {
                listener.warning(step, String.format(Locale.ROOT, "Step %,d: %s had been removed, or part of it; it is made anew.",
                        step, claim.run().path()));
            }
        } catch (IOException e) {
            // What cannot be made anew cannot be written to either, and that is said when it is tried.
        }
        Snapshot snapshot = written == step ? null : session.snapshot();
        Set<Long> unsound = Set.copyOf(damaged);
        Long keep = best == null ? null : best.step();
        writing = new Writing(step, snapshot != null, since(before), writer.submit(() -> write(step, snapshot, becomes, keep, unsound)));
    }

    /** On the writer's thread. */
    private Done write(long step, Snapshot snapshotOrNull, Best becomes, Long keep, Set<Long> unsound) throws IOException {
        long before = System.nanoTime();
        if (snapshotOrNull != null) {
            try (Snapshot snapshot = snapshotOrNull) {
                checkpoints.write(step, snapshot::save);
            }
        }
        if (becomes != null) {
            checkpoints.markBest(becomes);
        }
        IOException notRemoved = null;
        List<Checkpoint> all = checkpoints.list();
        for (Checkpoint old : superfluous(all, config, keep, unsound.stream().filter(s -> s != step).toList())) {
            try {
                checkpoints.remove(old);
            } catch (IOException e) {
                notRemoved = e;
            }
        }
        return new Done(since(before), notRemoved);
    }

    /**
     * Which checkpoints go.
     *
     * @param all oldest first
     * @param best the step of the best, or null
     * @param unsound steps of damaged ones
     */
    static List<Checkpoint> superfluous(List<Checkpoint> all, CheckpointConfig config, Long best, List<Long> unsound) {
        List<Checkpoint> sound = all.stream().filter(c -> !unsound.contains(c.step())).toList();
        List<Checkpoint> gone = new ArrayList<>(all);
        gone.removeAll(sound.subList(Math.max(0, sound.size() - config.keepCheckpoints()), sound.size()));
        gone.removeIf(c -> sound.contains(c)
                && (Long.valueOf(c.step()).equals(best) || config.keepEvery() != null && c.step() % config.keepEvery() == 0));
        return gone;
    }

    /** Waits for what is being written; that it could not be is a warning. */
    private void settle() throws IOException {
        long step = savedAt();
        try {
            tell(await());
        } catch (NotWritten e) {
            listener.warning(step, e.getMessage() + "; training goes on, and the next one is tried in its turn.");
        }
    }

    private void tell(Written doneOrNull) throws IOException {
        if (doneOrNull != null) {
            listener.written(doneOrNull);
        }
    }

    /** Waits for what is being written; what came of it, or null where there was nothing to write. */
    private Written await() throws NotWritten, IOException {
        if (writing == null) {
            return null;
        }
        Writing awaited = writing;
        Done done;
        try {
            done = awaited.done().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            best = bestOnDisk();
            throw new NotWritten(awaited.step(), checkpoints, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotWritten(awaited.step(), checkpoints, e);
        } finally {
            writing = null;
        }
        written = awaited.step();
        damaged.clear();
        if (done.notRemovedOrNull() != null) {
            listener.warning(written, String.format(Locale.ROOT, "Step %,d: an old checkpoint cannot be removed from %s: %s",
                    written, checkpoints.directory(), Directories.reason(done.notRemovedOrNull())));
        }
        return awaited.whole() ? new Written(written, awaited.stalledSeconds(), done.seconds()) : null;
    }

    private Best bestOnDisk() {
        try {
            return checkpoints.best().orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    /** A checkpoint that could not be written. */
    private static final class NotWritten extends Exception {

        private static final long serialVersionUID = 1;

        NotWritten(long step, Checkpoints to, Throwable cause) {
            super(String.format(Locale.ROOT, "Step %,d: the checkpoint cannot be written to %s: %s", step, to.directory(),
                    cause instanceof IOException io ? Directories.reason(io) : cause), cause);
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /** Waits for what is being written. */
    @Override
    public void close() throws IOException {
        try {
            settle();
        } finally {
            writer.shutdown();
        }
    }
}
