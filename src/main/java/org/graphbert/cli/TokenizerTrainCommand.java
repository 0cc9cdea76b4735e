package org.graphbert.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.InputFiles;
import org.graphbert.text.SentencePieceTrainer;
import org.graphbert.text.SentencePieceTraining;
import org.graphbert.text.Tokenizers;
import org.graphbert.text.TrainedTokenizer;
import org.graphbert.text.WordPieceOptions;
import org.graphbert.text.WordPieceTrainer;
import org.graphbert.text.WordPieceTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tokenizer train}: writes a tokenizer's directory. */
@Command(
        name = "train",
        description = "Trains a vocabulary on text and writes it in the formats of Google, Hugging Face and sentencepiece.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  graphbert tokenizer train --input 'text/*.txt.gz' --vocab-size 30000 \\",
            "      --output tokenizers/mine",
            "  graphbert tokenizer train --type unigram --input 'text/*.zst' \\",
            "      --vocab-size 30000 --output tokenizers/unigram"
        })
final class TokenizerTrainCommand implements Runnable {

    /** The kinds of tokenizer that can be trained. */
    enum Type {
        wordpiece,
        unigram,
        bpe
    }

    @Option(
            names = "--input",
            required = true,
            arity = "1..*",
            paramLabel = "GLOB",
            description = "Text files, plain, .gz, .bz2 or .zst; quote a pattern to have it expanded here.")
    private List<String> inputs;

    @Mixin
    private EncodingOption encoding;

    @Mixin
    private TextFieldOption textField;

    @Option(
            names = "--type",
            defaultValue = "wordpiece",
            paramLabel = "TYPE",
            description = "Kind of tokenizer: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); the latter two are"
                    + " SentencePiece's.")
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

    @Option(names = "--cased", description = "wordpiece: keep case and accents (default: lower-case, strip accents).")
    private Boolean cased;

    @Option(
            names = "--min-frequency",
            paramLabel = "N",
            description = "wordpiece: merge no pair that occurs less often (default: "
                    + WordPieceTraining.DEFAULT_MIN_FREQUENCY + ").")
    private Long minFrequency;

    @Option(
            names = "--limit-alphabet",
            paramLabel = "N",
            description = "wordpiece: different characters to keep at most; rarer ones are [UNK] (default: "
                    + WordPieceTraining.DEFAULT_LIMIT_ALPHABET + ").")
    private Integer limitAlphabet;

    @Option(
            names = "--normalization",
            paramLabel = "NAME",
            description = "unigram, bpe: what is made of the text first, by sentencepiece's names: nmt_nfkc (default),"
                    + " nmt_nfkc_cf (folds case too), nfkc, nfkc_cf, identity.")
    private String normalization;

    @Option(
            names = "--character-coverage",
            paramLabel = "SHARE",
            description = "unigram, bpe: the share of the text whose characters are pieces; the rarest others are unknown"
                    + " (default: " + SentencePieceTraining.DEFAULT_CHARACTER_COVERAGE + ").")
    private Double characterCoverage;

    @Option(
            names = "--byte-fallback",
            description = "unigram, bpe: unknown characters become the pieces of their bytes; takes 256 entries.")
    private Boolean byteFallback;

    @Option(
            names = "--user-defined",
            arity = "1..*",
            paramLabel = "TEXT",
            description = "unigram, bpe: texts that are always one piece; they count as entries.")
    private List<String> userDefined;

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
            description = "Threads (default: one per processor); the result is the same.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public void run() {
        long started = System.nanoTime();
        Progress progress = new ConsoleProgress();
        Tokenizers.requireNoFile(output);
        TrainedTokenizer trained;
        if (type == Type.wordpiece) {
            WordPieceTraining settings = wordPiece();
            trained = train(lines -> WordPieceTrainer.train(lines, settings, progress));
        } else {
            SentencePieceTraining settings = sentencePiece();
            trained = train(lines -> SentencePieceTrainer.train(lines, settings, progress));
        }
        boolean written = Tokenizers.saveNew(trained.tokenizer(), output);
        progress.say(trained.report().toText());
        progress.say(String.format(
                "%s in %.1f s",
                written ? output + " written" : output + " holds this very tokenizer already and is reused",
                (System.nanoTime() - started) / 1e9));
    }

    /** Training on the lines of the input. */
    private interface Training {
        TrainedTokenizer on(FileLines lines);
    }

    private TrainedTokenizer train(Training training) {
        try (FileLines lines = new FileLines(InputFiles.expand(inputs), textField.name(), encoding.charset())) {
            return training.on(lines);
        }
    }

    private WordPieceTraining wordPiece() {
        refuse("--normalization", normalization);
        refuse("--character-coverage", characterCoverage);
        refuse("--byte-fallback", byteFallback);
        refuse("--user-defined", userDefined);
        return new WordPieceTraining(
                vocabularySize,
                Optional.ofNullable(minFrequency).orElse((long) WordPieceTraining.DEFAULT_MIN_FREQUENCY),
                Optional.ofNullable(limitAlphabet).orElse(WordPieceTraining.DEFAULT_LIMIT_ALPHABET),
                cased != null ? WordPieceOptions.cased() : WordPieceOptions.uncased(),
                threads,
                unused,
                maxWords);
    }

    private SentencePieceTraining sentencePiece() {
        refuse("--cased", cased);
        refuse("--min-frequency", minFrequency);
        refuse("--limit-alphabet", limitAlphabet);
        return new SentencePieceTraining(
                type == Type.unigram ? SentencePieceTraining.Type.UNIGRAM : SentencePieceTraining.Type.BPE,
                vocabularySize,
                Optional.ofNullable(characterCoverage).orElse(SentencePieceTraining.DEFAULT_CHARACTER_COVERAGE),
                byteFallback != null,
                Optional.ofNullable(userDefined).orElse(List.of()),
                unused,
                Optional.ofNullable(normalization).orElse(SentencePieceTraining.DEFAULT_NORMALIZATION),
                maxWords,
                threads);
    }

    private void refuse(String option, Object given) {
        if (given != null) {
            String others = type == Type.wordpiece
                    ? String.join(" or ", Arrays.stream(Type.values()).skip(1).map(Type::name).toList())
                    : Type.wordpiece.name();
            throw Failure.usage("%s is for --type %s, not for %s; leave it out", option, others, type);
        }
    }
}
