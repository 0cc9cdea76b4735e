package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code corpus} as a user calls it. */
class CorpusCommandTest {

    private static final String DUMP = "src/test/resources/wiki/dump.xml";

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    @Test
    void aDump() throws IOException {
        Path output = directory.resolve("wiki.txt");
        console.exits(0, corpus("--input", DUMP, "--output", output.toString(), "--deduplicate", "--threads", "2"));
        assertArrayEquals(Files.readAllBytes(Path.of("src/test/resources/wiki/dump.txt")), Files.readAllBytes(output));
        console.prints(output + ": 3 documents, 2,129 characters");
        console.prints("pages left out: 2 redirects, 2 disambiguations, 4 of other namespaces, 1 without prose");
        console.prints("reading: ");
        fails(2, "--output " + output + ": exists already; remove it, or choose another name", "--input", DUMP, "--output", output.toString());
    }

    @Test
    void shortOnesAreLeftOut() {
        console.exits(0, corpus("--input", DUMP, "--output", directory.resolve("a.zst").toString(), "--min-document-length", "100"));
        console.prints("left out: 2 too short");
    }

    @Test
    void jsonLines() throws IOException {
        Path json = Files.writeString(directory.resolve("a.jsonl"), "{\"body\": \"One.\\nTwo.\"}\n");
        Path output = directory.resolve("a.txt");
        fails(3, json + ": looks like JSON lines (the first has the fields body), expected text; name the field that holds the text, such as"
                + " --text-field body", "--input", json.toString(), "--output", output.toString());
        fails(3, json + ", line 1: no field 'bdy', found body; did you mean --text-field body?", "--input", json.toString(), "--output",
                output.toString(), "--text-field", "bdy");
        console.exits(0, corpus("--input", json.toString(), "--output", output.toString(), "--text-field", "body"));
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
        console.exitsPrinting(code, message, corpus(arguments));
    }

    private static String[] corpus(String... arguments) {
        return Stream.concat(Stream.of("corpus"), Stream.of(arguments)).toArray(String[]::new);
    }
}
