package org.graphbert.train;

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
import java.util.Random;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.train.Checkpoints.Best;
import org.graphbert.train.Checkpoints.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** Checkpoints on the disk, and everything that can be wrong with them. */
class CheckpointsTest {

    private static final String DATA = "model.ckpt.data-00000-of-00001";
    private static final String INDEX = "model.ckpt.index";

    @TempDir
    private Path parent;

    private final List<String> said = new ArrayList<>();

    private Path directory() {
        return parent.resolve("checkpoints");
    }

    private Checkpoints checkpoints() {
        return new Checkpoints(directory());
    }

    /** A checkpoint of a step with these weights, and a variable of whole numbers. */
    private Checkpoint write(long step, float... weights) throws IOException {
        return checkpoints().write(step, prefix -> save(prefix, step, weights));
    }

    private static void save(String prefix, long step, float... weights) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            session.runner().addTarget(tf.train.save(
                    tf.constant(prefix), tf.array("global_step", "weights"), tf.array("", ""),
                    List.of(tf.constant(step), tf.constant(weights)))).run().close();
        }
    }

    private Optional<Long> newestSound() throws IOException {
        said.clear();
        return checkpoints().newestSound(said::add).map(Checkpoint::step);
    }

    @Test
    void theNewestSoundOneByItsStep() throws IOException {
        assertEquals(Optional.empty(), newestSound());
        write(9, 1, 2);
        write(100_000_000, 3, 4);
        write(20, 5, 6);
        assertEquals(Optional.of(100_000_000L), newestSound());
        assertEquals(List.of(9L, 20L, 100_000_000L), checkpoints().list().stream().map(Checkpoint::step).toList());
        assertEquals(List.of(), said);
    }

    @Test
    void whatElseLiesThereIsPassedOver() throws IOException {
        Checkpoint sound = write(10, 1);
        for (String stray : List.of("step-11", "step-00000020.bak", "step-", "notes", ".writing", "step-99999999999999999999")) {
            Files.createDirectories(directory().resolve(stray));
        }
        Files.writeString(directory().resolve("checkpoint"), "model_checkpoint_path: \"elsewhere\"");
        Files.writeString(sound.directory().resolve("notes.txt"), "mine");
        assertEquals(Optional.of(10L), newestSound());
        assertEquals(List.of(), said);
    }

    @Test
    void eachDamageIsFoundNamedAndFallenBackFrom() throws IOException {
        damaged(INDEX + ": no such file", c -> Files.delete(c.resolve(INDEX)));
        damaged(DATA + ": no such file", c -> Files.delete(c.resolve(DATA)));
        damaged(DATA + ": found 20 bytes, expected 28", c -> Files.write(c.resolve(DATA), new byte[20]));
        damaged(DATA + ": found CRC-32C ", c -> Files.write(c.resolve(DATA), new byte[28]));
        damaged("checksums.json: damaged", c -> Files.writeString(c.resolve("checksums.json"), "{\"files\": {"));
        damaged("checksums.json: damaged", c -> Files.writeString(c.resolve("checksums.json"), "{\"files\": 3}"));
        damaged("checksums.json: damaged", c -> Files.writeString(c.resolve("checksums.json"), "{}"));
        damaged(INDEX + ": no such file", c -> {
            Directories.delete(c);
            Files.createDirectory(c);
        });
        damaged(INDEX + ": no such file", c -> {
            Directories.delete(c);
            Files.writeString(c, "a file");
        });
        // Both by TensorFlow's own means, as in runs of before there were checksums.
        damaged("the checksum of weights does not match", c -> {
            Files.delete(c.resolve("checksums.json"));
            byte[] bytes = Files.readAllBytes(c.resolve(DATA));
            bytes[27] ^= 1;
            Files.write(c.resolve(DATA), bytes);
        });
        damaged("the file is cut short", c -> {
            Files.delete(c.resolve("checksums.json"));
            Files.write(c.resolve(DATA), new byte[8]);
        });
    }

    @FunctionalInterface
    private interface Damage {
        void to(Path checkpoint) throws IOException;
    }

    private void damaged(String fault, Damage damage) throws IOException {
        Directories.delete(directory());
        write(10, 1, 2, 3, 4, 5);
        Checkpoint newest = write(20, 6, 7, 8, 9, 10);
        damage.to(newest.directory());
        assertEquals(Optional.of(10L), newestSound(), fault);
        assertEquals(1, said.size());
        assertTrue(said.get(0).startsWith(newest.directory().toString()), said::toString);
        assertTrue(said.get(0).contains(fault.startsWith("the file") ? "found 8 bytes" : fault), said::toString);
        assertTrue(said.get(0).endsWith("; falling back to the checkpoint before"), said::toString);
        Directories.delete(checkpoints().list().get(0).directory());
        Failure none = assertThrows(Failure.class, this::newestSound);
        assertEquals(Failure.Kind.DATA, none.kind());
        assertEquals(1, none.getMessage().lines().count(), none.getMessage());
        assertTrue(none.getMessage().startsWith(newest.directory().toString()), none.getMessage());
    }

    @Test
    void anyBitOfAnyFile() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        write(10, 1);
        for (int round = 0; round < 60; round++) {
            Checkpoint newest = write(20, random.nextFloat(), random.nextFloat());
            Path file = newest.directory().resolve(random.nextBoolean() ? DATA : INDEX);
            byte[] bytes = Files.readAllBytes(file);
            int bit = random.nextInt(8 * bytes.length);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
            String where = "seed " + seed + ", " + file.getFileName() + ", bit " + bit;
            assertEquals(Optional.of(10L), newestSound(), where);
            assertEquals(1, said.size(), where);
        }
    }

    @Test
    void aNumberThatIsNoneIsADamageToo() throws IOException {
        write(10, 1);
        write(20, 1, Float.NaN, Float.NEGATIVE_INFINITY, Float.MAX_VALUE);
        assertEquals(Optional.of(10L), newestSound());
        assertTrue(said.get(0).contains("step-00000020: 2 of 4 numbers of weights are not finite; "), said::toString);
    }

    @Test
    void withoutChecksumsAsOlderRunsAre() throws IOException {
        Files.delete(write(10, 1, 2).directory().resolve("checksums.json"));
        assertEquals(Optional.of(10L), newestSound());
    }

    @Test
    void whereTheFirstOfSeveralDamagedOnesIsNamed() throws IOException {
        for (long step = 1; step <= 3; step++) {
            Files.delete(write(step, 1).directory().resolve(INDEX));
        }
        Failure none = assertThrows(Failure.class, this::newestSound);
        assertEquals(String.format("%s: no such file; found no sound checkpoint in %s (3 there); copy one back, or remove them to "
                + "begin anew", directory().resolve("step-00000003").resolve(INDEX), directory()), none.getMessage());
        assertEquals(2, said.size());
    }

    @Test
    void whatCannotBeWrittenLeavesNothing() throws IOException {
        write(10, 1);
        IOException full = assertThrows(IOException.class, () -> checkpoints().write(
                20, prefix -> save(prefix.replace(".writing/", "step-00000010/model.ckpt.index/"), 20, 1)));
        assertFalse(full.getMessage().contains(directory().toString()), full.getMessage());
        assertThrows(IllegalStateException.class, () -> checkpoints().write(20, prefix -> {
            save(prefix, 20, 1);
            throw new IllegalStateException();
        }));
        assertEquals(List.of("step-00000010"), names());
    }

    @Test
    void aDamagedOneMakesRoomForItsLike() throws IOException {
        Files.delete(write(10, 1).directory().resolve(DATA));
        write(10, 2);
        assertEquals(Optional.of(10L), newestSound());
        assertEquals(List.of("step-00000010"), names());
    }

    @Test
    void remainsOfAKilledProcessGo() throws IOException {
        write(10, 1);
        for (String remains : List.of(".writing", ".removing")) {
            Files.createDirectories(directory().resolve(remains));
            Files.writeString(directory().resolve(remains).resolve(DATA), "half");
        }
        Files.writeString(directory().resolve(".best.json.writing"), "{");
        checkpoints().removeRemains();
        assertEquals(List.of("step-00000010"), names());
        new Checkpoints(parent.resolve("nowhere")).removeRemains();
    }

    @Test
    void theBestIsNamedAsLongAsItIsThere() throws IOException {
        assertEquals(Optional.empty(), checkpoints().best());
        Failure none = assertThrows(Failure.class, () -> checkpoints().requireBest());
        assertEquals(Failure.Kind.USAGE, none.kind());
        Checkpoint ten = write(10, 1, 2);
        write(20, 1, 2);
        Best best = new Best(10, 2.5, new Checkpoints.Measured("held-out", null, 7));
        checkpoints().markBest(best);
        assertEquals(Optional.of(best), checkpoints().best());
        assertEquals(ten, checkpoints().requireBest());
        byte[] bytes = Files.readAllBytes(ten.directory().resolve(DATA));
        bytes[9] ^= 1;
        Files.write(ten.directory().resolve(DATA), bytes);
        Failure damaged = assertThrows(Failure.class, () -> checkpoints().requireBest());
        assertEquals(Failure.Kind.DATA, damaged.kind());
        Files.delete(ten.directory().resolve(DATA));
        assertEquals(Optional.empty(), checkpoints().best());
        for (String broken : List.of("", "{\"step\": 20", "[]", "{\"steps\": 20}", "{\"step\": 30, \"masked_lm_loss\": 1.0}")) {
            Files.writeString(directory().resolve("best.json"), broken);
            assertEquals(Optional.empty(), checkpoints().best(), broken);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory())) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
