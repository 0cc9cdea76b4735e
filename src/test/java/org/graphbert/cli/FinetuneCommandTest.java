package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Json;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code finetune} and what {@code predict} makes of its runs. */
class FinetuneCommandTest {

    @TempDir
    private static Path directory;

    private static String[] command;
    private static Path run;

    @RegisterExtension
    private final Console console = new Console();

    @BeforeAll
    static void train() throws IOException {
        Path vocabulary = Tiny.vocabulary(directory.resolve("tokenizer"));
        StringBuilder rows = new StringBuilder("verdict,note,first,second\n");
        for (int i = 0; i < 40; i++) {
            rows.append(i % 2 == 0 ? "up,\"x, y\",ba da,fa ba\n" : "down,z,bi di,\"fi bi\"\n");
        }
        Path file = Files.writeString(directory.resolve("pairs.csv"), rows);
        run = directory.resolve("run");
        command = new String[] {"finetune", "classify", "--model", Tiny.shallowFile(directory, 0).toString(), "--tokenizer",
            vocabulary.toString(), "--train", file.toString(), "--dev", file.toString(), "--test", file.toString(), "--label-column",
            "verdict", "--text-column", "first", "--text-column", "second", "--output", run.toString(), "--steps", "30",
            "--batch-size", "8", "--learning-rate", "1e-2", "--threads", "1", "--eval-every", "10"};
        StringWriter out = new StringWriter();
        assertEquals(0, Main.run(new PrintWriter(out), command));
        assertTrue(out.toString().contains("the best by accuracy on dev is step"), out.toString());
        assertTrue(out.toString().matches("(?s).*accuracy +1\\.0000 +1\\.0000.*"), out.toString());
    }

    private String printed(int code, String... arguments) {
        StringWriter out = new StringWriter();
        int found = Main.run(new PrintWriter(out), arguments);
        assertEquals(code, found, () -> console.err());
        return out.toString();
    }

