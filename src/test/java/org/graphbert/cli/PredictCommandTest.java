package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sentences from arguments, files, stdin and a terminal; answers in their order. */
class PredictCommandTest {

    @TempDir
    private static Path directory;

    private static String run;
    private static String export;

    @RegisterExtension
    private final Console console = new Console();

    @BeforeAll
    static void train() throws IOException {
        run = directory.resolve("run").toString();
        export = directory.resolve("export").toString();
        assertEquals(0, Main.run("pretrain", "--model", Tiny.modelFile(directory, 0.1).toString(), "--data",
                Tiny.dataSet(directory, "data").toString(), "--run", run, "--steps", "2", "--batch-size", "4"));
        assertEquals(0, Main.run("export", "--run", run, "--output", export));
    }

    private List<JsonNode> lines(String... arguments) throws IOException {
        console.exits(0, arguments);
        List<JsonNode> lines = new ArrayList<>();
        for (String line : console.out().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    @Test
    void linesOfStdinAreAnsweredAsArgumentsAre() throws IOException {
        String[] texts = {"ba [MASK] .", "[MASK]", "bi bo be [MASK] ga [MASK] ."};
        console.exits(0, "predict", "mask", "--run", run, "--json", texts[0], texts[1], texts[2]);
        JsonNode expected = console.json();
        console.input(String.join("\r\n", texts) + "\r\n\r\n");
        List<JsonNode> found = lines("predict", "mask", "--run", run, "--json");
        assertEquals(3, found.size());
        for (int i = 0; i < 3; i++) {
            assertEquals(expected.get(i).get("text"), found.get(i).get("text"));
            same(expected.get(i).get("masks"), found.get(i).get("masks"), "probability");
        }
        console.printsToErr("3 answered in ");
    }

    @Test
    void whatIsWrongWithALineIsSaidWithItsPlaceBehindTheAnswersBefore() {
        console.input("ba [MASK] .\nba be\n[MASK]\n").exits(3, "predict", "mask", "--run", run);
        console.printsToErr("graphbert predict mask: stdin: line 2: 'ba be' has no [MASK]; write [MASK]");
        assertTrue(console.out().startsWith("ba [MASK] .\n  "), console.out());
        console.input(new byte[] {'a', '\t', 'b', '\n', (byte) 0xff, '\n'}).exits(3, "predict", "nsp", "--run", run);
        console.printsToErr("stdin: byte 4 (0xFF) is not UTF-8");
        assertTrue(console.out().startsWith("IsNext "), console.out());
        console.input("").exits(0, "predict", "mask", "--run", run);
        assertEquals("", console.out());
    }

    @Test
    void filesPackedOrNot() throws IOException {
        Path plain = Files.writeString(directory.resolve("pairs.tsv"), "a\tpremise\thypothesis\n1\tba be .\tbi bo .\n");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("a\tpremise\thypothesis\n2\tgu .\tba .\n".getBytes(StandardCharsets.UTF_8));
        }
        Path gz = Files.write(directory.resolve("pairs.tsv.gz"), packed.toByteArray());
        List<JsonNode> found = lines("predict", "nsp", "--run", run, "--json", "--columns", "hypothesis,premise",
                "--input", plain.toString(), gz.toString());
        assertEquals(List.of("bi bo .", "ba ."), found.stream().map(pair -> pair.get("first").asText()).toList());
        assertEquals(List.of("ba be .", "gu ."), found.stream().map(pair -> pair.get("second").asText()).toList());
        console.exitsPrinting(2, "found sentences both as arguments and in --input",
                "predict", "nsp", "--run", run, "--input", plain.toString(), "--", "a", "b");
        console.exitsPrinting(3, "pairs.tsv: line 1: found 3 columns, expected 2", "predict", "nsp", "--run", run, "--input", plain.toString());
    }

    @Test
    void longTextsAreCutAndCounted() throws IOException {
        String text = "ba be bi ".repeat(20);
        console.input("ba [MASK] .\n" + text + "[MASK]\n" + text + "[MASK]\n").exits(0, "predict", "mask", "--run", run);
        console.printsToErr("longer than 32 tokens, and cut: 2 sentences; the first is stdin: line 2");
        console.exits(0, "predict", "nsp", "--run", run, text, "ba .");
        console.printsToErr("longer than 32 tokens, and cut: 1 sentence");
        console.exitsPrinting(2, "shorten it", "predict", "mask", "--run", run, "[MASK] " + text + "[MASK]");
    }

    @Test
    void aPersonAtATerminal() {
        System.setProperty("graphbert.terminal", "true");
        console.input("ba [MASK] .\nba .\n\n[MASK]\n").exits(0, "predict", "mask", "--run", run, "--top-k", "2");
        assertEquals(6, console.out().lines().count(), console.out());
        console.printsToErr("A sentence with [MASK] in it; Ctrl-D ends");
        console.printsToErr("> 'ba .' has no [MASK]");
        console.input("ba . ||| be .\n").exits(0, "predict", "nsp", "--run", run);
        assertTrue(console.out().matches("IsNext +\\d+\\.\\d+%  ba \\. / be \\.\n"), console.out());
    }

    @Test
    void wordsOfSeveralPieces() throws IOException {
        console.exits(0, "predict", "mask", "--run", run, "--json", "--whole-words", "--max-pieces", "2", "--top-k", "8", "ba [MASK] .");
        JsonNode words = console.json().get(0).get("masks").get(0);
        assertEquals(8, words.size());
        double last = 1;
        for (JsonNode word : words) {
            assertEquals(word.get("word").asText(), joined(word.get("tokens")));
            double score = word.get("score").asDouble();
            assertEquals(score, Math.pow(word.get("probability").asDouble(), 1.0 / word.get("tokens").size()), 1e-6);
            assertTrue(score <= last, words::toString);
            last = score;
        }
        console.exits(0, "predict", "mask", "--saved-model", export, "--json", "--joint", "--top-k", "1", "[MASK] ba [MASK]");
        assertEquals(2, console.json().get(0).get("fillings").get(0).get("words").size());
        console.exitsPrinting(2, "--max-pieces is of words; add --whole-words", "predict", "mask", "--run", run, "--max-pieces", "2", "[MASK]");
    }

    private static String joined(JsonNode tokens) {
        StringBuilder word = new StringBuilder();
        tokens.forEach(token -> word.append(token.asText().replace("##", "")));
        return word.toString();
    }

    @Test
    void vectorsOfARunAndOfItsExport() throws IOException {
        Path texts = Files.writeString(directory.resolve("texts.txt"), "ba be .\n\nbi\n");
        List<JsonNode> ofRun = lines("predict", "embed", "--run", run, "--input", texts.toString());
        List<JsonNode> ofExport = lines("predict", "embed", "--saved-model", export, "--input", texts.toString());
        assertEquals(3, ofRun.size(), "a vector for the empty line too");
        for (int i = 0; i < 3; i++) {
            assertEquals(16, ofRun.get(i).get("embedding").size());
            for (int j = 0; j < 16; j++) {
                assertEquals(ofRun.get(i).get("embedding").get(j).asDouble(), ofExport.get(i).get("embedding").get(j).asDouble(), 1e-5);
            }
        }
        List<JsonNode> tokens = lines("predict", "embed", "--run", run, "--pool", "none", "--layers", "0,-1", "ba be .");
        assertEquals("[\"[CLS]\",\"ba\",\"be\",\".\",\"[SEP]\"]", tokens.get(0).get("tokens").toString());
        assertEquals(5, tokens.get(0).get("embeddings").size());
        assertEquals(32, tokens.get(0).get("embeddings").get(0).size());
        console.exitsPrinting(2, "an export gives the vectors of its last layer, 2 (or -1), alone, not those of layer 1",
                "predict", "embed", "--saved-model", export, "--layers", "-2", "ba");
    }

    @Test
    void vectorsOfPairsAndTextsInColumns() throws IOException {
        console.exits(0, "predict", "embed", "--run", run, "--pairs", "--pool", "none", "ba be", "bi");
        JsonNode pair = new ObjectMapper().readTree(console.out());
        assertEquals("[\"[CLS]\",\"ba\",\"be\",\"[SEP]\",\"bi\",\"[SEP]\"]", pair.get("tokens").toString());
        assertEquals("ba be", pair.get("first").asText());
        assertFalse(pair.has("text"));
        Path objects = Files.writeString(directory.resolve("texts.jsonl"), "{\"id\": 1, \"text\": \"ba [MASK] .\"}\n");
        List<JsonNode> ofText = lines("predict", "embed", "--run", run, "--input", objects.toString(), "--columns", "text");
        assertEquals("ba [MASK] .", ofText.get(0).get("text").asText());
        assertEquals("ba [MASK] .", lines("predict", "mask", "--run", run, "--json", "--input", objects.toString(), "--columns", "text")
                .get(0).get("text").asText());
        console.exitsPrinting(2, "--columns has 1 name, expected two", "predict", "nsp", "--run", run, "--input", objects.toString(),
                "--columns", "text");
        console.exitsPrinting(2, "--columns are of lines", "predict", "embed", "--run", run, "--columns", "text", "--", "ba");
        console.exitsPrinting(2, "1 text, expected pairs", "predict", "embed", "--run", run, "--pairs", "ba");
    }

    @Test
    void vectorsInFiles() throws IOException {
        Path matrix = directory.resolve("vectors.npy");
        console.input("ba be .\nbi\n").exits(0, "predict", "embed", "--run", run, "--pool", "none", "--output", matrix.toString());
        assertEquals(128 + (5 + 3) * 16 * 4, Files.size(matrix));
        assertEquals(128 + 3 * 8, Files.size(directory.resolve("vectors.offsets.npy")));
        Path lines = directory.resolve("vectors.jsonl");
        console.input("ba be .\nbi\n").exits(0, "predict", "embed", "--run", run, "--output", lines.toString());
        assertEquals(2, Files.readAllLines(lines).size());
        assertEquals("", console.out());
        Path failed = directory.resolve("failed.npy");
        console.input(new byte[] {'a', '\n', (byte) 0xff}).exits(3, "predict", "embed", "--run", run, "--output", failed.toString());
        assertFalse(Files.exists(failed));
        console.exitsPrinting(3, "--output " + directory.resolve("none/x.npy") + ": cannot be written",
                "predict", "embed", "--run", run, "--output", directory.resolve("none/x.npy").toString(), "a");
    }

    /** The same but for what a batch of another length leaves in the last digits. */
    private static void same(JsonNode expected, JsonNode found, String number) {
        assertEquals(expected.findValuesAsText("token"), found.findValuesAsText("token"));
        List<JsonNode> numbers = expected.findValues(number);
        for (int i = 0; i < numbers.size(); i++) {
            assertEquals(numbers.get(i).asDouble(), found.findValues(number).get(i).asDouble(), 1e-6);
        }
    }
}
