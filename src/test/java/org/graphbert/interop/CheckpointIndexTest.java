package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.graphbert.config.Failure;
import org.graphbert.train.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointIndexTest {

    @TempDir
    private Path directory;

    @Test
    void listsAGoogleCheckpoint() throws IOException {
        CheckpointIndex index = CheckpointIndex.read(Golden.CHECKPOINT.toString());
        assertEquals(5 + 3 * 16 + 2 + 5 + 2, index.entries().size(), "3 layers, embeddings, pooler, both heads");
        CheckpointIndex.Entry table = index.entries().get("bert/embeddings/word_embeddings");
        assertEquals(List.of(97L, 32L), table.shape());
        assertEquals("DT_FLOAT", table.type());
        assertEquals(97 * 32, table.elements());
        assertEquals(97 * 32 * 4, table.bytes());
        assertEquals(Golden.DIRECTORY.resolve("bert_model.ckpt.data-00000-of-00001"), index.dataFile(table));
        assertEquals(List.of(80L, 32L), index.entries().get("bert/encoder/layer_2/output/dense/kernel").shape());
        assertEquals(List.of(2L), index.entries().get("cls/seq_relationship/output_bias").shape());
        long bytes = index.entries().values().stream().mapToLong(CheckpointIndex.Entry::bytes).sum();
        assertEquals(Files.size(index.dataFile(table)), bytes, "the variables fill the data file");
    }

    @Test
    void problemsNameTheVariableAndBothShapes() throws IOException {
        CheckpointIndex index = CheckpointIndex.read(Golden.CHECKPOINT.toString());
        assertEquals(List.of(), index.problems(Map.of("cls/predictions/output_bias", List.of(97L))));
        assertEquals(List.of("cls/predictions/output_bias has shape [97], the model's is [98]"),
                index.problems(Map.of("cls/predictions/output_bias", List.of(98L))));
        assertEquals(List.of("cls/nothing is missing"), index.problems(Map.of("cls/nothing", List.of(1L))));
    }

    @Test
    void missing() {
        Failure failure = assertThrows(Failure.class, () -> CheckpointIndex.read(directory.resolve("none").toString()));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().contains("none.index: no such file"), failure.getMessage());
        assertFalse(CheckpointIndex.exists(directory.resolve("none").toString()));
        assertTrue(CheckpointIndex.exists(Golden.CHECKPOINT.toString()));
    }

    /** The file has holes and takes no room. */
    @Test
    void whatIsTooLargeForAnIndexIsNotRead() throws IOException {
        Path file = directory.resolve("large.index");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(3L << 30);
        }
        Failure failure = assertThrows(Failure.class, () -> CheckpointIndex.read(directory.resolve("large").toString()));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(failure.getMessage().contains("is 3,221,225,472 bytes; expected at most"), failure.getMessage());
    }

    @Test
    void everyCutIsAFailureThatNamesTheFile() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of(Golden.CHECKPOINT + ".index"));
        for (int length = 0; length < whole.length; length += 7) {
            Failure failure = readDamaged(Arrays.copyOf(whole, length));
            assertTrue(failure != null, "read from " + length + " of " + whole.length + " bytes");
        }
    }

    /** A damaged index may by chance be read; nothing but a Failure may come of it otherwise. */
    @Test
    void damagedBytesAreAFailureOrAreRead() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of(Golden.CHECKPOINT + ".index"));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                // Half of them in the footer and the index block, which everything else depends on.
                int at = random.nextBoolean() ? random.nextInt(whole.length) : whole.length - 1 - random.nextInt(120);
                damaged[at] = (byte) random.nextInt(256);
                // Lengths are varints: these make one of them enormous, or negative.
                for (int j = at; round % 2 == 0 && j < Math.min(whole.length, at + 4 + random.nextInt(6)); j++) {
                    damaged[j] = (byte) (0x80 | random.nextInt(128));
                }
            }
            try {
                readDamaged(damaged);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    /** The failure, or null where it can be read. */
    private Failure readDamaged(byte[] bytes) throws IOException {
        String prefix = directory.resolve("damaged").toString();
        Files.write(Path.of(prefix + ".index"), bytes);
        try {
            CheckpointIndex.read(prefix);
            return null;
        } catch (Failure failure) {
            assertEquals(Failure.Kind.DATA, failure.kind());
            assertTrue(failure.getMessage().startsWith(prefix + ".index: damaged checkpoint index"), failure.getMessage());
            assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
            return failure;
        }
    }
}