    @Test
    void predictionsAreTheTestFilesOwn() throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("predictions-test.tsv"));
        assertEquals("line\tlabel\tprediction\tprobability_down\tprobability_up", lines.get(0));
        assertEquals(41, lines.size());
        List<JsonNode> answers = new ArrayList<>();
        for (String line : printed(0, "predict", "classify", "--run", run.toString(), "--examples",
                directory.resolve("pairs.csv").toString(), "--json").lines().toList()) {
            answers.add(Json.MAPPER.readTree(line));
        }
        assertEquals(40, answers.size());
        for (int i = 0; i < answers.size(); i++) {
            String[] written = lines.get(i + 1).split("\t");
            assertEquals(written[1], written[2]);
            assertEquals(written[2], answers.get(i).get("prediction").asText());
            assertEquals(Double.parseDouble(written[4]), answers.get(i).get("probabilities").get("up").asDouble(), 1e-5);
        }
    }

    @Test
    void pairsComeAsArguments() {
        String answers = printed(0, "predict", "classify", "--run", run.toString(), "ba da", "fa ba", "bi di", "fi bi");
        assertTrue(answers.matches("(?s)up +\\d+\\.\\d\\d%  ba da / fa ba\ndown +\\d+\\.\\d\\d%  bi di / fi bi\n"), answers);
        printed(2, "predict", "classify", "--run", run.toString(), "ba da");
        assertTrue(console.err().contains("1 text, expected pairs"), console.err());
    }

    @Test
    void whatIsCutIsCounted() throws IOException {
        String lengthy = "ba da ".repeat(300);
        printed(0, "predict", "classify", "--run", run.toString(), "ba da", lengthy, "bi di", "fi bi");
        assertTrue(console.err().contains("longer than 32 tokens, and cut: 1 sentence"), console.err());
        Path file = Files.writeString(directory.resolve("lengthy.tsv"), "first\tsecond\nba da\t" + lengthy + "\nbi\tdi\n");
        printed(0, "predict", "classify", "--run", run.toString(), "--input", file.toString(), "--columns", "first,second");
        assertTrue(console.err().contains("cut: 1 sentence; the first is " + file + ": line 2"), console.err());
        printed(0, "predict", "classify", "--run", run.toString(), "--examples", file.toString());
        assertTrue(console.err().contains("1 examples are longer than"), console.err());
    }

    @Test
    void inspectSaysWhatTheRunTakesAndAnswers() {
        String found = printed(0, "inspect", run.toString());
        assertTrue(found.contains("task          classify: pairs of texts\nlabels        down, up\ndev           step "), found);
        assertTrue(found.contains("state         finished: 30 of 30 steps done"), found);
        assertTrue(printed(0, "inspect", run.toString(), "--json").contains("\"labels\" : [ \"down\", \"up\" ]"));
    }

    @Test
    void theWrongQuestionIsOneLine() {
        printed(2, "predict", "tag", "--run", run.toString(), "ba da");
        assertTrue(console.err().contains("was fine-tuned to classify; ask it with 'graphbert predict classify'"), console.err());
        printed(2, "predict", "mask", "--run", run.toString(), "ba [MASK]");
        assertTrue(console.err().contains("'graphbert finetune classify'"), console.err());
        assertEquals(2, console.err().lines().count(), console.err());
    }

    @Test
    void whatWouldBePassedOverIsRefused() throws IOException {
        String file = directory.resolve("pairs.csv").toString();
        printed(2, "predict", "classify", "--run", run.toString(), "--examples", file, "--input", file);
        assertTrue(console.err().contains("found both --examples and --input"), console.err());
        printed(2, "predict", "classify", "--run", run.toString(), "--examples", file, "--columns", "a,b");
        assertTrue(console.err().contains("found both --examples and --columns"), console.err());
        printed(2, "predict", "classify", "--run", run.toString(), "--input", file, "--columns", "a");
        assertTrue(console.err().contains("--columns has 1 name, expected two"), console.err());
    }

    /** Of a test file whose questions all have answers there are fewer scores than of a dev file where some have none. */
    @Test
    void questionsWithAnswersAloneAreTestedByQuestionsWithout() throws IOException {
        String form = "{\"version\": \"2.0\", \"data\": [{\"paragraphs\": [{\"context\": \"ba da\", \"qas\": [%s]}]}]}";
        String one = "{\"id\": \"1\", \"question\": \"fa\", \"answers\": [{\"text\": \"da\", \"answer_start\": 3}]}";
        String none = ", {\"id\": \"2\", \"question\": \"bi\", \"answers\": [], \"is_impossible\": true}";
        Path lost = Files.writeString(directory.resolve("lost.json"), String.format(form, one.replace("\"da\"", "\"zo\"")));
        printed(3, "finetune", "qa", "--model", Tiny.shallowFile(directory, 0).toString(), "--tokenizer",
                directory.resolve("tokenizer").toString(), "--train", lost.toString(), "--dev", lost.toString(), "--output",
                directory.resolve("lost").toString(), "--max-query-length", "4");
        assertTrue(console.err().contains("lost.json: none of its answers is in its text"), console.err());
        Path answered = Files.writeString(directory.resolve("one.json"), String.format(form, one));
        Path both = Files.writeString(directory.resolve("both.json"), String.format(form, one + none));
        String table = printed(0, "finetune", "qa", "--model", Tiny.shallowFile(directory, 0).toString(), "--tokenizer",
                directory.resolve("tokenizer").toString(), "--train", answered.toString(), "--dev", both.toString(), "--test",
                answered.toString(), "--output", directory.resolve("qa").toString(), "--steps", "1", "--batch-size", "1",
                "--max-query-length", "4", "--restarts", "2", "--threads", "1");
        assertTrue(table.matches("(?s).*no_ans_f1 +\\d+\\.\\d+ +-  .*"), table);
    }

    @Test
    void theSameCommandSaysThatItIsFinishedAndADryRunWritesNothing() throws IOException {
        assertTrue(printed(0, command).contains("the best by accuracy"));
        assertTrue(console.err().contains(run + " is finished."), console.err());
        List<String> dry = new ArrayList<>(List.of(command));
        dry.set(dry.indexOf(run.toString()), directory.resolve("dry").toString());
        dry.add("--dry-run");
        printed(0, dry.toArray(String[]::new));
        assertTrue(console.err().contains("Training: 30 steps of 8"), console.err());
        assertFalse(Files.exists(directory.resolve("dry")));
    }
}
