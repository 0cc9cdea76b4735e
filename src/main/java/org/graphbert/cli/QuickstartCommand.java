package org.graphbert.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.corpus.SampleCorpus;
import org.graphbert.serve.SavedModelScorer;
import org.graphbert.train.LearningCurve;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code graphbert quickstart}: every stage on the sample corpus, each as the command that a user would type. */
@Command(
        name = "quickstart",
        description = "From text to a served model on the bundled sample corpus, in a few minutes.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Writes into quickstart/, tfrecords/, graphs/, runs/ and saved_models/ of the working directory.",
            "",
            "Example:",
            "  graphbert quickstart"
        })
final class QuickstartCommand implements Callable<Integer> {

    private static final int STAGES = 9;
    private static final Path HOME = Path.of("quickstart");
    private static final String MODEL = "quickstart/model.json";
    private static final String RUN = "runs/quickstart";
    private static final String EXPORT = "saved_models/quickstart";
    private static final String DATA = "tfrecords/quickstart";

    @Spec
    private CommandSpec spec;

    private PrintWriter out;
    private int stage;

    @Override
    public Integer call() throws IOException {
        out = spec.commandLine().getOut();
        long started = System.nanoTime();
        SampleCorpus.write(HOME.resolve("corpus"));
        copyResource("/quickstart/model.json", Path.of(MODEL));
        copyResource("/quickstart/run.yaml", HOME.resolve("run.yaml"));

        say("What this machine offers");
        run("doctor");
        say("Train a WordPiece tokenizer on the sample corpus (quickstart/corpus, 168 short documents)");
        run("tokenizer", "train", "--input", "quickstart/corpus/*.txt", "--vocab-size", "2000",
                "--output", "quickstart/tokenizer");
        say("Prepare masked sentence pairs as TFRecords");
        run("prepare", "--input", "quickstart/corpus/*.txt", "--tokenizer", "quickstart/tokenizer",
                "--output", DATA, "--max-seq-length", "32", "--duplicates", "8", "--held-out", "0.06", "--show", "2", "--resume");
        run("inspect", DATA, "--show", "0");
        say("Write the training graph");
        runQuietly("graph", "--model", MODEL, "--vocab-size", "2000", "--max-seq-length", "32", "--output",
                "graphs/quickstart");
        say("Pre-train: masked language model and next sentence, jointly");
        run("pretrain", "--config", "quickstart/run.yaml");
        say("Evaluate on the documents held out");
        run("evaluate", "--run", RUN, "--data", DATA + "-held-out");
        say("Export for TF Serving");
        if (Files.isDirectory(Path.of(EXPORT))) {
            out.println("  " + EXPORT + " is there already: " + SavedModelScorer.version(Path.of(EXPORT)));
        } else {
            run("export", "--run", RUN, "--output", EXPORT);
        }
        say("Ask the export to fill in words");
        run("predict", "mask", "--saved-model", EXPORT, "--top-k", "3",
                "Rome is the [MASK] of Italy.",
                "Paris is the capital of [MASK].",
                "[MASK] is the capital of Japan.");
        say("Ask the export whether one sentence follows another (sentences that it was trained on)");
        run("predict", "nsp", "--saved-model", EXPORT,
                "In England, France and Spain many modern roads follow the old Roman lines.",
                "The saying that all roads lead to Rome keeps the memory of them alive.",
                "In England, France and Spain many modern roads follow the old Roman lines.",
                "They turn nectar into honey and store it in the cells.");
        summary((System.nanoTime() - started) / 1e9);
        return 0;
    }

    private void summary(double seconds) throws IOException {
        List<LearningCurve.Point> curve = LearningCurve.read(Path.of(RUN));
        LearningCurve.Point first = curve.get(0);
        LearningCurve.Point last = curve.get(curve.size() - 1);
        double untrained = Math.log(ModelConfig.read(Path.of(MODEL)).vocabSize());
        out.println();
        out.printf(
                Locale.ROOT,
                "Done in %.0f s. Training masked LM loss went from %.2f to %.2f (%.0f%% of the %.2f of a model that knows"
                        + " nothing), next sentence accuracy from %.2f to %.2f.%n",
                seconds,
                first.metrics().maskedLmLoss(),
                last.metrics().maskedLmLoss(),
                100 * last.metrics().maskedLmLoss() / untrained,
                untrained,
                first.metrics().nextSentenceAccuracy(),
                last.metrics().nextSentenceAccuracy());
        out.println("On documents that it has not seen it does far worse, as the held-out figures say: a model needs a corpus.");
        out.println("The export for TF Serving: " + SavedModelScorer.version(Path.of(EXPORT)));
        out.println("Next, with your own text (documents with blank lines between them):");
        out.println("  ./graphbert tokenizer train --input 'text/*.txt' --vocab-size 30000 --output tokenizers/mine");
        out.flush();
    }

    private void say(String what) {
        out.printf("%n[%d/%d] %s%n", ++stage, STAGES, what);
        out.flush();
    }

    /** Prints a command as a user would type it, and runs it. */
    private void run(String... arguments) {
        echo(arguments);
        check(Main.run(arguments));
    }

    /** As {@link #run}, for a command whose result is long and is kept in a file. */
    private void runQuietly(String... arguments) {
        echo(arguments);
        check(Main.run(new PrintWriter(Writer.nullWriter()), arguments));
    }

    private void echo(String... arguments) {
        out.println("$ graphbert " + Arrays.stream(arguments)
                .map(a -> a.contains(" ") || a.contains("*") ? "\"" + a + "\"" : a)
                .collect(Collectors.joining(" ")));
        out.flush();
    }

    private static void check(int code) {
        if (code == Failure.interrupted("").exitCode()) {
            throw Failure.interrupted("stopped; 'graphbert quickstart' continues");
        }
        if (code != 0) {
            throw Failure.data("stage failed, as said above (code %d)", code);
        }
    }

    private static void copyResource(String resource, Path to) throws IOException {
        try (InputStream in = QuickstartCommand.class.getResourceAsStream(resource)) {
            byte[] bytes = in.readAllBytes();
            if (!Files.exists(to) || !Arrays.equals(Files.readAllBytes(to), bytes)) {
                Files.write(to, bytes);
            }
        }
    }
}
