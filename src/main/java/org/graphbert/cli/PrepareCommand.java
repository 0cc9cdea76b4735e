package org.graphbert.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.graphbert.config.Failure;
import org.graphbert.corpus.InputFiles;
import org.graphbert.corpus.Sentences;
import org.graphbert.data.Effort;
import org.graphbert.data.Join;
import org.graphbert.data.Memory;
import org.graphbert.data.PairOptions;
import org.graphbert.data.Partition;
import org.graphbert.data.Preparation;
import org.graphbert.data.PreparationSummary;
import org.graphbert.data.Recipe;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code graphbert prepare}: text to TFRecords. */
@Command(
        name = "prepare",
        description = "Makes a data set of masked sentence pairs out of text.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Documents are separated by blank lines, in text files, plain, .gz, .bz2 or .zst. "
                    + "A data set that exists and matches is reused; one that does not match is never overwritten.",
            "",
            "Example:",
            "  graphbert prepare --input 'corpus/*.txt.gz' --tokenizer tokenizers/wiki \\",
            "      --output tfrecords/wiki --max-seq-length 128 --held-out 0.02",
            "",
            "On four machines, I being 0 to 3 (--shards 4 or more), and then on one of them:",
            "  graphbert prepare ... --output shared/wiki --shards 8 --partition $I/4",
            "  graphbert prepare --join --output shared/wiki"
        })
final class PrepareCommand implements Runnable {

    @Option(names = "--input", arity = "1..*", paramLabel = "GLOB", description = "Text files.")
    private List<String> inputs;

    @Mixin
    private DocumentSettings documents;

    @Option(
            names = "--tokenizer",
            paramLabel = "PATH",
            description = "A tokenizer's directory, a vocab.txt, a tokenizer.json or a SentencePiece .model.")
    private Path tokenizer;

    @Option(names = "--cased", description = "With a vocab.txt: do not lower-case.")
    private Boolean cased;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "E.g. tfrecords/NAME.")
    private Path output;

    @Option(
            names = "--max-seq-length",
            paramLabel = "N",
            split = ",",
            description = "Positions a record (${DEFAULT-VALUE}). Several, such as 128,512, give a data set each from one "
                    + "reading: DIR-128 and DIR-512.")
    private List<Integer> lengths = List.of(PairOptions.DEFAULT.maxSeqLength());

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
            description = "lines: a line is a sentence; split: a line is a paragraph; auto: decide from "
                    + "the beginnings of the files (${DEFAULT-VALUE}).")
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

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemoryConverter.class,
            description = "Of the heap, such as 2g (${DEFAULT-VALUE}); the output does not depend on it. The JVM's own, some "
                    + "110 MB, comes beside.")
    private Memory memory = Memory.DEFAULT;

    @Option(names = "--resume", description = "Go on where an earlier process was ended; else start anew.")
    private boolean resume;

    @Option(
            names = "--partition",
            paramLabel = "I/N",
            converter = PartitionConverter.class,
            description = "Write every N-th file only, the I-th first, I from 0: N processes, on any machines, prepare a data set "
                    + "between them, each with the same other options.")
    private Partition partition = Partition.WHOLE;

    @Option(
            names = "--join",
            description = "Make the data set of what the partitions wrote: --output alone goes with it. The bytes are those that "
                    + "one process would have written.")
    private boolean join;

    @Option(names = "--show", paramLabel = "N", description = "Print the first examples (${DEFAULT-VALUE}).")
    private int show = 3;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        long started = System.nanoTime();
        Preparation.Result result = join ? joined() : prepared();
        double seconds = (System.nanoTime() - started) / 1e9;
        spec.commandLine().getOut().print(PreparationSummary.text(result, seconds));
        spec.commandLine().getOut().flush();
    }

    private Preparation.Result joined() {
        spec.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .filter(name -> !List.of("--join", "--output", "--stacktrace", "--verbose", "--gpu").contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Failure.usage("--join goes with --output alone, found %s; the partitions know the rest", name);
                });
        return new Join(output).run(new ConsoleProgress());
    }

    private Preparation.Result prepared() {
        requireGiven("--input=GLOB...", inputs);
        requireGiven("--tokenizer=PATH", tokenizer);
        List<Preparation.Output> outputs = new ArrayList<>();
        for (int i = 0; i < lengths.size(); i++) {
            Recipe recipe = new Recipe(
                    pairs.options(lengths.get(i)), masks.options(lengths, i), documents.options(), duplicates, sentences,
                    language, heldOut, shards, seed, documents.charset());
            Path directory = lengths.size() == 1 ? output : output.resolveSibling(output.getFileName() + "-" + lengths.get(i));
            outputs.add(new Preparation.Output(directory, recipe));
        }
        if (lengths.stream().distinct().count() < lengths.size()) {
            throw Failure.usage("--max-seq-length names a length twice; expected different ones");
        }
        List<Path> files = InputFiles.expand(inputs);
        Tokenizer loaded = Tokenizers.load(tokenizer, cased);
        Effort effort = new Effort(threads, memory, resume, show);
        return new Preparation(files, loaded, outputs, effort, partition).run(new ConsoleProgress());
    }

    private void requireGiven(String name, Object value) {
        if (value == null) {
            throw new MissingParameterException(spec.commandLine(), List.of(), "Missing required option: '" + name + "'");
        }
    }

    /** Picocli's way to read a partition. */
    static final class PartitionConverter implements ITypeConverter<Partition> {
        @Override
        public Partition convert(String text) {
            return converted(() -> Partition.parse(text));
        }
    }

    private static <T> T converted(Supplier<T> value) {
        try {
            return value.get();
        } catch (Failure e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** Picocli's way to read a size. */
    static final class MemoryConverter implements ITypeConverter<Memory> {
        @Override
        public Memory convert(String text) {
            return converted(() -> Memory.parse(text));
        }
    }
}
