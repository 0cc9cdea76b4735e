package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code prepare} and {@code inspect} as a user calls them. */
class PrepareCommandTest {

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    private Path vocabulary;

    @BeforeEach
    void prepare() throws IOException {
        vocabulary = letters(directory);
    }

    /** A WordPiece vocabulary of the letters, each at the start of a word and within. */
    static Path letters(Path directory) throws IOException {
        List<String> entries = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ","));
        for (char c = 'a'; c <= 'z'; c++) {
            entries.add(String.valueOf(c));
            entries.add("##" + c);
        }
        return Files.write(directory.resolve("vocab.txt"), entries);
    }

    @Test
    void fromTextToAnInspectedDataSet() throws IOException {
        Path set = directory.resolve("tfrecords/sample");
        String[] arguments = {
            "prepare", "--input", "src/main/resources/sample-corpus/*.txt", "--tokenizer", vocabulary.toString(),
            "--output", set.toString(), "--max-seq-length", "64", "--whole-word-mask", "--held-out", "0.05", "--show", "1"
        };
        console.exits(0, arguments);
        console.prints("example 0: ");
        console.prints("a line is taken for a sentence");
        console.prints(set + "-held-out (held-out): ");
        console.exitsPrinting(0, "reusing " + set, arguments);
        arguments[8] = "128";
        console.exitsPrinting(2, "recipe.pairs.max_seq_length is 64, asked for 128", arguments);
        console.exits(0, "inspect", set.toString(), "--json", "--show", "2");
        JsonNode report = console.json();
        assertEquals("data_set", report.get("kind").asText());
        assertEquals(64, report.get("max_seq_length").asInt());
        assertEquals(2, report.get("examples").size());
        assertEquals(report.get("records").asLong(),
                report.get("manifest").get("statistics").get("pairs").get("records").asLong());
        console.exitsPrinting(0, "TFRecord files without a manifest",
                "inspect", set.resolve("data-00000-of-00001.tfrecord").toString());
    }

    @Test
    void aVocabularyOfAnotherLanguageIsNoticed() throws IOException {
        Path chinese = Files.writeString(directory.resolve("zh.txt"), "世界人权宣言。\n第一条 a。\n\n人人生而自由。\n在尊严 b。\n");
        String[] arguments = {
            "prepare", "--input", chinese.toString(), "--tokenizer", vocabulary.toString(),
            "--output", directory.resolve("zh").toString(), "--max-seq-length", "32", "--show", "0"
        };
        for (int i = 0; i < 2; i++) {
            console.exits(0, arguments);
            // 22 characters of Chinese with their full stops, two letters
            String warning = "warning: 91.7% of the tokens are [UNK]";
            assertEquals(1, console.printed().lines().filter(line -> line.startsWith(warning)).count(),
                    console::printed);
        }
        console.prints("this wordpiece vocabulary of 59 entries was not made for such text; train one");
    }

    @Test
    void failures() {
        String missing = directory.resolve("none.txt").toString();
        console.exitsPrinting(3, missing + ": no such file", "prepare", "--input", missing, "--tokenizer", vocabulary.toString(),
                "--output", directory.resolve("x").toString());
        console.exitsPrinting(2, "--held-out is 0.9", "prepare", "--input", vocabulary.toString(),
                "--tokenizer", vocabulary.toString(), "--output", directory.resolve("x").toString(), "--held-out", "0.9");
        console.exitsPrinting(3, "one document only", "prepare", "--input", vocabulary.toString(),
                "--tokenizer", vocabulary.toString(), "--output", directory.resolve("x").toString());
        console.exitsPrinting(2, "Missing required", "prepare");
        console.exitsPrinting(0, "Example:", "prepare", "--help");
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
        console.exits(0, arguments);
        assertTrue(console.printed().matches("(?s).*[0-9.]+ MB of text in [0-9.]+ s: [0-9.]+ MB/s.*"), console::printed);
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
        console.exitsPrinting(2, "--memory is 64m, expected at least 192m", with(start, "--memory", "64m"));
        console.exitsPrinting(2, "--memory is 'lots', expected a size such as 512m or 2g", with(start, "--memory", "lots"));
        console.exitsPrinting(2, "--max-predictions-per-seq has 1 numbers, --max-seq-length 2",
                with(start, "--max-seq-length", "32,64", "--max-predictions-per-seq", "5"));
        console.exitsPrinting(2, "--max-seq-length names a length twice", with(start, "--max-seq-length", "32,32"));
        console.exitsPrinting(3, "no text in the inputs", with(start, "--min-document-length", "100000"));
        console.prints("1 too short");
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
}
