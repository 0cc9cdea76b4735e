package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerCommandTest {

    @TempDir
    private Path directory;

    private final InputStream stdin = System.in;
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void catchStreams() throws IOException {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        Files.writeString(directory.resolve("a.txt"), "low low low low low lower lower\nwidest widest widest\n");
        try (GZIPOutputStream gz = new GZIPOutputStream(Files.newOutputStream(directory.resolve("b.txt.gz")))) {
            gz.write("newest newest newest newest newest newest\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    @AfterEach
    void giveStreamsBack() {
        System.setIn(stdin);
        System.setOut(stdout);
        System.setErr(stderr);
    }

    @Test
    void trainsEncodesAndDecodes() throws IOException {
        assertEquals(0, train(30, "one"));
        assertTrue(err().contains("30 entries from 16 words (4 different units)"), err());
        assertEquals("[PAD]", Files.readAllLines(directory.resolve("one/vocab.txt")).get(0));

        assertEquals(0, run("Newest lowest\n\u4F60", "tokenizer", "encode", "--tokenizer", path("one")));
        assertEquals("newest low ##est\n[UNK]\n", out.toString(StandardCharsets.UTF_8));
        assertEquals(0, run("Newest lowest\n", "tokenizer", "encode", "--ids", "--tokenizer", path("one/vocab.txt")));
        String ids = out.toString(StandardCharsets.UTF_8);
        assertEquals(0, run(ids, "tokenizer", "decode", "--tokenizer", path("one/tokenizer.json")));
        assertEquals("newest lowest\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void encodings() throws IOException {
        assertEquals(0, train(30, "one"));
        byte[] packed = Files.readAllBytes(directory.resolve("a.txt"));
        Files.writeString(directory.resolve("a.txt"), new String(packed, StandardCharsets.UTF_8), StandardCharsets.UTF_16);
        Files.writeString(directory.resolve("b.txt.gz"), "newest ".repeat(6) + "\n", StandardCharsets.UTF_16LE);
        assertEquals(3, train(30, "two"));
        assertTrue(err().contains("a.txt: looks like UTF-16, not UTF-8 (it begins with FE FF); read it with --encoding UTF-16"), err());
        assertEquals(2, run("", "tokenizer", "train", "--input", path("a.txt"), "--vocab-size", "30", "--output", path("two"),
                "--encoding", "UTF-61"));
        assertEquals(3, run("", "tokenizer", "train", "--input", path("b*"), "--vocab-size", "30", "--output", path("two"),
                "--encoding", "US-ASCII", "--input", path("a.txt")));
        assertTrue(err().contains("a.txt: byte 0 (0xFE) is not US-ASCII; name another --encoding, or mend the text"), err());
        Files.writeString(directory.resolve("b.txt.gz"), "newest ".repeat(6) + "\n", StandardCharsets.UTF_16);
        assertEquals(0, run("", "tokenizer", "train", "--input", path("*.txt*"), "--vocab-size", "30", "--output", path("one"),
                "--encoding", "utf-16"));
        assertTrue(err().contains("is reused"), "the same text gives the same tokenizer: " + err());
        System.setIn(new ByteArrayInputStream("Newest\n".getBytes(StandardCharsets.UTF_16LE)));
        out.reset();
        assertEquals(0, Main.run("tokenizer", "encode", "--tokenizer", path("one"), "--encoding", "UTF-16LE"));
        assertEquals("newest\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void keepsUnusedSlotsAndBoundsMemory() throws IOException {
        String[] command = {
            "tokenizer", "train", "--input", path("*.txt*"), "--vocab-size", "23", "--unused", "2", "--max-words", "3",
            "--output", path("slots")
        };
        assertEquals(0, run("", command), err());
        assertEquals("[unused1]", Files.readAllLines(directory.resolve("slots/vocab.txt")).get(6));
        assertTrue(err().contains("warning: more different words than --max-words 3 allows"), err());
        assertTrue(err().contains("23 entries from 14 words (3 different units); 2 occurrences of rare words"), err());
    }

    @Test
    void theSameTokenizerIsReusedAnotherNeverOverwritten() throws IOException {
        assertEquals(0, train(30, "one"));
        byte[] before = Files.readAllBytes(directory.resolve("one/vocab.txt"));
        assertEquals(0, train(30, "one"));
        assertTrue(err().contains("is reused"), err());
        assertEquals(2, train(29, "one"));
        assertTrue(err().contains("holds another tokenizer (wordpiece, 30 entries"), err());
        assertArrayEquals(before, Files.readAllBytes(directory.resolve("one/vocab.txt")));
    }

    @Test
    void errorsHaveTheirExitCodes() throws IOException {
        assertEquals(2, train(10, "two"));
        assertEquals(2, train(100000, "two"));
        assertEquals(3, run("", "tokenizer", "train", "--input", path("*.none"), "--vocab-size", "30", "--output", path("x")));
        assertEquals(3, run("", "tokenizer", "encode", "--tokenizer", path("nowhere")));
        assertEquals(0, train(30, "one"));
        assertEquals(2, run("", "tokenizer", "encode", "--cased", "--tokenizer", path("one")));
        assertEquals(3, run("5 x", "tokenizer", "decode", "--tokenizer", path("one")));
        assertEquals(2, run("", "tokenizer", "train"));
        assertEquals(2, run("", "tokenizer", "train", "--type", "nonsense"));
    }

    @Test
    void benchTokenizeTellsItsFigures() throws IOException {
        assertEquals(0, train(30, "one"));
        assertEquals(0, run("", "bench", "tokenize", "--tokenizer", path("one"), "--input", path("*.txt*"), "--rounds", "1",
                "--threads", "2", "--json"), this::err);
        JsonNode figures = new ObjectMapper().readTree(out.toByteArray());
        assertEquals("wordpiece", figures.get("tokenizer").asText());
        assertEquals(3, figures.get("lines").asInt());
        assertEquals(2, figures.get("threads").asInt());
        for (String speed : List.of("megabytes_per_second", "tokens_per_second", "parallel_megabytes_per_second",
                "parallel_tokens_per_second", "speedup", "characters_per_token")) {
            assertTrue(figures.get(speed).asDouble() > 0, speed);
        }
        assertEquals(2, run("", "bench", "tokenize", "--tokenizer", path("one"), "--input", path("a.txt"), "--threads", "0"));
        assertEquals(3, run("", "bench", "tokenize", "--tokenizer", path("one"), "--input", path("none")));
        assertEquals(0, run("", "bench", "tokenize", "--help"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("Example:"));
    }

    @Test
    void everyCommandHasHelpWithAnExample() throws IOException {
        for (String command : new String[] {"train", "encode", "decode"}) {
            assertEquals(0, run("", "tokenizer", command, "--help"));
            assertTrue(out.toString(StandardCharsets.UTF_8).matches("(?s).*Examples?:.*"), command);
        }
    }

    private int train(int size, String output) throws IOException {
        return run("", "tokenizer", "train", "--input", path("*.txt*"), "--vocab-size", Integer.toString(size),
                "--output", path(output));
    }

    private int run(String input, String... arguments) throws IOException {
        out.reset();
        err.reset();
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        return Main.run(arguments);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String path(String name) {
        return directory + "/" + name;
    }
}
