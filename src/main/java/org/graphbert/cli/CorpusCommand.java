package org.graphbert.cli;

import java.nio.file.Path;
import java.util.List;
import org.graphbert.corpus.CorpusCounts;
import org.graphbert.corpus.CorpusFile;
import org.graphbert.corpus.DocumentReader;
import org.graphbert.corpus.InputFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert corpus}: Wikipedia dumps, JSON lines and text to one file of documents. */
@Command(
        name = "corpus",
        description = "Makes one text file of Wikipedia dumps, JSON lines and text: a paragraph a line, a blank line between documents.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "What an input is, and how it is packed (gzip, bzip2 or zstd), is told by its content. Of a dump (pages-articles) "
                    + "the articles are taken, without redirects and disambiguation pages, and of an article the prose: no headings, "
                    + "tables, boxes, references, captions, lists of works or links. An item of a list stays if it is a sentence of "
                    + "eight words or more.",
            "",
            "Example:",
            "  graphbert corpus --input enwiki-latest-pages-articles.xml.bz2 \\",
            "      --output corpus/enwiki.txt.zst --min-document-length 200 --deduplicate"
        })
final class CorpusCommand implements Runnable {

    @Option(names = "--input", required = true, arity = "1..*", paramLabel = "GLOB", description = "Dumps, JSON lines or text.")
    private List<String> inputs;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "The file to write; packed if its name ends in .gz or .zst.")
    private Path output;

    @Mixin
    private DocumentSettings documents;

    @Option(names = "--threads", paramLabel = "N", description = "The output does not depend on it (all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CorpusFile corpus = new CorpusFile(output, documents.options(), documents.charset(), threads);
        List<Path> files = InputFiles.expand(inputs);
        long started = System.nanoTime();
        CorpusCounts counts = corpus.make(files, new ConsoleProgress());
        double seconds = (System.nanoTime() - started) / 1e9;
        long bytes = files.stream().mapToLong(DocumentReader::size).sum();
        spec.commandLine().getOut().print(counts.describe(output.toString(), bytes, seconds));
        spec.commandLine().getOut().flush();
    }
}
