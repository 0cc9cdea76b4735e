package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.graphbert.config.Batch;
import org.graphbert.config.CheckpointConfig;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.train.Checkpointer.Written;
import org.graphbert.train.Checkpoints.Best;
import org.graphbert.train.Checkpoints.Checkpoint;
import org.graphbert.train.Checkpoints.Measured;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.types.TString;

/** When a run's state is saved, what stays of it, and that training goes on whatever becomes of the disk. */
class CheckpointerTest {

    private static final CheckpointConfig NEWEST_TWO = new CheckpointConfig(10, 2, null, true);

    @TempDir
    private Path directory;

    private static final Batch BATCH = Tiny.batch(Tiny.model(0.1), 2, Tiny.LENGTH, 2, 3);

    private static TrainingSession session;

    private final List<Written> written = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Checkpointer.Listener listener = new Checkpointer.Listener() {
        @Override
        public void written(Written checkpoint) {
            written.add(checkpoint);
        }

        @Override
        public void warning(long step, String text) {
            warnings.add(text);
            onWarning.run();
        }
    };
    private Runnable onWarning = () -> {};
    private RunDirectory run;
    private RunClaim claim;

    @BeforeAll
    static void build() {
        session = Sessions.open(Tiny.model(0.1), BATCH, false, AdamW.reference(), 1);
    }

    @AfterAll
    static void end() {
        session.close();
    }

    @BeforeEach
    void open() throws IOException {
        run = new RunDirectory(directory.resolve("run"));
        claim = RunClaim.take(run);
        claim.fill(() -> Files.writeString(run.recordFile(), "{}"));
    }

    @AfterEach
    void close() throws IOException {
        claim.close();
    }

    private Checkpointer checkpointer(CheckpointConfig config, long begun) throws IOException {
        return Checkpointer.open(claim, config, begun, listener);
    }

    private List<Long> steps() throws IOException {
        return run.checkpoints().list().stream().map(Checkpoint::step).toList();
    }

    @Test
    void aSnapshotIsWhatTheSaverWouldHaveWrittenThen() throws IOException {
        session.initialise();
        session.step(0, List.of(BATCH), 1e-2);
        Path direct = Files.createDirectories(directory.resolve("direct"));
        try (TString prefix = TString.scalarOf(direct.resolve("model.ckpt").toString())) {
            session.session().runner().feed(session.graph().saver().filename(), prefix)
                    .fetch(session.graph().saver().save()).run().close();
        }
        Path later = Files.createDirectories(directory.resolve("later"));
        try (Snapshot snapshot = session.snapshot()) {
            for (int step = 1; step < 5; step++) {
                session.step(step, List.of(BATCH), 1e-2);
            }
            snapshot.save(later.resolve("model.ckpt").toString());
        }
        for (String file : List.of("model.ckpt.index", "model.ckpt.data-00000-of-00001")) {
            assertArrayEquals(Files.readAllBytes(direct.resolve(file)), Files.readAllBytes(later.resolve(file)), file);
        }
        assertEquals(5, session.globalStep());
    }

