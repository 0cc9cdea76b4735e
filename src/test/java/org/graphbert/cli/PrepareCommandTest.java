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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
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

    private void fails(int code, String message, String... arguments) {
        err.reset();
        assertEquals(code, Main.run(arguments), this::printed);
        assertTrue(printed().contains(message), this::printed);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }
}
