package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a user does wrong ends in one line and an exit code; 130 is tested with the processes of ResumeTest. */
class ExitCodesTest {

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path data;
    private static Path run;
    private static Path file;

    @RegisterExtension
    private final Console console = new Console();

    @BeforeAll
    static void train() throws IOException {
        model = Tiny.modelFile(directory, 0.1);
        data = Tiny.dataSet(directory, "data");
        run = directory.resolve("run");
        file = Files.writeString(directory.resolve("file"), "no directory");
        assertEquals(0, Main.run(pretrain("--run", run.toString(), "--steps", "2")));
    }

    @Test
    void usageOfTheParser() {
        fails(2, "Unknown options: '--stepz', '3'", pretrain("--run", path("x"), "--stepz", "3"));
        assertTrue(console.err().lines().toList().get(1).startsWith("Possible solutions: --steps"), console.err());
        parserRefuses("Missing required argument (specify one of these): (--data=DIR | --input=FILE...", "evaluate", "--run", run.toString());
        parserRefuses("Missing required", "export", "--run", run.toString());
        parserRefuses("--steps", pretrain("--run", path("x"), "--steps", "many"));
        parserRefuses("mutually exclusive", "evaluate", "--run", "a", "--checkpoint", "b", "--data", "c");
        fails(2, "Unmatched argument at index 0: 'pretrian'", "pretrian");
    }

    @Test
    void configuration() throws IOException {
        Path unknown = write("unknown.yaml", "model: " + model + "\nwarm_up_steps: 3\n");
        fails(2, unknown + ": unknown key 'warm_up_steps'; did you mean 'warmup_steps'?", "pretrain", "--config", unknown.toString());
        Path heads = write("heads.json", "{\"hidden_size\": 10, \"num_attention_heads\": 3, \"vocab_size\": 50}");
        fails(2, heads + ": hidden_size (10) is not a multiple of num_attention_heads (3)",
                "pretrain", "--model", heads.toString(), "--data", data.toString(), "--run", path("x"), "--steps", "1");
        fails(2, "hidden_size (10) is not a multiple of num_attention_heads (3)", "graph", "--model", heads.toString(), "--output", path("g"));
        fails(2, path("none.json") + ": no such file", "graph", "--model", path("none.json"), "--output", path("g"));
        fails(2, "no duration: set steps, examples, tokens, epochs or budget", pretrain("--run", path("x")));
        fails(2, "two durations", pretrain("--run", path("x"), "--steps", "1", "--epochs", "1"));
        fails(2, "run is not set", pretrain("--steps", "1"));
        fails(2, "batch_size is 0", pretrain("--run", path("x"), "--steps", "1", "--batch-size", "0"));
        fails(2, "schedule is 'square'", pretrain("--run", path("x"), "--steps", "1", "--schedule", "square"));
        fails(2, "warmup_steps is 9", pretrain("--run", path("x"), "--steps", "3", "--warmup-steps", "9"));
        fails(2, "learning_rate is -1.0", pretrain("--run", path("x"), "--steps", "3", "--learning-rate", "-1"));
        fails(2, "weight_decay is -1.0", pretrain("--run", path("x"), "--steps", "3", "--weight-decay", "-1"));
        fails(3, "beta: cannot restore the model from this checkpoint", "evaluate", "--checkpoint", path("beta"), "--data", data.toString(), "--model", model.toString());
        fails(2, "--threads is -1", "evaluate", "--run", run.toString(), "--data", data.toString(), "--threads", "-1");
        fails(2, "--threads is -1", "bench", "pretrain", "--model", model.toString(), "--sequence-length", "8", "--threads", "-1");
        fails(2, "--batch-size is 0", "evaluate", "--run", run.toString(), "--data", data.toString(), "--batch-size", "0");
        fails(2, "exists with seed 12345, now it is 9", pretrain("--run", run.toString(), "--steps", "2", "--seed", "9"));
        assertFalse(Files.exists(directory.resolve("x")), "a refused run leaves nothing behind");
    }