    @Test
    void theSizeIsForetold() throws IOException {
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            checkpointer.saveLast(1, session);
        }
        long data = Files.size(Path.of(run.newest().prefix() + ".data-00000-of-00001"));
        assertEquals(data, Checkpointer.bytes(session.graph()));
        assertEquals(data * (2 + 1 + 1), Checkpointer.diskBytes(session.graph(), NEWEST_TWO, 1000));
        CheckpointConfig everyHundred = new CheckpointConfig(10, 3, 100L, false);
        assertEquals(data * (3 + 1 + 10), Checkpointer.diskBytes(session.graph(), everyHundred, 1000));
    }

    @Test
    void whereItIsDue() throws IOException {
        try (Checkpointer checkpointer = checkpointer(new CheckpointConfig(10, 2, 15L, true), 0)) {
            for (long step = 1; step <= 46; step++) {
                checkpointer.step(step, session);
            }
            assertEquals(45, checkpointer.savedAt());
            checkpointer.saveLast(45, session); // nothing is written twice
            checkpointer.saveLast(47, session);
            assertEquals(47, checkpointer.savedAt());
        }
        assertEquals(List.of(10L, 15L, 20L, 30L, 40L, 45L, 47L), written.stream().map(Written::step).toList());
        assertEquals(List.of(15L, 30L, 45L, 47L), steps());
        assertTrue(written.stream().allMatch(w -> w.stalledSeconds() >= 0 && w.writingSeconds() > 0), written::toString);
        assertEquals(List.of(), warnings);
    }

    @Test
    void whatGoes() {
        CheckpointConfig two = new CheckpointConfig(10, 2, null, true);
        CheckpointConfig twoAndThirties = new CheckpointConfig(10, 2, 30L, true);
        assertEquals(List.of(), gone(two, null, List.of(), 10, 20));
        assertEquals(List.of(10L, 20L), gone(two, null, List.of(), 10, 20, 30, 40));
        assertEquals(List.of(10L), gone(two, 20L, List.of(), 10, 20, 30, 40));
        assertEquals(List.of(10L, 20L), gone(twoAndThirties, null, List.of(), 10, 20, 30, 40, 50));
        assertEquals(List.of(40L, 50L), gone(two, null, List.of(40L, 50L), 10, 20, 40, 50));
        assertEquals(List.of(30L), gone(twoAndThirties, 30L, List.of(30L), 10, 20, 30));
    }

    private static List<Long> gone(CheckpointConfig config, Long best, List<Long> unsound, long... steps) {
        List<Checkpoint> all = LongStream.of(steps).mapToObj(step -> new Checkpoint(step, Path.of("step-" + step))).toList();
        return Checkpointer.superfluous(all, config, best, unsound).stream().map(Checkpoint::step).toList();
    }

    @Test
    void theBestStaysOverAResumption() throws IOException {
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            checkpointer.best(best(5, 3.0), session);
            checkpointer.step(10, session);
            checkpointer.best(best(10, 2.5), session); // is being written already
            checkpointer.best(best(15, 2.5), session);
            checkpointer.best(best(15, Double.NaN), session);
            checkpointer.step(20, session);
            checkpointer.step(30, session);
        }
        assertEquals(List.of(5L, 10L, 20L, 30L), written.stream().map(Written::step).toList());
        assertEquals(List.of(10L, 20L, 30L), steps());
        assertEquals(Optional.of(best(10, 2.5)), run.checkpoints().best());
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 30)) {
            checkpointer.best(best(35, 2.6), session);
            checkpointer.step(40, session);
            checkpointer.step(50, session);
        }
        assertEquals(List.of(10L, 40L, 50L), steps());
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 50)) {
            checkpointer.best(best(55, 2.4), session);
            checkpointer.step(60, session);
        }
        assertEquals(Optional.of(best(55, 2.4)), run.checkpoints().best());
        assertEquals(List.of(55L, 60L), steps());
    }

    private static Best best(long step, double loss) {
        return new Best(step, loss, new Measured("held-out", "abc", 100));
    }

    /** A loss on other records says nothing about the old one: the first on them is the best, and the old one may go. */
    @Test
    void onOtherHeldOutDataTheBestBeginsAnew() throws IOException {
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            checkpointer.best(best(10, 2.0), session);
        }
        Best moved = new Best(20, 2.5, new Measured("elsewhere/held-out", "abc", 100));
        Best other = new Best(30, 2.9, new Measured("other", "def", 100));
        Best fewer = new Best(40, 3.5, new Measured("other", "def", 10));
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 10)) {
            checkpointer.best(moved, session);
            assertEquals(List.of(), warnings, "the same records");
            checkpointer.best(other, session);
            assertEquals(1, warnings.size(), warnings::toString);
            assertTrue(warnings.get(0).contains("Step 30: held-out data is 100 records of other now; the best so far, step 10, "
                    + "was measured on 100 of held-out"), warnings::toString);
            checkpointer.best(fewer, session);
            assertEquals(1, warnings.size(), "other data within a process is another phase's");
            checkpointer.step(50, session);
            checkpointer.step(60, session);
        }
        assertEquals(Optional.of(fewer), run.checkpoints().best());
        assertEquals(List.of(40L, 50L, 60L), steps());
    }

    /** Versions before wrote no more than a step and a loss. */
    @Test
    void aBestThatDoesNotSayWhatItWasMeasuredOnStillHolds() throws IOException {
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            checkpointer.best(best(10, 2.0), session);
        }
        Files.writeString(run.checkpoints().directory().resolve("best.json"), "{\"step\": 10, \"masked_lm_loss\": 2.0}");
        assertEquals(Optional.of(new Best(10, 2.0, null)), run.checkpoints().best());
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 10)) {
            checkpointer.best(best(20, 2.5), session);
            checkpointer.best(best(30, 1.5), session);
        }
        assertEquals(List.of(), warnings);
        assertEquals(Optional.of(best(30, 1.5)), run.checkpoints().best());
    }

    @Test
    void aBestThatTrainingWentBackBehindIsFoundAgain() throws IOException {
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            checkpointer.step(10, session);
            checkpointer.best(best(20, 2.0), session);
        }
        Files.delete(Path.of(run.newest().prefix() + ".index"));
        assertEquals(Optional.of(10L), run.checkpoints().newestSound(warnings::add).map(Checkpoint::step));
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 10)) {
            checkpointer.best(best(20, 2.0), session);
        }
        assertEquals(Optional.of(best(20, 2.0)), run.checkpoints().best());
        assertEquals(Optional.of(20L), run.checkpoints().newestSound(warnings::add).map(Checkpoint::step));
        assertEquals(1, warnings.size(), warnings::toString);
    }

    @Test
    void withoutKeepBestThereIsNone() throws IOException {
        try (Checkpointer checkpointer = checkpointer(new CheckpointConfig(10, 2, null, false), 0)) {
            checkpointer.best(best(5, 3.0), session);
        }
        assertEquals(List.of(), steps());
    }

    @Test
    void damagedOnesGoWhenAnotherIsWrittenAndNeverInAPlaceOfASoundOne() throws IOException {
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            checkpointer.step(10, session);
            checkpointer.step(50, session);
        }
        Files.delete(Path.of(run.newest().prefix() + ".index"));
        Files.createDirectories(run.checkpoints().directory().resolve(".writing"));
        CheckpointConfig newestOne = new CheckpointConfig(7, 1, null, false);
        try (Checkpointer checkpointer = checkpointer(newestOne, 10)) {
            assertEquals(List.of(10L, 50L), steps());
            checkpointer.step(14, session);
        }
        assertEquals(List.of(14L), steps());
    }

    @Test
    void aDiskThatRefusesIsAWarningUntilTheLast() throws IOException {
        Path checkpoints = run.checkpoints().directory();
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            checkpointer.step(10, session);
            checkpointer.saveLast(11, session);
            Files.move(checkpoints, directory.resolve("kept"));
            Files.writeString(checkpoints, "a file in their place");
            checkpointer.step(20, session);
            checkpointer.best(best(21, 2.0), session);
            checkpointer.step(30, session);
            Failure last = assertThrows(Failure.class, () -> checkpointer.saveLast(31, session));
            assertEquals(Failure.Kind.DATA, last.kind());
            assertEquals("Step 31: the checkpoint cannot be written to " + checkpoints + ": Not a directory; make room or whatever it "
                    + "lacks, and run the same command, which goes on from step 11", last.getMessage());
            assertEquals(11, checkpointer.savedAt());
            assertEquals(3, warnings.size(), warnings::toString);
            assertEquals("Step 20: the checkpoint cannot be written to " + checkpoints + ": Not a directory; training goes on, and the "
                    + "next one is tried in its turn.", warnings.get(0));
            Files.delete(checkpoints);
            Files.move(directory.resolve("kept"), checkpoints);
            checkpointer.step(40, session);
            checkpointer.best(best(41, 2.5), session); // the one of 2.0 was never written
        }
        assertEquals(List.of(40L, 41L), steps());
        assertEquals(Optional.of(best(41, 2.5)), run.checkpoints().best());
        assertEquals(3, warnings.size(), warnings::toString);
    }

    /** That a write failed is known when the next begins: what is the best by then is still the best behind it. */
    @Test
    void aBestBehindAWriteThatFailedIsNotForgotten() throws IOException {
        Path checkpoints = run.checkpoints().directory();
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            Files.writeString(checkpoints, "a file in their place");
            checkpointer.step(10, session);
            onWarning = () -> assertTrue(checkpoints.toFile().delete(), "the disk is as it was");
            checkpointer.best(best(11, 2.0), session);
            checkpointer.best(best(12, 2.5), session);
        }
        assertEquals(Optional.of(best(11, 2.0)), run.checkpoints().best());
        assertEquals(List.of(11L), steps());
        assertEquals(1, warnings.size(), warnings::toString);
    }

    @Test
    void directoriesThatAreRemovedAreMadeAnew() throws IOException {
        try (Checkpointer checkpointer = checkpointer(NEWEST_TWO, 0)) {
            checkpointer.saveLast(10, session);
            Directories.delete(run.checkpoints().directory());
            checkpointer.saveLast(20, session);
            assertEquals(List.of(20L), steps());
            assertEquals(List.of(), warnings);
            Directories.delete(run.path());
            checkpointer.saveLast(30, session);
        }
        assertEquals(List.of(30L), steps());
        assertEquals(List.of("Step 30: " + run.path() + " had been removed, or part of it; it is made anew."), warnings);
        assertEquals("{}", Files.readString(run.recordFile()));
        assertThrows(Failure.class, () -> RunClaim.take(run), "the lock is new too");
        claim.close();
        assertFalse(Files.exists(run.path().resolve(".lock")));
    }
}
