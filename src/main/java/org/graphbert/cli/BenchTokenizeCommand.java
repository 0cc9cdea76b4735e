package org.graphbert.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Json;
import org.graphbert.corpus.InputFiles;
import org.graphbert.text.TokenizeBench;
import org.graphbert.text.Tokenizers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert bench tokenize}: how fast text becomes tokens. */
@Command(
        name = "tokenize",
        description = "Time the encoding of text, on one thread and on several.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "The text has to fit in memory. A megabyte is 10^6 bytes of UTF-8, line ends not counted.",
            "",
            "Example:",
            "  graphbert bench tokenize --tokenizer tokenizers/mine --input 'text/*.txt.gz'"
        })
final class BenchTokenizeCommand implements Runnable {

    @Option(
            names = "--tokenizer",
            required = true,
            paramLabel = "PATH",
            description = "Whatever tokenizer encode takes.")
    private Path tokenizer;

    @Option(names = "--cased", description = "The text keeps its case and accents; for a vocab.txt.")
    private boolean cased;

    @Option(
            names = "--input",
            required = true,
            arity = "1..*",
            paramLabel = "GLOB",
            description = "Text files, plain, .gz, .bz2 or .zst.")
    private List<String> inputs;

    @Mixin
    private EncodingOption encoding;

    @Option(names = "--threads", paramLabel = "N", description = "Beside one (default: one per processor).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--rounds",
            defaultValue = "5",
            paramLabel = "N",
            description = "Measurements, of which the median is told (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--json", description = "Print JSON; what isn't named parallel is of one thread.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        List<String> lines = new ArrayList<>();
        try (FileLines files = new FileLines(InputFiles.expand(inputs), null, encoding.charset())) {
            files.forEachRemaining(lines::add);
        }
        TokenizeBench.Figures figures =
                TokenizeBench.run(Tokenizers.load(tokenizer, cased ? Boolean.TRUE : null), lines, threads, rounds);
        spec.commandLine().getOut().println(json ? Json.write(figures) : text(figures));
    }

    private static String text(TokenizeBench.Figures figures) {
        String text = String.format(
                "%s, %,d entries; %,d lines, %.1f MB, %,d tokens, %.2f characters a token; median of %d rounds%n"
                        + "1 thread    %8.2f MB/s %,14.0f tokens/s",
                figures.tokenizer(), figures.vocabSize(), figures.lines(), figures.bytes() / 1e6, figures.tokens(),
                figures.charactersPerToken(), figures.rounds(), figures.megabytesPerSecond(), figures.tokensPerSecond());
        return figures.threads() == 1
                ? text
                : text + String.format(
                        "%n%-2d threads  %8.2f MB/s %,14.0f tokens/s  %.2f times",
                        figures.threads(), figures.parallelMegabytesPerSecond(), figures.parallelTokensPerSecond(),
                        figures.speedup());
    }
}
