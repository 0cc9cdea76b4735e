package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class TokenizerCommandTest {

    @TempDir
    private Path directory;

    @RegisterExtension
    private final Console console = new Console();

    @BeforeEach
    void writeTexts() throws IOException {
        Files.writeString(directory.resolve("a.txt"), "low low low low low lower lower\nwidest widest widest\n");
        try (GZIPOutputStream gz = new GZIPOutputStream(Files.newOutputStream(directory.resolve("b.txt.gz")))) {
            gz.write("newest newest newest newest newest newest\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void trainsEncodesAndDecodes() throws IOException {
        assertEquals(0, train(30, "one"));
        console.printsToErr("30 entries from 16 words (4 different units)");
        assertEquals("[PAD]", Files.readAllLines(directory.resolve("one/vocab.txt")).get(0));

        assertEquals(0, console.input("Newest lowest\n\u4F60").run("tokenizer", "encode", "--tokenizer", path("one")));
        assertEquals("newest low ##est\n[UNK]\n", console.out());
        assertEquals(0, console.input("Newest lowest\n").run("tokenizer", "encode", "--ids", "--tokenizer", path("one/vocab.txt")));
        String ids = console.out();
        assertEquals(0, console.input(ids).run("tokenizer", "decode", "--tokenizer", path("one/tokenizer.json")));
        assertEquals("newest lowest\n", console.out());
    }

    @Test
    void encodings() throws IOException {
        assertEquals(0, train(30, "one"));
        byte[] packed = Files.readAllBytes(directory.resolve("a.txt"));
        Files.writeString(directory.resolve("a.txt"), new String(packed, StandardCharsets.UTF_8), StandardCharsets.UTF_16);
        Files.writeString(directory.resolve("b.txt.gz"), "newest ".repeat(6) + "\n", StandardCharsets.UTF_16LE);
        assertEquals(3, train(30, "two"));
        console.printsToErr("a.txt: looks like UTF-16, not UTF-8 (it begins with FE FF); read it with --encoding UTF-16");
        assertEquals(2, console.run("tokenizer", "train", "--input", path("a.txt"), "--vocab-size", "30", "--output", path("two"),
                "--encoding", "UTF-61"));
        assertEquals(3, console.run("tokenizer", "train", "--input", path("b*"), "--vocab-size", "30", "--output", path("two"),
                "--encoding", "US-ASCII", "--input", path("a.txt")));
        console.printsToErr("a.txt: byte 0 (0xFE) is not US-ASCII; name another --encoding, or mend the text");
        Files.writeString(directory.resolve("b.txt.gz"), "newest ".repeat(6) + "\n", StandardCharsets.UTF_16);
        assertEquals(0, console.run("tokenizer", "train", "--input", path("*.txt*"), "--vocab-size", "30", "--output", path("one"),
                "--encoding", "utf-16"));
        assertTrue(console.err().contains("is reused"), "the same text gives the same tokenizer: " + console.err());
        console.input("Newest\n".getBytes(StandardCharsets.UTF_16LE))
                .exits(0, "tokenizer", "encode", "--tokenizer", path("one"), "--encoding", "UTF-16LE");
        assertEquals("newest\n", console.out());
    }

    @Test
    void keepsUnusedSlotsAndBoundsMemory() throws IOException {
        String[] command = {
            "tokenizer", "train", "--input", path("*.txt*"), "--vocab-size", "23", "--unused", "2", "--max-words", "3",
            "--output", path("slots")
        };
        assertEquals(0, console.run(command), console.err());
        assertEquals("[unused1]", Files.readAllLines(directory.resolve("slots/vocab.txt")).get(6));
        console.printsToErr("warning: more different words than --max-words 3 allows");
        console.printsToErr("23 entries from 14 words (3 different units); 2 occurrences of rare words");
    }

    @Test
    void theSameTokenizerIsReusedAnotherNeverOverwritten() throws IOException {
        assertEquals(0, train(30, "one"));
        byte[] before = Files.readAllBytes(directory.resolve("one/vocab.txt"));
        assertEquals(0, train(30, "one"));
        console.printsToErr("is reused");
        assertEquals(2, train(29, "one"));
        console.printsToErr("holds another tokenizer (wordpiece, 30 entries");
        assertArrayEquals(before, Files.readAllBytes(directory.resolve("one/vocab.txt")));
    }

    @Test
    void errorsHaveTheirExitCodes() throws IOException {
        assertEquals(2, train(10, "two"));
        assertEquals(2, train(100000, "two"));
        assertEquals(3, console.run("tokenizer", "train", "--input", path("*.none"), "--vocab-size", "30", "--output", path("x")));
        assertEquals(3, console.run("tokenizer", "encode", "--tokenizer", path("nowhere")));
        assertEquals(0, train(30, "one"));
        assertEquals(2, console.run("tokenizer", "encode", "--cased", "--tokenizer", path("one")));
        assertEquals(3, console.input("5 x").run("tokenizer", "decode", "--tokenizer", path("one")));
        assertEquals(2, console.run("tokenizer", "train"));
        assertEquals(2, console.run("tokenizer", "train", "--type", "nonsense"));
    }

    @Test
    void benchTokenizeTellsItsFigures() throws IOException {
        assertEquals(0, train(30, "one"));
        assertEquals(0, console.run("bench", "tokenize", "--tokenizer", path("one"), "--input", path("*.txt*"), "--rounds", "1",
                "--threads", "2", "--json"), console::err);
        JsonNode figures = console.json();
        assertEquals("wordpiece", figures.get("tokenizer").asText());
        assertEquals(3, figures.get("lines").asInt());
        assertEquals(2, figures.get("threads").asInt());
        for (String speed : List.of("megabytes_per_second", "tokens_per_second", "parallel_megabytes_per_second",
                "parallel_tokens_per_second", "speedup", "characters_per_token")) {
            assertTrue(figures.get(speed).asDouble() > 0, speed);
        }
        assertEquals(2, console.run("bench", "tokenize", "--tokenizer", path("one"), "--input", path("a.txt"), "--threads", "0"));
        assertEquals(3, console.run("bench", "tokenize", "--tokenizer", path("one"), "--input", path("none")));
        assertEquals(0, console.run("bench", "tokenize", "--help"));
        assertTrue(console.out().contains("Example:"));
    }

    @Test
    void everyCommandHasHelpWithAnExample() throws IOException {
        for (String command : new String[] {"train", "encode", "decode"}) {
            assertEquals(0, console.run("tokenizer", command, "--help"));
            assertTrue(console.out().matches("(?s).*Examples?:.*"), command);
        }
    }

    private int train(int size, String output) throws IOException {
        return console.run("tokenizer", "train", "--input", path("*.txt*"), "--vocab-size", Integer.toString(size),
                "--output", path(output));
    }

    private String path(String name) {
        return directory + "/" + name;
    }
}
