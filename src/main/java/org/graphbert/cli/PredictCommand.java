package org.graphbert.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Scorer;
import org.graphbert.serve.ExportFacts;
import org.graphbert.serve.SavedModelScorer;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graphbert predict}: a model's answers on a user's own sentences. */
@Command(
        name = "predict",
        description = "Ask a run or an export about sentences of your own.",
        mixinStandardHelpOptions = true,
        subcommands = {PredictCommand.Mask.class, PredictCommand.Nsp.class})
final class PredictCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** Where the model is. */
    static final class Model {

        @ArgGroup(multiplicity = "1")
        private Source source;

        @Mixin
        private BestOption best;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        static final class Source {
            @Option(names = "--run", paramLabel = "DIR", description = "A run; its newest checkpoint that is sound.")
            private Path run;

            @Option(names = "--saved-model", paramLabel = "DIR", description = "An export: NAME or NAME/VERSION.")
            private Path savedModel;
        }

        /** Says what an imported run's head has yet to learn. */
        void sayUntrained(Untrained head) throws IOException {
            if (source.run != null) {
                head.in(new RunDirectory(source.run)).ifPresent(new ConsoleProgress()::say);
            }
        }

        /** What there is to be said of a head of a run. */
        interface Untrained {
            Optional<String> in(RunDirectory run) throws IOException;
        }

        Scorer scorer() throws IOException {
            if (source.savedModel != null) {
                best.refuseFor("--saved-model");
                return SavedModelScorer.load(source.savedModel);
            }
            return InferenceSession.load(new RunDirectory(source.run).model(), best.prefix(source.run), 0);
        }

        /** What the pair head of a run or of an export answers. */
        PairTask pairTask() throws IOException {
            PairTask task = source.run == null
                    ? ExportFacts.read(SavedModelScorer.version(source.savedModel)).pairTask()
                    : new RunDirectory(source.run).pairTask();
            if (task == PairTask.NONE) {
                throw Failure.usage("%s was trained without pairs (--pairs none), and its pair head has learnt nothing; ask a run "
                        + "of --pairs nsp or sop", source.run == null ? source.savedModel : source.run);
            }
            return task;
        }

        Tokenizer tokenizer() throws IOException {
            Path directory = source.savedModel != null
                    ? SavedModelScorer.version(source.savedModel).resolve("assets")
                    : new RunDirectory(source.run).requiredTokenizer();
            return Tokenizers.load(directory, null);
        }
    }

    @Command(
            name = "mask",
            description = "The likeliest tokens for each [MASK].",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "A token is printed as a word, with ## before it if it goes on with the word before.",
                "",
                "Example:",
                "  graphbert predict mask --run runs/wiki --top-k 5 \\",
                "      \"The capital of France is [MASK].\""
            })
    static final class Mask implements Callable<Integer> {

        @Mixin
        private Model model;

        @Option(names = "--top-k", paramLabel = "K", description = "How many for each mask (${DEFAULT-VALUE}).")
        private int topK = 5;

        @Parameters(arity = "1..*", paramLabel = "TEXT", description = "Text with one or more [MASK].")
        private List<String> texts;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            if (topK < 1) {
                throw Failure.usage("--top-k is %d, expected at least 1", topK);
            }
            model.sayUntrained(RunDirectory::untrainedMaskedLm);
            try (Scorer scorer = model.scorer()) {
                List<Predictions.FilledText> filled =
                        new Predictions(model.tokenizer(), scorer).fillMask(texts, topK);
                PrintWriter out = spec.commandLine().getOut();
                if (model.json) {
                    out.println(Json.write(filled));
                } else {
                    filled.forEach(text -> print(out, text));
                }
            }
            return 0;
        }

        private static void print(PrintWriter out, Predictions.FilledText text) {
            out.println(text.text());
            for (int i = 0; i < text.masks().size(); i++) {
                String label = text.masks().size() == 1 ? "" : "mask " + (i + 1) + "  ";
                for (Predictions.Filling filling : text.masks().get(i)) {
                    out.printf(Locale.ROOT, "  %s%6.2f%%  %s%n", label, 100 * filling.probability(), filling.word());
                }
            }
        }
    }

    @Command(
            name = "nsp",
            description = "The probability that the second sentence of a pair follows the first (of a run on sentence order: that they "
                    + "are in order).",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Example:",
                "  graphbert predict nsp --run runs/wiki \"The sky is blue.\" \\",
                "      \"It darkens at night.\""
            })
    static final class Nsp implements Callable<Integer> {

        @Mixin
        private Model model;

        @Parameters(arity = "2..*", paramLabel = "TEXT", description = "Pairs: first, second, first, second, ...")
        private List<String> texts;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            if (texts.size() % 2 != 0) {
                throw Failure.usage("%d sentences, expected pairs: first, second, first, second", texts.size());
            }
            List<String[]> pairs = new ArrayList<>();
            for (int i = 0; i < texts.size(); i += 2) {
                pairs.add(new String[] {texts.get(i), texts.get(i + 1)});
            }
            String label = model.pairTask().labels().get(0);
            model.sayUntrained(RunDirectory::untrainedPairs);
            try (Scorer scorer = model.scorer()) {
                List<Predictions.Pair> answers = new Predictions(model.tokenizer(), scorer).nextSentence(pairs);
                PrintWriter out = spec.commandLine().getOut();
                if (model.json) {
                    out.println(Json.write(answers));
                } else {
                    answers.forEach(a -> out.printf(
                            Locale.ROOT, "%s %6.2f%%  %s / %s%n", label, 100 * a.isNext(), a.first(), a.second()));
                }
            }
            return 0;
        }
    }
}