    @Test
    void modelAndDataThatDoNotFit() throws IOException {
        fails(2, "vocab_size is 49, but the tokenizer of", pretrain("--run", path("x"), "--steps", "1", "--vocab-size", "49"));
        Path shorter = write("short.json", Files.readString(model)
                .replace("\"max_position_embeddings\" : 32", "\"max_position_embeddings\" : 16"));
        String[] arguments = pretrain("--run", path("x"), "--steps", "1");
        arguments[2] = shorter.toString();
        fails(2, "has sequences of 24 tokens, the model has max_position_embeddings 16", arguments);

        List<String> entries = Files.readAllLines(Tiny.vocabulary(directory.resolve("other-tokenizer")));
        entries.set(10, "xyz");
        Path vocabulary = Files.write(directory.resolve("other-tokenizer/vocab.txt"), entries);
        Path other = Tiny.dataSet(directory, "other", vocabulary);
        fails(2, other + " was prepared with another tokenizer", "evaluate", "--run", run.toString(), "--data", other.toString());
        fails(2, "was prepared with another tokenizer", pretrain("--run", path("x"), "--steps", "1", "--eval-data", other.toString()));
        String[] from = {"pretrain", "--model", model.toString(), "--data", other.toString(), "--run", path("x"), "--steps", "1",
            "--init", run.toString()};
        fails(2, run + " was trained with another tokenizer", from);
    }

    @Test
    void inputs() throws IOException {
        String vocabulary = directory.resolve("data-tokenizer/vocab.txt").toString();
        fails(3, path("none.txt") + ": no such file", "prepare", "--input", path("none.txt"), "--tokenizer", vocabulary, "--output", path("p"));
        Path empty = write("empty.txt", "");
        fails(3, "no text in the inputs", "prepare", "--input", empty.toString(), "--tokenizer", vocabulary, "--output", path("p"));
        Path one = write("one.txt", "ba be .\nbi bo .\n");
        fails(3, "one document only", "prepare", "--input", one.toString(), "--tokenizer", vocabulary, "--output", path("p"));
        fails(3, "no such file", "tokenizer", "train", "--input", path("none.txt"), "--vocab-size", "50", "--output", path("t"));
        fails(2, "8", "tokenizer", "train", "--input", one.toString(), "--vocab-size", "8", "--output", path("t"));
        fails(3, path("nowhere"), pretrainOn(path("nowhere")));
        assertFalse(Files.exists(directory.resolve("p")), "a failed preparation leaves nothing behind");
    }

    @Test
    void damagedRecords() throws IOException {
        byte[] records = Files.readAllBytes(data.resolve("data-00000-of-00001.tfrecord"));
        Path cut = Files.createDirectories(directory.resolve("cut"));
        Files.write(cut.resolve("data-00000-of-00001.tfrecord"), Arrays.copyOf(records, records.length - 7));
        fails(3, "damaged TFRecord at byte", pretrainOn(cut.toString()));
        fails(3, "damaged TFRecord at byte", "evaluate", "--run", run.toString(), "--data", cut.toString());
        // With the manifest beside it, the size gives it away.
        Files.copy(data.resolve("manifest.json"), cut.resolve("manifest.json"));
        fails(3, "but the manifest says", pretrainOn(cut.toString()));
        // Whole in size, wrong in a byte.
        Path flipped = Files.createDirectories(directory.resolve("flipped"));
        byte[] bytes = records.clone();
        bytes[bytes.length / 2] ^= 1;
        Files.write(flipped.resolve("data-00000-of-00001.tfrecord"), bytes);
        fails(3, "damaged TFRecord at byte", "evaluate", "--run", run.toString(), "--data", flipped.toString());
    }

    @Test
    void outputs() throws IOException {
        String below = file.resolve("below").toString();
        String corpus = directory.resolve("data.txt").toString();
        String vocabulary = directory.resolve("data-tokenizer/vocab.txt").toString();
        for (String output : List.of(file.toString(), below)) {
            fails(2, output, "prepare", "--input", corpus, "--tokenizer", vocabulary, "--output", output);
            fails(2, output, "tokenizer", "train", "--input", corpus, "--vocab-size", "60", "--output", output);
            fails(2, output, pretrain("--run", output, "--steps", "1"));
            fails(2, output, "export", "--run", run.toString(), "--output", output);
        }
        fails(2, file + " is a file", "graph", "--model", model.toString(), "--max-seq-length", "16", "--output", below);
        fails(2, "holds other data", "prepare", "--input", corpus, "--tokenizer", vocabulary, "--output", data.toString());
        Files.createDirectories(directory.resolve("full"));
        write("full/notes.txt", "mine");
        fails(2, "exists and is not a data set", "prepare", "--input", corpus, "--tokenizer", vocabulary, "--output", path("full"));
        assertEquals("mine", Files.readString(directory.resolve("full/notes.txt")));
    }

