package org.graphbert.cli;

import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Json;
import org.graphbert.corpus.InputFiles;
import org.graphbert.corpus.Sentences;
import org.graphbert.data.PairOptions;
import org.graphbert.data.PrepareBench;
import org.graphbert.data.Recipe;
import org.graphbert.text.Tokenizers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert bench prepare}: how fast text becomes records. */
@Command(
        name = "prepare",
        description = "Time the preparation of a data set, and delete it.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A megabyte is 10^6 bytes of UTF-8 text, unpacked, line ends not counted. The data set goes to the directory "
                    + "for temporary files.",
            "",
            "Example:",
            "  graphbert bench prepare --input 'text/*.txt.gz' --tokenizer tokenizers/mine \\",
            "      --threads 2"
        })
final class BenchPrepareCommand implements Runnable {

    @Option(names = "--input", required = true, arity = "1..*", paramLabel = "GLOB", description = "Whatever prepare takes.")
    private List<String> inputs;

    @Mixin
    private DocumentSettings documents;

    @Option(names = "--tokenizer", required = true, paramLabel = "PATH", description = "Whatever prepare takes.")
    private Path tokenizer;

    @Option(names = "--cased", description = "With a vocab.txt: do not lower-case.")
    private Boolean cased;

    @Option(names = "--max-seq-length", paramLabel = "N", description = "Positions a record (${DEFAULT-VALUE}).")
    private int maxSeqLength = PairOptions.DEFAULT.maxSeqLength();

    @Mixin
    private PairSettings pairs;

    @Mixin
    private MaskSettings masks;

    @Option(names = "--duplicates", paramLabel = "N", description = "Copies of the corpus (${DEFAULT-VALUE}).")
    private int duplicates = Recipe.DEFAULT.duplicates();

    @Option(names = "--sentences", paramLabel = "HOW", description = "lines, split or auto (${DEFAULT-VALUE}).")
    private Sentences sentences = Recipe.DEFAULT.sentences();

    @Option(names = "--language", paramLabel = "TAG", description = "For splitting sentences (${DEFAULT-VALUE}).")
    private String language = Recipe.DEFAULT.language();

    @Option(names = "--seed", paramLabel = "N", description = "Of all random choices (${DEFAULT-VALUE}).")
    private long seed = Recipe.DEFAULT_SEED;

    @Option(names = "--threads", paramLabel = "N", description = "How many work (all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--rounds",
            defaultValue = "3",
            paramLabel = "N",
            description = "Measurements, of which the median is told (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrepareBench.Figures figures = PrepareBench.run(
                InputFiles.expand(inputs), Tokenizers.load(tokenizer, cased), recipe(), threads, rounds);
        spec.commandLine().getOut().println(json ? Json.write(figures) : text(figures));
    }

    private Recipe recipe() {
        return new Recipe(
                pairs.options(maxSeqLength), masks.options(maxSeqLength), documents.options(), duplicates, sentences,
                language, 0, 0, seed, documents.charset());
    }

    private static String text(PrepareBench.Figures figures) {
        PrepareBench.Stages stages = figures.stages();
        return String.format(
                "%s, %,d documents, %.1f MB, %,d tokens, %,d records; median of %d rounds%n"
                        + "%d threads   %.2f s, %.2f MB/s, %.2f MB/s a thread, %,.0f records/s, %,.0f tokens/s, heap %,.0f MB%n"
                        + "one thread  %.2f s reading, %.2f s finding sentences, %.2f s tokenizing",
                figures.tokenizer(), figures.documents(), figures.bytes() / 1e6, figures.tokens(), figures.records(),
                figures.rounds(), figures.threads(), figures.seconds(), figures.megabytesPerSecond(),
                figures.megabytesPerSecondAndThread(), figures.recordsPerSecond(), figures.tokensPerSecond(),
                figures.peakHeapBytes() / 1e6, stages.reading(), stages.sentences(), stages.tokenizing());
    }
}
