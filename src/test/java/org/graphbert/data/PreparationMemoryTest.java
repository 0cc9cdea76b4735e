package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Sentences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationMemoryTest {

    private static final int HEAP_MIB = 64;
    private static final long CORPUS_BYTES = 4L * HEAP_MIB << 20;

    /** A sixteenth of the standard. */
    private static final Block.Size BLOCKS = new Block.Size(1 << 21, 8, 1 << 22, 1 << 16);

    /** Prepares a corpus in a process with a small heap. */
    static final class Child {
        public static void main(String[] arguments) {
            Path directory = Path.of(arguments[0]);
            Recipe recipe = new Recipe(PairOptions.nextSentence(128, 0.1, 0.5), MaskOptions.standard(128), 1, Sentences.LINES,
                    "en", 0.1, 0, 1);
            new Preparation(List.of(directory.resolve("corpus.gz")), new NumberTokenizer(), recipe, directory.resolve("set"), 2, 0)
                    .run(Progress.SILENT, BLOCKS);
            System.exit(0);
        }
    }

    @TempDir
    private Path directory;

    @Test
    void aCorpusSeveralTimesLargerThanTheHeap() throws Exception {
        long documents = corpus(directory.resolve("corpus.gz"));
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP_MIB + "m", "-cp", System.getProperty("java.class.path"), Child.class.getName(),
                        directory.toString())
                .inheritIO()
                .start();
        assertEquals(0, child.waitFor());
        try (DataSet data = DataSet.open(directory.resolve("set"))) {
            long training = data.manifest().orElseThrow().statistics().corpus().documents();
            assertEquals(documents, training + documents / 10, 1);
            assertTrue(data.size() > 30_000, data.size() + " records");
        }
    }

    @Test
    void sizes() {
        assertEquals(512L << 20, Memory.parse("512m").bytes());
        assertEquals(2L << 30, Memory.parse("2G").bytes());
        assertEquals(1L << 40, Memory.parse("1tb").bytes());
        assertEquals(300_000_000, Memory.parse("300000000").bytes());
        assertEquals("512m", Memory.DEFAULT.toString());
        refused("100m", "--memory is 100m, expected at least 192m");
        refused("much", "--memory is 'much', expected a size such as 512m or 2g");
        refused("99999999t", "--memory is '99999999t', more bytes than there are; give less");
        refused("", "--memory is ''");
        Failure failure = assertThrows(Failure.class, () -> Memory.parse("1000t").requireMachine());
        assertTrue(failure.getMessage().startsWith("--memory is 1048576000m, but this machine has "), failure.getMessage());
    }

    /** Token ids of wide vocabularies, or a token a character, may not fit; the budget says what would. */
    @Test
    void tokensThatDoNotFit() {
        Budget budget = new Budget(Memory.parse("192m"), 2, Block.Size.STANDARD, 1);
        assertTrue(budget.units() >= 2);
        budget.hold(30 << 20, 10 << 20);
        assertTrue(budget.units() >= 1);
        Failure failure = assertThrows(Failure.class, () -> budget.hold(90 << 20, 30 << 20));
        assertEquals(2, failure.exitCode());
        assertTrue(failure.getMessage().matches("--memory 192m does not hold the token ids of 3 blocks of this text, at 3.0 bytes "
                + "for each of its own; give --memory [0-9]+m, and --resume to go on"), failure.getMessage());
    }

    @Test
    void fingerprintsThatDoNotFit() {
        Budget budget = new Budget(Memory.parse("192m"), 2, Block.Size.STANDARD, 1);
        budget.holdBeside(1 << 20);
        budget.hold(60 << 20, 30 << 20);
        Failure failure = assertThrows(Failure.class, () -> budget.holdBeside(32 << 20));
        assertEquals(2, failure.exitCode());
        assertEquals("--memory 192m does not hold what tells repeated documents apart (32m so far); give --memory 384m, or "
                + "deduplicate first: graphbert corpus --deduplicate", failure.getMessage());
    }

    private static void refused(String size, String message) {
        Failure failure = assertThrows(Failure.class, () -> Memory.parse(size));
        assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
        assertEquals(2, failure.exitCode());
    }

    /** Numbers, and words that no vocabulary has; returns the number of documents. */
    private static long corpus(Path file) throws IOException {
        byte[][] lines = new byte[100][];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = (i + " " + 7 * i + " " + "x".repeat(90) + "\n").getBytes(StandardCharsets.UTF_8);
        }
        long documents = 0;
        long bytes = 0;
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
            while (bytes < CORPUS_BYTES) {
                for (int i = 0; i < 50; i++) {
                    byte[] line = lines[(int) ((documents + i) % lines.length)];
                    out.write(line);
                    bytes += line.length;
                }
                out.write('\n');
                documents++;
            }
        }
        return documents;
    }
}