    @Test
    void runsThatAreNone() throws IOException {
        for (String[] command : new String[][] {
            {"evaluate", "--data", data.toString(), "--run"}, {"export", "--output", path("e"), "--run"},
            {"predict", "mask", "[MASK]", "--run"}, {"predict", "nsp", "a", "b", "--run"}
        }) {
            String[] arguments = Arrays.copyOf(command, command.length + 1);
            arguments[command.length] = path("no-run");
            fails(2, path("no-run") + ": found no run.json in it", arguments);
        }
        fails(2, "no such directory", "predict", "mask", "--saved-model", path("no-export"), "[MASK]");
        fails(2, "has no [MASK]", "predict", "mask", "--run", run.toString(), "ba be");
        fails(2, "3 texts, expected pairs: first, second", "predict", "nsp", "--run", run.toString(), "a", "b", "c");
        fails(2, "--top-k is 0", "predict", "mask", "--run", run.toString(), "--top-k", "0", "[MASK]");
        fails(2, "no such file", "inspect", path("none"));
    }

    @Test
    void divergence() {
        fails(4, "step 2: masked LM loss", pretrain("--run", path("diverged"), "--steps", "9", "--learning-rate", "1e30", "--warmup-steps", "0"));
    }

    @Test
    void whatIsRightEndsWithZero() throws IOException {
        console.exits(0, "evaluate", "--run", run.toString(), "--data", data.toString(), "--json");
        assertTrue(console.out().contains("\"masked_lm_loss\""), console.out());
        console.exits(0, "predict", "mask", "--run", run.toString(), "--top-k", "2", "ba [MASK] be .");
        console.exits(0, "predict", "nsp", "--run", run.toString(), "ba be .", "bi bo .");
        console.exits(0, pretrain("--run", run.toString(), "--steps", "2"));
        console.printsToErr("is finished: step 2 of 2");
        console.exits(0, pretrain("--run", path("dry"), "--steps", "2", "--dry-run"));
        assertFalse(Files.exists(directory.resolve("dry")), "--dry-run writes nothing");
        console.exits(0, "--version");
        console.exits(0, "pretrain", "--help");
        assertTrue(console.out().contains("Examples:"), console.out());
    }

    @Test
    void theStackTraceComesOnlyWhenAskedFor() {
        console.exits(2, "--stacktrace", "graph", "--model", path("none.json"), "--output", path("g"));
        console.printsToErr("\tat org.graphbert.");
    }

    private static String[] pretrain(String... more) {
        List<String> arguments = new ArrayList<>(List.of("pretrain", "--model", model.toString(), "--data", data.toString()));
        if (!List.of(more).contains("--batch-size")) {
            arguments.addAll(List.of("--batch-size", "4"));
        }
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static String[] pretrainOn(String dataSet) {
        return new String[] {"pretrain", "--model", model.toString(), "--data", dataSet, "--run", path("x2"), "--steps", "40",
            "--batch-size", "8"};
    }

    /** The line, and where help is found. */
    private void parserRefuses(String message, String... arguments) {
        fails(2, message, arguments);
        List<String> lines = console.err().lines().toList();
        assertEquals(2, lines.size(), console.err());
        assertTrue(lines.get(1).startsWith("Try 'graphbert ") && lines.get(1).endsWith(" --help'."), console.err());
    }

    /** One line that begins with the command; what was said before it is progress, and no trace of a stack is anywhere. */
    private void fails(int code, String message, String... arguments) {
        console.exits(code, arguments);
        List<String> lines = console.err().lines().filter(line -> line.startsWith("graphbert")).toList();
        assertEquals(1, lines.size(), console.err());
        assertTrue(lines.get(0).matches("graphbert( [a-z]+)*: .*"), console.err());
        assertTrue(lines.get(0).contains(message), lines.get(0) + " / expected: " + message);
        List<String> all = console.err().lines().toList();
        int after = all.size() - 1 - all.indexOf(lines.get(0));
        assertTrue(after == 0 || code == 2 && after == 1 && !all.get(all.size() - 1).isBlank(), console.err());
        assertFalse(console.err().contains("\tat ") || console.err().contains("Exception"), console.err());
        assertEquals("", console.out(), "nothing on stdout");
    }

    private static Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }
}
