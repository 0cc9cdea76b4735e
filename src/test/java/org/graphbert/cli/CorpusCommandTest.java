package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code corpus} as a user calls it. */
class CorpusCommandTest {

    private static final String DUMP = "src/test/resources/wiki/dump.xml";

    private final PrintStream systemErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @BeforeEach
    void capture() {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(systemErr);
    }

    @Test
    void aDump() throws IOException {
        Path output = directory.resolve("wiki.txt");
        assertEquals(0, run("--input", DUMP, "--output", output.toString(), "--deduplicate", "--threads", "2"), this::printed);
        assertArrayEquals(Files.readAllBytes(Path.of("src/test/resources/wiki/dump.txt")), Files.readAllBytes(output));
        assertTrue(printed().contains(output + ": 3 documents, 2,129 characters"), this::printed);
        assertTrue(printed().contains("pages left out: 2 redirects, 2 disambiguations, 4 of other namespaces, 1 without prose"), this::printed);
        assertTrue(printed().contains("reading: "), this::printed);
        fails(2, "--output " + output + ": exists already; remove it, or choose another name", "--input", DUMP, "--output", output.toString());
    }

    @Test
    void shortOnesAreLeftOut() {
        assertEquals(0, run("--input", DUMP, "--output", directory.resolve("a.zst").toString(), "--min-document-length", "100"), this::printed);
        assertTrue(printed().contains("left out: 2 too short"), this::printed);
    }

    @Test
    void jsonLines() throws IOException {
        Path json = Files.writeString(directory.resolve("a.jsonl"), "{\"body\": \"One.\\nTwo.\"}\n");
        Path output = directory.resolve("a.txt");
        fails(3, json + ": looks like JSON lines (the first has the fields body), expected text; name the field that holds the text, such as"
                + " --text-field body", "--input", json.toString(), "--output", output.toString());
        fails(3, json + ", line 1: no field 'bdy', found body; did you mean --text-field body?", "--input", json.toString(), "--output",
                output.toString(), "--text-field", "bdy");
        assertEquals(0, run("--input", json.toString(), "--output", output.toString(), "--text-field", "body"), this::printed);
        assertEquals("One.\nTwo.\n", Files.readString(output));
    }

    @Test
    void wrongUsage() throws IOException {
        fails(2, "Missing required options: ");
        fails(2, "--threads is 0, expected 1 or more", "--input", DUMP, "--output", directory.resolve("a").toString(), "--threads", "0");
        Path file = Files.writeString(directory.resolve("file"), "x");
        fails(2, file + " is a file; choose another directory", "--input", DUMP, "--output", file.resolve("a.txt").toString());
        fails(3, "none.xml: no such file", "--input", directory.resolve("none.xml").toString(), "--output", directory.resolve("a").toString());
    }

    private void fails(int code, String message, String... arguments) {
        err.reset();
        assertEquals(code, run(arguments), this::printed);
        assertTrue(printed().contains(message), this::printed);
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "corpus";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Main.run(new PrintWriter(out, true, StandardCharsets.UTF_8), all);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }
}
