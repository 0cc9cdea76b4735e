package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prepare} and {@code inspect} as a user calls them. */
class PrepareCommandTest {

    private final PrintStream systemOut = System.out;
    private final PrintStream systemErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Path vocabulary;

    @BeforeEach
    void prepare() throws IOException {
        List<String> entries = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ","));
        for (char c = 'a'; c <= 'z'; c++) {
            entries.add(String.valueOf(c));
            entries.add("##" + c);
        }
        vocabulary = Files.write(directory.resolve("vocab.txt"), entries);
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(systemOut);
        System.setErr(systemErr);
    }

    @Test
    void fromTextToAnInspectedDataSet() throws IOException {
        Path set = directory.resolve("tfrecords/sample");
        String[] arguments = {
            "prepare", "--input", "src/main/resources/sample-corpus/*.txt", "--tokenizer", vocabulary.toString(),
            "--output", set.toString(), "--max-seq-length", "64", "--whole-word-mask", "--held-out", "0.05", "--show", "1"
        };
        assertEquals(0, Main.run(arguments), this::printed);
        assertTrue(printed().contains("example 0: "), this::printed);
        assertTrue(printed().contains("a line is taken for a sentence"), this::printed);
        assertTrue(printed().contains(set + "-held-out (held-out): "), this::printed);
        assertEquals(0, Main.run(arguments), this::printed);
        assertTrue(printed().contains("reusing " + set), this::printed);
        arguments[8] = "128";
        assertEquals(2, Main.run(arguments));
        assertTrue(printed().contains("recipe.pairs.max_seq_length is 64, asked for 128"), this::printed);
        out.reset();
        assertEquals(0, Main.run("inspect", set.toString(), "--json", "--show", "2"));
        JsonNode report = new ObjectMapper().readTree(out.toByteArray());
        assertEquals("data_set", report.get("kind").asText());
        assertEquals(64, report.get("max_seq_length").asInt());
        assertEquals(2, report.get("examples").size());
        assertEquals(report.get("records").asLong(),
                report.get("manifest").get("statistics").get("pairs").get("records").asLong());
        assertEquals(0, Main.run("inspect", set.resolve("data-00000-of-00001.tfrecord").toString()));
        assertTrue(printed().contains("TFRecord files without a manifest"), this::printed);
    }

    @Test
    void aVocabularyOfAnotherLanguageIsNoticed() throws IOException {
        Path chinese = Files.writeString(directory.resolve("zh.txt"), "世界人权宣言。\n第一条 a。\n\n人人生而自由。\n在尊严 b。\n");
        String[] arguments = {
            "prepare", "--input", chinese.toString(), "--tokenizer", vocabulary.toString(),
            "--output", directory.resolve("zh").toString(), "--max-seq-length", "32", "--show", "0"
        };
        for (int i = 0; i < 2; i++) {
            err.reset();
            assertEquals(0, Main.run(arguments), this::printed);
            // 22 characters of Chinese with their full stops, two letters
            assertEquals(1, printed().lines().filter(line -> line.startsWith("warning: 91.7% of the tokens are [UNK]")).count(),
                    this::printed);
        }
        assertTrue(printed().contains("this wordpiece vocabulary of 59 entries was not made for such text; train one"),
                this::printed);
    }

    @Test
    void failures() {
        String missing = directory.resolve("none.txt").toString();
        fails(3, missing + ": no such file", "prepare", "--input", missing, "--tokenizer", vocabulary.toString(),
                "--output", directory.resolve("x").toString());
        fails(2, "--held-out is 0.9", "prepare", "--input", vocabulary.toString(), "--tokenizer", vocabulary.toString(),
                "--output", directory.resolve("x").toString(), "--held-out", "0.9");
        fails(3, "one document only", "prepare", "--input", vocabulary.toString(), "--tokenizer", vocabulary.toString(),
                "--output", directory.resolve("x").toString());
        fails(2, "Missing required", "prepare");
        assertEquals(0, Main.run("prepare", "--help"));
        assertTrue(printed().contains("Example:"), this::printed);
    }

    /** One reading, two data sets, each with its own held-out one; named by their lengths. */
    @Test
    void twoLengths() throws IOException {
        Path set = directory.resolve("sets/sample");
        String[] arguments = {
            "prepare", "--input", "src/main/resources/sample-corpus/*.txt", "--tokenizer", vocabulary.toString(), "--show", "0",
            "--output", set.toString(), "--max-seq-length", "32,64", "--max-predictions-per-seq", "5,10", "--held-out", "0.05",
            "--memory", "256m", "--resume"
        };
        assertEquals(0, Main.run(arguments), this::printed);
        assertTrue(printed().matches("(?s).*[0-9.]+ MB of text in [0-9.]+ s: [0-9.]+ MB/s.*"), this::printed);
        try (Stream<Path> made = Files.list(set.getParent())) {
            assertEquals(List.of("sample-32", "sample-32-held-out", "sample-64", "sample-64-held-out"),
                    made.map(path -> path.getFileName().toString()).sorted().toList());
        }
        JsonNode manifest = new ObjectMapper().readTree(set.resolveSibling("sample-64").resolve("manifest.json").toFile());
        assertEquals(64, manifest.at("/request/recipe/pairs/max_seq_length").asInt());
        assertEquals(10, manifest.at("/request/recipe/masks/max_predictions").asInt());
    }

    @Test
    void optionsThatCannotBe() {
        String[] start = {"prepare", "--input", vocabulary.toString(), "--tokenizer", vocabulary.toString(), "--output",
            directory.resolve("x").toString()};
        fails(2, "--memory is 64m, expected at least 192m", with(start, "--memory", "64m"));
        fails(2, "--memory is 'lots', expected a size such as 512m or 2g", with(start, "--memory", "lots"));
        fails(2, "--max-predictions-per-seq has 1 numbers, --max-seq-length 2",
                with(start, "--max-seq-length", "32,64", "--max-predictions-per-seq", "5"));
        fails(2, "--max-seq-length names a length twice", with(start, "--max-seq-length", "32,32"));
        fails(3, "no text in the inputs", with(start, "--min-document-length", "100000"));
        assertTrue(printed().contains("1 too short"), this::printed);
    }

    /** The whole program on a disk of a megabyte, where such a disk can be had. */
    @Test
    void aFullDisk() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Process probe = new ProcessBuilder("unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString())
                .redirectErrorStream(true).start();
        Assumptions.assumeTrue(probe.waitFor() == 0, "no tmpfs can be mounted here");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process child = new ProcessBuilder("unshare", "-rm", "sh", "-c",
                        "mount -t tmpfs -o size=1m tmpfs \"$1\" && shift && exec \"$@\"", "sh", disk.toString(), java, "-cp",
                        System.getProperty("java.class.path"), Main.class.getName(), "prepare", "--input",
                        "src/main/resources/sample-corpus/*.txt", "--tokenizer", vocabulary.toString(), "--output",
                        disk.resolve("set").toString(), "--duplicates", "5", "--show", "0")
                .redirectErrorStream(true).start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(3, child.waitFor(), printed);
        assertTrue(printed.contains("--output " + disk.resolve("set") + ": cannot be written: No space left on device; make room"),
                printed);
    }

    private static String[] with(String[] start, String... more) {
        return Stream.concat(Arrays.stream(start), Arrays.stream(more)).toArray(String[]::new);
    }

    private void fails(int code, String message, String... arguments) {
        err.reset();
        assertEquals(code, Main.run(arguments), this::printed);
        assertTrue(printed().contains(message), this::printed);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }
}
