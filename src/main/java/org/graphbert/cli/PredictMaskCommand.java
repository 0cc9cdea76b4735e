package org.graphbert.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.MaskedText;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Predictions.FilledText;
import org.graphbert.evaluate.Scorer;
import org.graphbert.evaluate.SortedBatches;
import org.graphbert.evaluate.WordSearch;
import org.graphbert.evaluate.WordSearch.Found;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graphbert predict mask}: what stands in the place of [MASK]. */
@Command(
        name = "mask",
        description = "The likeliest tokens, or words, for each [MASK].",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A token is printed as a word, with ## before it if it goes on with the word before. Of a word of several pieces, the score "
                    + "is the geometric mean of its pieces' probabilities, each given those before it.",
            "",
            "Examples:",
            "  graphbert predict mask --run runs/wiki --top-k 5 \\",
            "      \"The capital of France is [MASK].\"",
            "  graphbert predict mask --run runs/wiki --whole-words \\",
            "      --input sentences.txt --json"
        })
final class PredictMaskCommand implements Callable<Integer> {

    private static final int MAX_PIECES = 3;

    @Mixin
    private PredictModel model;

    @Option(names = "--top-k", paramLabel = "K", description = "How many for each mask (${DEFAULT-VALUE}).")
    private int topK = 5;

    @Option(names = "--whole-words", description = "A [MASK] stands for a word of one piece or several.")
    private boolean wholeWords;

    @Option(
            names = "--max-pieces",
            paramLabel = "N",
            description = "With --whole-words: how many at most (" + MAX_PIECES + ").")
    private Integer maxPieces;

    @Option(names = "--joint", description = "Answer the [MASK]s of a text together, from left to right, in place of each by itself.")
    private boolean joint;

    @Option(
            names = "--beam-width",
            paramLabel = "N",
            description = "With --whole-words or --joint: how many beginnings are followed up (${DEFAULT-VALUE}, at least K).")
    private int beamWidth = 10;

    @Mixin
    private PredictInput input;

    @Option(names = "--json", description = "Print JSON: a list for arguments, else an object a line.")
    private boolean json;

    @Parameters(arity = "0..*", paramLabel = "TEXT", description = "Text with one or more [MASK].")
    private List<String> texts;

    @Spec
    private CommandSpec spec;

    /** A text with words for each of its masks by itself. */
    private record WordsOfMasks(String text, List<List<Word>> masks) {}

    /**
     * A word.
     *
     * @param probability among the words of as many pieces
     * @param score the geometric mean over the pieces
     */
    private record Word(String word, List<String> tokens, double probability, double score) {}

    /** A text with answers to all of its masks together. */
    private record WordsTogether(String text, List<Found> fillings) {}

    @Override
    public Integer call() throws IOException {
        input.requireOptions(texts);
        if (topK < 1) {
            throw Failure.usage("--top-k is %d, expected at least 1", topK);
        }
        if (maxPieces != null && !wholeWords) {
            throw Failure.usage("--max-pieces is of words; add --whole-words");
        }
        int pieces = !wholeWords ? 1 : maxPieces == null ? MAX_PIECES : maxPieces;
        WordSearch.Options search = new WordSearch.Options(pieces, wholeWords, beamWidth, input.batchSize());
        model.sayUntrained(RunDirectory::untrainedMaskedLm);
        try (Scorer scorer = model.scorer()) {
            Tokenizer tokenizer = model.tokenizer();
            if (!wholeWords && !joint) {
                Predictions predictions = new Predictions(tokenizer, scorer);
                answer(scorer, predictions::masked, some -> predictions.fill(some, topK), PredictMaskCommand::print);
                return 0;
            }
            WordSearch words = new WordSearch(tokenizer, scorer, search);
            if (joint) {
                answer(scorer, words::masked, some -> together(words, some), PredictMaskCommand::print);
            } else {
                answer(scorer, words::masked, some -> each(words, some), PredictMaskCommand::print);
            }
        }
        return 0;
    }

    private <A> void answer(
            Scorer scorer, Function<String, MaskedText> question, Function<List<MaskedText>, List<A>> model, BiConsumer<PrintWriter, A> print)
            throws IOException {
        TextColumns columns = input.columns(1);
        PredictAnswers<MaskedText, A> answers = new PredictAnswers<>(
                "A sentence with " + SpecialTokens.MASK + " in it",
                columns::typed,
                columns::read,
                texts -> question.apply(texts.get(0)),
                scorer.maxLength(),
                MaskedText::cut,
                new SortedBatches<>(input.batchSize(), MaskedText::length, model),
                print,
                json);
        input.answer(texts == null ? null : columns.grouped(texts), answers, spec.commandLine().getOut());
    }

    private List<WordsOfMasks> each(WordSearch words, List<MaskedText> some) {
        List<List<List<Found>>> found = words.each(some, topK);
        return IntStream.range(0, some.size())
                .mapToObj(i -> new WordsOfMasks(some.get(i).text(), found.get(i).stream()
                        .map(mask -> mask.stream().map(PredictMaskCommand::word).toList())
                        .toList()))
                .toList();
    }

    private static Word word(Found found) {
        return new Word(found.words().get(0), found.tokens().get(0), found.probability(), found.score());
    }

    private List<WordsTogether> together(WordSearch words, List<MaskedText> some) {
        List<List<Found>> found = words.together(some, topK);
        return IntStream.range(0, some.size()).mapToObj(i -> new WordsTogether(some.get(i).text(), found.get(i))).toList();
    }

    private static void print(PrintWriter out, FilledText text) {
        out.println(text.text());
        for (int i = 0; i < text.masks().size(); i++) {
            for (Predictions.Filling filling : text.masks().get(i)) {
                print(out, label(i, text.masks().size()), filling.probability(), filling.word());
            }
        }
    }

    private static void print(PrintWriter out, WordsOfMasks text) {
        out.println(text.text());
        for (int i = 0; i < text.masks().size(); i++) {
            for (Word word : text.masks().get(i)) {
                print(out, label(i, text.masks().size()), word.score(), word.word());
            }
        }
    }

    private static void print(PrintWriter out, WordsTogether text) {
        out.println(text.text());
        text.fillings().forEach(found -> print(out, "", found.score(), String.join(" | ", found.words())));
    }

    private static String label(int mask, int masks) {
        return masks == 1 ? "" : "mask " + (mask + 1) + "  ";
    }

    private static void print(PrintWriter out, String label, double share, String words) {
        out.printf(Locale.ROOT, "  %s%6.2f%%  %s%n", label, 100 * share, words);
    }
}
