package org.graphbert.cli;

import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Progress;
import org.graphbert.corpus.InputFiles;
import org.graphbert.corpus.Sentences;
import org.graphbert.data.PairOptions;
import org.graphbert.data.Preparation;
import org.graphbert.data.PreparationSummary;
import org.graphbert.data.Recipe;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert prepare}: text to TFRecords. */
@Command(
        name = "prepare",
        description = "Makes a data set of masked sentence pairs out of text.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Documents are separated by blank lines, in text files, plain, .gz, .bz2 or .zst.",
            "A data set that exists and matches is reused; one that does not match is never overwritten.",
            "",
            "Example:",
            "  graphbert prepare --input 'corpus/*.txt.gz' --tokenizer tokenizers/wiki \\",
            "      --output tfrecords/wiki --max-seq-length 128 --held-out 0.02"
        })
final class PrepareCommand implements Runnable {

    @Option(names = "--input", required = true, arity = "1..*", paramLabel = "GLOB", description = "Text files.")
    private List<String> inputs;

    @Mixin
    private DocumentSettings documents;

    @Option(
            names = "--tokenizer",
            required = true,
            paramLabel = "PATH",
            description = "A tokenizer's directory, a vocab.txt, a tokenizer.json or a SentencePiece .model.")
    private Path tokenizer;

    @Option(names = "--cased", description = "With a vocab.txt: do not lower-case.")
    private Boolean cased;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "E.g. tfrecords/NAME.")
    private Path output;

    @Option(names = "--max-seq-length", paramLabel = "N", description = "Positions a record (${DEFAULT-VALUE}).")
    private int maxSeqLength = PairOptions.DEFAULT.maxSeqLength();

    @Mixin
    private PairSettings pairs;

    @Mixin
    private MaskSettings masks;

    @Option(
            names = "--duplicates",
            paramLabel = "N",
            description = "Copies of the corpus, paired and masked anew (${DEFAULT-VALUE}; google-research/bert: 10).")
    private int duplicates = Recipe.DEFAULT.duplicates();

    @Option(
            names = "--sentences",
            paramLabel = "HOW",
            description = "lines: a line is a sentence; split: a line is a paragraph; auto: decide from the first "
                    + "256 Ki characters (${DEFAULT-VALUE}).")
    private Sentences sentences = Recipe.DEFAULT.sentences();

    @Option(names = "--language", paramLabel = "TAG", description = "For splitting sentences (${DEFAULT-VALUE}).")
    private String language = Recipe.DEFAULT.language();

    @Option(
            names = "--held-out",
            paramLabel = "R",
            description = "Share of documents set aside as NAME-held-out (${DEFAULT-VALUE}).")
    private double heldOut = Recipe.DEFAULT.heldOut();

    @Option(names = "--shards", paramLabel = "N", description = "Number of files (one for each 256 MiB of input).")
    private int shards = Recipe.DEFAULT.shards();

    @Option(names = "--seed", paramLabel = "N", description = "Of all random choices (${DEFAULT-VALUE}).")
    private long seed = Recipe.DEFAULT_SEED;

    @Option(names = "--threads", paramLabel = "N", description = "The output does not depend on it (all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--show", paramLabel = "N", description = "Print the first examples (${DEFAULT-VALUE}).")
    private int show = 3;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Recipe recipe = new Recipe(
                pairs.options(maxSeqLength), masks.options(maxSeqLength), documents.options(), duplicates, sentences,
                language, heldOut, shards, seed, documents.charset());
        List<Path> files = InputFiles.expand(inputs);
        Tokenizer loaded = Tokenizers.load(tokenizer, cased);
        Progress progress = new ConsoleProgress();
        long started = System.nanoTime();
        Preparation.Result result = new Preparation(files, loaded, recipe, output, threads, show).run(progress);
        double seconds = (System.nanoTime() - started) / 1e9;
        spec.commandLine().getOut().print(PreparationSummary.text(result, seconds));
        spec.commandLine().getOut().flush();
    }
}
