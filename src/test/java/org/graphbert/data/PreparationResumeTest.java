package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.config.RecordedProgress;
import org.graphbert.corpus.Sentences;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What ends a preparation, and how it goes on. */
@Timeout(180) // what waits for work that was given up would wait for ever
class PreparationResumeTest {

    private static final Block.Size BLOCKS = PreparationTest.SMALL_BLOCKS;

    /** Prepares the corpus of a directory in a process of its own, to be killed; at its leisure if told so. */
    static final class Child {
        public static void main(String[] arguments) {
            Path directory = Path.of(arguments[0]);
            int pause = Integer.parseInt(arguments[1]);
            System.out.println("ready");
            UnaryOperator<OutputStream> slow = out -> new FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
                    out.write(bytes, from, length);
                }
            };
            preparation(directory, recipe(42), directory.resolve("set"), true)
                    .run(new RecordedProgress(System.out::println), new Preparation.Seams(BLOCKS, slow));
        }
    }

    @TempDir
    private Path directory;

    private Map<String, String> expected;

    @BeforeEach
    void expected() throws IOException {
        Corpora.write(directory.resolve("corpus.txt"), 90, 25, 1);
        preparation(directory, recipe(42), directory.resolve("set"), false).run(Progress.SILENT, BLOCKS);
        expected = contents();
        assertTrue(expected.size() > 20, expected.toString());
        deleteAll();
    }

    /** A disk that is full after so many bytes, at many places, each made room for and continued. */
    @Test
    void aFullDiskLosesNothing() throws IOException {
        long all = 2_000_000;
        int resumed = 0;
        for (long room = 1000; room < all; room += 90_000) {
            Failure failure = fails(room, false);
            if (failure == null) {
                break;
            }
            assertEquals(3, failure.exitCode());
            String message = failure.getMessage();
            assertTrue(message.startsWith("--output " + directory.resolve("set-64") + ": cannot be written: No space left"), message);
            if (message.contains("with --resume continues")) {
                resumed++;
                assertTrue(message.contains("records (") && message.contains(" saved; "), message);
                assertTrue(left().stream().anyMatch(name -> name.endsWith(".partial")), message);
                Failure refused = assertThrows(Failure.class, () -> prepare(false));
                assertEquals(2, refused.exitCode());
                assertTrue(refused.getMessage().contains("continue it with --resume, or delete that directory"),
                        refused.getMessage());
                prepare(true);
            } else {
                assertTrue(message.contains("no block is finished yet"), message);
                prepare(false);
            }
            assertEquals(expected, contents(), "room for " + room + " bytes");
            deleteAll();
        }
        assertTrue(resumed > 3, "resumed " + resumed + " times");
    }

    /** One after the other, each with room for a little more. */
    @Test
    void manyFailuresInARow() throws IOException {
        int failures = 0;
        while (fails(150_000, true) != null) {
            failures++;
            assertTrue(failures < 100, "it goes on");
        }
        assertTrue(failures > 2, failures + " failures");
        assertEquals(expected, contents());
    }

    @Test
    void killedAtAnyMoment() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int kills = 0;
        for (int round = 0; round < 6; round++) {
            Process child = child(0);
            assertEquals("ready", child.inputReader().readLine());
            if (!child.waitFor(200 + random.nextInt(900), TimeUnit.MILLISECONDS)) {
                child.destroyForcibly().waitFor();
                kills++;
            }
        }
        prepare(true);
        assertEquals(expected, contents(), kills + " kills, seed " + seed);
    }

    @Test
    void anInterruptionSaysHowToGoOn() throws Exception {
        Process child = child(30);
        try {
            Path state = directory.resolve(".set-32.partial").resolve(SavedState.FILE);
            while (!Files.exists(state)) {
                assertTrue(child.isAlive());
                Thread.sleep(5);
            }
            child.toHandle().destroy(); // SIGTERM, for which Java does as for SIGINT
            String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(130, child.waitFor(), printed);
            String last = printed.strip().lines().reduce("", (before, line) -> line);
            assertTrue(last.matches("stopped; .* records \\(.* MB\\) in .*\\.partial (is|are) saved; the same command with --resume "
                    + "continues"), printed);
            assertTrue(left().stream().noneMatch(name -> name.endsWith(".lock")), left().toString());
        } finally {
            child.destroyForcibly();
        }
        prepare(true);
        assertEquals(expected, contents());
    }

    private Process child(int pause) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx400m",
                        "-cp", System.getProperty("java.class.path"), Child.class.getName(), directory.toString(), "" + pause)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void anUnfinishedPreparationOfSomethingElse() throws IOException {
        half();
        Failure failure = assertThrows(Failure.class, () -> preparation(directory, recipe(43), directory.resolve("set"), true)
                .run(Progress.SILENT, BLOCKS));
        assertEquals(2, failure.exitCode());
        assertTrue(failure.getMessage().contains("recipe.seed is 42, asked for 43"), failure.getMessage());
        Corpora.write(directory.resolve("corpus.txt"), 90, 25, 2);
        failure = assertThrows(Failure.class, () -> prepare(true));
        assertTrue(failure.getMessage().contains("has other contents"), failure.getMessage());
    }

    @Test
    void damageIsNoticed() throws IOException {
        half();
        Path partial = directory.resolve(".set-64.partial");
        Path state = partial.resolve(SavedState.FILE);
        byte[] good = Files.readAllBytes(state);
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 1;
        Files.write(state, bad);
        damaged(state + ": damaged: its checksum does not match");
        Files.write(state, new byte[0]);
        damaged(state + ": damaged");
        Files.write(state, good);
        Path shard = partial.resolve("data-00000-of-00003.tfrecord");
        byte[] records = Files.readAllBytes(shard);
        records[100] ^= 1;
        Files.write(shard, records);
        damaged(shard + ": damaged: the checksum of its first ");
        Files.write(shard, new byte[10]);
        damaged(shard + ": damaged: it has 10 bytes, expected at least ");
        Files.delete(shard);
        damaged(shard + ": damaged: it is missing");
        records[100] ^= 1;
        Files.write(shard, records);
        Path index = partial.resolve("data-00000-of-00003.index");
        byte[] offsets = Files.readAllBytes(index);
        Files.write(index, new byte[20]);
        damaged(index + ": damaged: it has 20 bytes, expected at least ");
        Files.write(index, offsets);
        prepare(true);
        assertEquals(expected, contents());
    }

    @Test
    void withNothingThereItJustPrepares() throws IOException {
        prepare(true);
        assertEquals(expected, contents());
    }

    /** A process that ended between the renaming and the removal of the state. */
    @Test
    void aStateThatWasLeftIsRemoved() throws IOException {
        prepare(false);
        Files.writeString(directory.resolve("set-64").resolve(SavedState.FILE), "left");
        prepare(false);
        assertEquals(expected, contents());
        assertFalse(Files.exists(directory.resolve("set-64").resolve(SavedState.FILE)));
    }

    private void half() throws IOException {
        Failure failure = fails(700_000, false);
        assertTrue(failure.getMessage().contains("--resume continues"), failure.getMessage());
    }

    private void damaged(String message) {
        Failure failure = assertThrows(Failure.class, () -> prepare(true));
        assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
        assertTrue(failure.getMessage().contains("delete the directory"), failure.getMessage());
        assertEquals(3, failure.exitCode());
    }

    private void prepare(boolean resume) {
        preparation(directory, recipe(42), directory.resolve("set"), resume).run(Progress.SILENT, BLOCKS);
    }

    /** The failure on a disk with room for so many bytes of records, or null if they suffice. */
    private Failure fails(long room, boolean resume) {
        try {
            preparation(directory, recipe(42), directory.resolve("set"), resume)
                    .run(Progress.SILENT, new Preparation.Seams(BLOCKS, disk(room)));
            return null;
        } catch (Failure e) {
            return e;
        }
    }

    /** Room for so many bytes of records. */
    static UnaryOperator<OutputStream> disk(long room) {
        AtomicLong left = new AtomicLong(room);
        return out -> new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                if (left.addAndGet(-length) < 0) {
                    throw new IOException("No space left on device");
                }
                out.write(bytes, from, length);
            }
        };
    }

    static Recipe recipe(long seed) {
        return new Recipe(
                PairOptions.nextSentence(64, 0.1, 0.5), MaskOptions.standard(64), 2, Sentences.LINES, "en", 0.1, 3, seed);
    }

    /** Two lengths, two threads. */
    static Preparation preparation(Path directory, Recipe recipe, Path output, boolean resume) {
        return new Preparation(List.of(directory.resolve("corpus.txt")), new NumberTokenizer(), List.of(
                        new Preparation.Output(output.resolveSibling(output.getFileName() + "-64"), recipe),
                        new Preparation.Output(
                                output.resolveSibling(output.getFileName() + "-32"), recipe.withLength(32, 5))),
                new Effort(2, Memory.DEFAULT, resume, 0));
    }

    private List<String> left() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).filter(name -> !name.equals("corpus.txt")).toList();
        }
    }

    private void deleteAll() throws IOException {
        for (String name : left()) {
            Directories.delete(directory.resolve(name));
        }
    }

    /** Of every file of every set: nothing else may lie there. */
    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = Contents.of(directory);
        contents.keySet().removeIf(name -> name.equals("/corpus.txt") || name.endsWith(".lock"));
        return contents;
    }
}
