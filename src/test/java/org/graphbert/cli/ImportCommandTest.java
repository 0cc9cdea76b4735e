package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.interop.HuggingFaceFiles;
import org.graphbert.train.Golden;
import org.graphbert.train.RunDirectory;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A run goes out into the world and comes back; then it does what a run does. */
class ImportCommandTest {

    @TempDir
    private static Path directory;

    private static String data;
    private static String trained;

    @RegisterExtension
    private final Console console = new Console();

    @BeforeAll
    static void train() throws IOException {
        data = Tiny.dataSet(directory, "data").toString();
        trained = directory.resolve("trained").toString();
        String model = Tiny.modelFile(directory, 0.1).toString();
        assertEquals(0, Main.run("pretrain", "--model", model, "--data", data, "--run", trained, "--steps", "20", "--vocab-size", "56"));
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    /** Exports the trained run and imports it again. */
    private String imported(String format, String name) {
        String files = path(name);
        String run = path(name + "-run");
        console.exitsPrinting(0, files, "export", "--run", trained, "--output", files, "--format", format);
        console.exitsPrinting(0, run, "import", "--from", files, "--output", run);
        return run;
    }

    private String[] ask(String what, String run, String... more) {
        List<String> arguments = new ArrayList<>(List.of("predict", what, "--run", run, "--json"));
        Collections.addAll(arguments, more);
        return arguments.toArray(String[]::new);
    }

    private JsonNode answer(String... arguments) throws IOException {
        console.exits(0, arguments);
        return console.json();
    }

    @Test
    void whatWentOutComesBackAndAnswersAlike() throws IOException {
        JsonNode figures = answer("evaluate", "--run", trained, "--data", data, "--json");
        JsonNode masks = answer(ask("mask", trained, "ba [MASK] de ."));
        JsonNode pairs = answer(ask("nsp", trained, "ba de .", "ki lo ."));
        for (String format : List.of("huggingface", "google")) {
            String run = imported(format, format);
            assertEquals(figures, answer("evaluate", "--run", run, "--data", data, "--json"));
            assertEquals(masks, answer(ask("mask", run, "ba [MASK] de .")));
            assertEquals(pairs, answer(ask("nsp", run, "ba de .", "ki lo .")));
            assertFalse(console.err().contains("learnt nothing"), console.err());
            assertEquals(Tiny.variables(new RunDirectory(Path.of(run)).newest().prefix()).keySet().size() * 3 + 1,
                    Tiny.variables(new RunDirectory(Path.of(trained)).newest().prefix()).size(), "no optimiser's state");

            console.exitsPrinting(0, "imported from " + path(format), "inspect", run);
            JsonNode report = answer("inspect", run, "--json");
            assertEquals("imported", report.get("state").asText());
            assertEquals(format, report.get("imported").get("format").asText());

            console.exits(0, "import", "--from", path(format), "--output", run);
            console.printsToErr(run + " is this import already.");
        }
        console.exits(2, "import", "--from", path("google"), "--output", path("huggingface-run"));
        console.printsToErr("huggingface-run: exists and is not empty");
    }

    @Test
    void trainingGoesOnFromAnImportWithoutAModelsFile() throws IOException {
        String run = imported("google", "out");
        String onward = path("onward");
        String[] command = {"pretrain", "--init", run, "--data", data, "--run", onward, "--steps", "2", "--batch-size", "8"};
        console.exits(0, command);
        console.printsToErr("vocabulary 56");
        console.printsToErr("Starting from the weights of " + run);
        assertEquals(new RunDirectory(Path.of(trained)).model(), new RunDirectory(Path.of(onward)).model());
        Files.move(Path.of(run), Path.of(path("gone")));
        console.exits(0, command);
        console.printsToErr("is finished");
        console.exits(2, "pretrain", "--init", path("gone"), "--data", data, "--run", path("gone"), "--steps", "2");
        console.printsToErr("is an imported model, which stays as it is; choose another --run, and start it with --init");
        String prefix = new RunDirectory(Path.of(path("gone"))).newest().prefix();
        console.exits(2, "pretrain", "--init", prefix, "--data", data, "--run", path("other"), "--steps", "2");
        console.printsToErr("is no run, and does not say what model it is; name the configuration with --model FILE");
        console.exits(2, "pretrain", "--data", data, "--run", path("other"), "--steps", "2");
        console.printsToErr("model is not set");
        Path others = Tiny.dataSet(directory, "others", Golden.DIRECTORY.resolve("vocab.txt"));
        console.exits(2, "pretrain", "--init", path("gone"), "--data", others.toString(), "--run", path("other"), "--steps", "2");
        console.printsToErr("was trained with another tokenizer");
    }

    /** A file with holes takes no room on the disk, and would more memory than an array has. */
    @Test
    void aFileBeyondMemoryIsOneLine() throws IOException {
        Path files = HuggingFaceFiles.golden(directory.resolve("beyond")).write();
        try (RandomAccessFile config = new RandomAccessFile(files.resolve("config.json").toFile(), "rw")) {
            config.setLength(3L << 30);
        }
        console.exits(3, "import", "--from", files.toString(), "--output", path("beyond-run"));
        console.printsToErr("graphbert: out of memory: ");
        assertEquals(1, console.err().lines().count(), console.err());
        assertFalse(Files.exists(Path.of(path("beyond-run"))));
    }

    @Test
    void theOptimisersStateIsLeftOut() throws IOException {
        String checkpoint = new RunDirectory(Path.of(trained)).newest().prefix();
        console.exitsPrinting(2, "found no bert_config.json", "import", "--from", checkpoint, "--output", path("state-run"));
        Map<?, ?> config = Json.MAPPER.convertValue(new RunDirectory(Path.of(trained)).model(), Map.class);
        String model = Files.writeString(directory.resolve("trained.json"), Json.write(config)).toString();
        console.exits(0, "import", "--from", checkpoint, "--output", path("state-run"), "--model", model);
        console.printsToErr("the optimiser's state (93 variables) is left out");
        console.printsToErr("There is no tokenizer beside " + checkpoint);
        console.printsToErr("46 of the model's 46 variables are from " + checkpoint);
        console.exits(2, ask("mask", path("state-run"), "ba [MASK]"));
        console.printsToErr("has no tokenizer: the run was trained on TFRecords, or imported from files, that came without one");
    }

    @Test
    void aHeadThatHasLearntNothingSaysSo() throws IOException {
        Path bare = HuggingFaceFiles.golden(directory.resolve("bare")).without("cls\\..*").write();
        String run = path("bare-run");
        console.exits(0, "import", "--from", bare.toString(), "--output", run);
        console.printsToErr("initialised: cls/predictions/");
        console.exits(0, ask("mask", run, "w1 [MASK] w3"));
        console.printsToErr(run + ": its masked-LM head was initialised when " + bare + " was imported and has learnt nothing yet");
        console.exits(0, ask("nsp", run, "w1", "w3"));
        console.printsToErr("its pair head was initialised");
        console.exits(0, "export", "--run", run, "--output", path("bare-again"), "--format", "huggingface", "--dtype", "bfloat16");
        console.printsToErr("its masked-LM head was initialised");
        console.printsToErr("its pair head was initialised");
        console.exits(2, "export", "--run", run, "--output", path("bare-again"), "--format", "huggingface");
        console.printsToErr("exists and is not empty");
    }

    /** AutoTokenizer takes any directory of a BERT without a tokenizer.json for one of WordPiece. */
    @Test
    void whatTransformersCannotTokenizeIsSaid() throws IOException {
        Path text = Files.writeString(directory.resolve("pieces.txt"), "abcd bcde cdea deab eabc\n".repeat(20));
        String golden = HuggingFaceFiles.golden(directory.resolve("pieces")).write().toString();
        for (String type : List.of("bpe", "unigram")) {
            console.exits(0, "tokenizer", "train", "--type", type, "--input", text.toString(), "--vocab-size", "16",
                    "--output", path(type));
            console.exits(0, "import", "--from", golden, "--tokenizer", path(type), "--output", path(type + "-run"));
            console.exits(0, "export", "--run", path(type + "-run"), "--output", path(type + "-out"), "--format", "huggingface");
            assertEquals(type.equals("bpe"), console.err().contains("encode with the sentencepiece library"), console.err());
        }
    }

    @Test
    void wrongUsesEndWithTheirCodes() throws IOException {
        String out = path("wrong-run");
        console.exitsPrinting(2, "no such file or directory", "import", "--from", path("nothing"), "--output", out);
        Path gpt = HuggingFaceFiles.golden(directory.resolve("gpt")).config("model_type", "gpt2").write();
        console.exitsPrinting(2, "model_type is 'gpt2'", "import", "--from", gpt.toString(), "--output", out);
        Path wrong = HuggingFaceFiles.golden(directory.resolve("wrong")).config("num_hidden_layers", 4).write();
        console.exitsPrinting(3, "16 missing: bert/encoder/layer_3/", "import", "--from", wrong.toString(), "--output", out);
        console.exitsPrinting(2, "is a run already", "import", "--from", trained, "--output", out);
        console.exitsPrinting(2, "--dtype float16 is not for --format google",
                "export", "--run", trained, "--output", out, "--format", "google", "--dtype", "float16");
        console.exitsPrinting(2, "--version is for --format saved-model",
                "export", "--run", trained, "--output", out, "--format", "google", "--version", "2");
        assertFalse(Files.exists(Path.of(out)));
        String four = path("four.json");
        ModelConfig model = Golden.model();
        Files.writeString(Path.of(four), Json.write(Json.MAPPER.convertValue(model, Map.class)));
        console.exitsPrinting(0, out, "import", "--from", wrong.toString(), "--output", out, "--model", four);
        assertTrue(Files.exists(Path.of(out)), "the user's configuration goes before the files'");
    }
}
