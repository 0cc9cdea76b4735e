package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text to served model with a tokenizer of each type, command by command. */
class TokenizerTypesTest {

    private static final String CORPUS = "src/main/resources/sample-corpus/*.txt";

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"wordpiece, vocab.txt", "unigram, spiece.model", "bpe, spiece.model"})
    void fromTextToASavedModel(String type, String file) throws IOException {
        String tokenizer = path("tokenizer");
        console.exits(0, "tokenizer", "train", "--input", CORPUS, "--type", type, "--vocab-size", "600", "--output", tokenizer);
        console.exits(0, "prepare", "--input", CORPUS, "--tokenizer", Path.of(tokenizer, file).toString(), "--output", path("data"),
                "--max-seq-length", "32", "--whole-word-mask", "--held-out", "0.1", "--show", "1");
        console.exits(0, "pretrain", "--model", Tiny.modelFile(directory, 0.1).toString(), "--data", path("data"),
                "--eval-data", path("data-held-out"), "--run", path("run"), "--steps", "6", "--batch-size", "8",
                "--dynamic-masking");
        console.prints("The model takes a vocabulary of 600 entries");

        JsonNode measured = json("evaluate", "--run", path("run"), "--data", path("data-held-out"), "--json");
        assertTrue(measured.get("masked_lm_loss").asDouble() > 0, measured::toString);

        console.exits(0, "export", "--run", path("run"), "--output", path("export"));
        String assets = Path.of(path("export"), "1", "assets").toString();
        String checksum = json("inspect", tokenizer, "--json").get("checksum").asText();
        for (String copy : List.of(path("data/tokenizer"), path("run/tokenizer"), assets, assets + "/" + file)) {
            JsonNode report = json("inspect", copy, "--json");
            assertEquals(type, report.get("type").asText());
            boolean alone = copy.endsWith("vocab.txt"); // says nothing of its casing
            assertEquals(checksum, alone ? checksum : report.get("checksum").asText(), copy);
        }
        JsonNode data = json("inspect", path("data"), "--json", "--show", "1");
        assertEquals(type, data.get("manifest").get("request").get("tokenizer").get("type").asText());
        assertTrue(data.get("examples").get(0).asText().contains("[MASK]{"), data::toString);
        assertTrue(json("inspect", path("export"), "--json").get("assets").toString().contains(file));

        String[] question = {"--json", "--top-k", "600", "The capital of [MASK] is [MASK]."};
        List<JsonNode> answers = new ArrayList<>();
        for (String[] from : new String[][] {{"--run", path("run")}, {"--saved-model", path("export")}}) {
            JsonNode answer = json(join(join("predict", "mask"), join(from, question))).get(0);
            assertEquals(2, answer.get("masks").size());
            assertEquals(600, answer.get("masks").get(0).size());
            assertEquals(600, answer.get("masks").get(0).findValuesAsText("word").stream().distinct().count());
            answers.add(answer);
            JsonNode pair = json(join(join("predict", "nsp"), join(from, "--json", "A cat sleeps.", "It is grey."))).get(0);
            assertTrue(pair.get("is_next").asDouble() > 0 && pair.get("is_next").asDouble() < 1, pair::toString);
        }
        for (int mask = 0; mask < 2; mask++) {
            JsonNode ofRun = answers.get(0).get("masks").get(mask).get(0);
            JsonNode ofExport = answers.get(1).get("masks").get(mask).get(0);
            assertEquals(ofRun.get("token"), ofExport.get("token"));
            assertEquals(ofRun.get("probability").asDouble(), ofExport.get("probability").asDouble(), 1e-5);
        }
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private static String[] join(String[] first, String... second) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(second));
        return all.toArray(String[]::new);
    }

    private static String[] join(String first, String second) {
        return new String[] {first, second};
    }

    private JsonNode json(String... arguments) throws IOException {
        console.exits(0, arguments);
        return console.json();
    }
}
