package org.graphbert.cli;

import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Progress;
import org.graphbert.corpus.InputFiles;
import org.graphbert.text.TokenStreams;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.text.TrainingReport;
import org.graphbert.text.WordPieceOptions;
import org.graphbert.text.WordPieceTrainer;
import org.graphbert.text.WordPieceTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert tokenizer}: trains a vocabulary, and turns text into tokens and back. */
@Command(
        name = "tokenizer",
        description = "Trains a tokenizer; turns text into tokens or ids and back.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {TokenizerCommand.Train.class, TokenizerCommand.Encode.class, TokenizerCommand.Decode.class},
        footer = {"", "Example:", "  graphbert tokenizer train --help"})
final class TokenizerCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The kinds of tokenizer that can be trained. */
    enum Type {
        wordpiece
    }

    /** {@code tokenizer train}: writes vocab.txt, tokenizer_config.json and tokenizer.json. */
    @Command(
            name = "train",
            description = "Trains a vocabulary on text and writes it in Google's and Hugging Face's formats.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            footer = {
                "",
                "Example:",
                "  graphbert tokenizer train --input 'text/*.txt.gz' --vocab-size 30000 \\",
                "      --output tokenizers/mine"
            })
    static final class Train implements Runnable {

        @Option(
                names = "--input",
                required = true,
                arity = "1..*",
                paramLabel = "GLOB",
                description = "Text files in UTF-8, plain or .gz; quote a pattern to have it expanded here.")
        private List<String> inputs;

        @Option(
                names = "--type",
                defaultValue = "wordpiece",
                paramLabel = "TYPE",
                description = "Kind of tokenizer: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
        private Type type;

        @Option(
                names = "--vocab-size",
                required = true,
                paramLabel = "N",
                description = "Entries of the vocabulary, the five special tokens included.")
        private int vocabularySize;

        @Option(
                names = "--output",
                required = true,
                paramLabel = "DIR",
                description = "Directory to write; one that holds another tokenizer is never overwritten.")
        private Path output;

        @Option(names = "--cased", description = "Keep case and accents (default: lower-case, strip accents).")
        private boolean cased;

        @Option(
                names = "--min-frequency",
                defaultValue = "" + WordPieceTraining.DEFAULT_MIN_FREQUENCY,
                paramLabel = "N",
                description = "Merge no pair that occurs less often (default: ${DEFAULT-VALUE}).")
        private long minFrequency;

        @Option(
                names = "--limit-alphabet",
                defaultValue = "" + WordPieceTraining.DEFAULT_LIMIT_ALPHABET,
                paramLabel = "N",
                description = "Different characters to keep at most; rarer ones are [UNK] (default: ${DEFAULT-VALUE}).")
        private int limitAlphabet;

        @Option(
                names = "--unused",
                defaultValue = "0",
                paramLabel = "N",
                description = "Slots [unused0], [unused1], ... for entries to be added later; they count as entries"
                        + " (default: ${DEFAULT-VALUE}).")
        private int unused;

        @Option(
                names = "--max-words",
                defaultValue = "" + WordPieceTraining.DEFAULT_MAX_WORDS,
                paramLabel = "N",
                description = "Different words to count at most, the rarest beyond them dropped; about 180 MB of"
                        + " memory a million (default: ${DEFAULT-VALUE}).")
        private int maxWords;

        @Option(
                names = "--threads",
                paramLabel = "N",
                description = "Threads that count words (default: one per processor); the result is the same.")
        private int threads = Runtime.getRuntime().availableProcessors();

        @Override
        public void run() {
            long started = System.nanoTime();
            WordPieceOptions options = cased ? WordPieceOptions.cased() : WordPieceOptions.uncased();
            WordPieceTraining settings =
                    new WordPieceTraining(vocabularySize, minFrequency, limitAlphabet, options, threads, unused, maxWords);
            Progress progress = new ConsoleProgress();
            WordPieceTrainer.Trained trained = train(settings, progress);
            boolean written = Tokenizers.saveNew(trained.tokenizer(), output);
            TrainingReport report = trained.report();
            progress.say(report.toText());
            progress.say(String.format(
                    "%s in %.1f s",
                    written ? output + " written" : output + " holds this very tokenizer already and is reused",
                    (System.nanoTime() - started) / 1e9));
        }

        private WordPieceTrainer.Trained train(WordPieceTraining settings, Progress progress) {
            try (FileLines lines = new FileLines(InputFiles.expand(inputs))) {
                return WordPieceTrainer.train(lines, settings, progress);
            }
        }
    }

    /** What encode and decode share: which tokenizer. */
    static final class Source {

        @Option(
                names = "--tokenizer",
                required = true,
                paramLabel = "PATH",
                description = "A tokenizer's directory, a vocab.txt (lower-casing unless --cased) or a tokenizer.json.")
        private Path path;

        @Option(names = "--cased", description = "The text keeps its case and accents; for a vocab.txt.")
        private boolean cased;

        Tokenizer load() {
            return Tokenizers.load(path, cased ? Boolean.TRUE : null);
        }
    }

    /** {@code tokenizer encode}: lines of text to lines of tokens. */
    @Command(
            name = "encode",
            description = "Reads text on stdin, lines ending at LF only; prints each line's tokens, separated by spaces.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            footer = {"", "Example:", "  graphbert tokenizer encode --tokenizer tokenizers/mine --ids < text.txt"})
    static final class Encode implements Runnable {

        @Mixin
        private Source source;

        @Option(names = "--ids", description = "Print ids in place of tokens.")
        private boolean ids;

        @Override
        public void run() {
            StandardStreams.pipe((in, out) -> TokenStreams.encode(source.load(), in, out, ids));
        }
    }

    /** {@code tokenizer decode}: lines of ids to lines of text. */
    @Command(
            name = "decode",
            description = "Reads ids on stdin, separated by spaces; prints each line's text.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            footer = {"", "Example:", "  graphbert tokenizer decode --tokenizer tokenizers/mine < ids.txt"})
    static final class Decode implements Runnable {

        @Mixin
        private Source source;

        @Override
        public void run() {
            StandardStreams.pipe((in, out) -> TokenStreams.decode(source.load(), in, out));
        }
    }
}
