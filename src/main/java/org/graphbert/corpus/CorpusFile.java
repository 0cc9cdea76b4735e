package org.graphbert.corpus;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/**
 * One file of documents, a paragraph a line and a blank line between two, made of Wikipedia dumps, JSON lines and text.
 * It is written aside and renamed when it is complete. Its bytes are the same for any number of threads; in memory are
 * {@code threads + 2} batches of some 2 MB and one document.
 */
public final class CorpusFile {

    private static final int BUFFER = 1 << 16;
    private static final int KIB = 1024;

    private final Path output;
    private final DocumentOptions options;
    private final Charset encoding;
    private final int threads;

    private long documents;
    private long characters;
    private long textless;
    private long tooShort;
    private long duplicates;

    /**
     * @param output packed with gzip or zstd if its name ends in .gz or .zst
     * @param options of all inputs; a dump tells itself apart, whatever the field of JSON lines
     * @throws Failure (usage) if it exists, or its name asks for another kind of archive
     */
    public CorpusFile(Path output, DocumentOptions options, Charset encoding, int threads) {
        this.output = output;
        this.options = options;
        this.encoding = encoding;
        this.threads = threads;
        if (threads < 1) {
            throw Failure.usage("--threads is %d, expected 1 or more", threads);
        }
        String name = output.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".bz2") || name.endsWith(".xz") || name.endsWith(".zip")) {
            throw Failure.usage("--output %s: text is written plain, .gz or .zst; choose another name", output);
        }
        requireNothing();
    }

    /**
     * Reads all inputs and writes the file.
     *
     * @throws Failure (data) for what is wrong with the inputs, or if nothing is left of them
     */
    public CorpusCounts make(List<Path> inputs, Progress progress) {
        long total = inputs.stream().mapToLong(DocumentReader::size).sum();
        progress.start("reading", total / KIB, "KiB");
        Path aside = null;
        try {
            Path directory = output.toAbsolutePath().getParent();
            Directories.createOutput("--output", directory);
            aside = directory.resolve("." + output.getFileName() + "." + ProcessHandle.current().pid() + ".partial");
            aside.toFile().deleteOnExit(); // interrupted, the virtual machine still does that
            CorpusBatches batches = new CorpusBatches(inputs, options, encoding, threads);
            CorpusCounts counts;
            try (batches; OutputStream out = packed(aside); Ahead<List<CorpusBatches.Text>> texts =
                    new Ahead<>("corpus", threads, batches::next)) {
                counts = write(texts, batches, out, progress);
            }
            if (counts.documents() == 0) {
                throw Failure.data("no documents in the inputs (%s%s)%s", inputs.get(0),
                        inputs.size() == 1 ? "" : " and " + (inputs.size() - 1) + " more", nothingLeft(counts));
            }
            requireNothing();
            Files.move(aside, output, StandardCopyOption.ATOMIC_MOVE);
            progress.at(total / KIB, String.format("%,d documents", documents));
            progress.done();
            return counts;
        } catch (IOException e) {
            throw Failure.data("--output %s: cannot be written: %s", output, Directories.reason(e), e);
        } finally {
            deleteQuietly(aside);
        }
    }

    private CorpusCounts write(
            Ahead<List<CorpusBatches.Text>> texts, CorpusBatches batches, OutputStream out, Progress progress) throws IOException {
        Fingerprints fingerprints = options.deduplicate() ? new Fingerprints() : null;
        for (List<CorpusBatches.Text> batch = texts.next(); batch != null; batch = texts.next()) {
            for (CorpusBatches.Text text : batch) {
                if (isWanted(text, fingerprints)) {
                    if (documents > 0 && !text.continues()) {
                        out.write('\n');
                    }
                    out.write(text.bytes());
                    documents += text.continues() ? 0 : 1;
                    characters += text.characters();
                }
            }
            progress.at(batches.bytesRead() / KIB, String.format("%,d documents", documents));
        }
        DocumentCounts read = batches.counts();
        return new CorpusCounts(documents, characters, batches.redirects(), batches.disambiguations(), batches.others(), textless,
                new DocumentCounts(duplicates, tooShort + read.tooShort(), read.empty(), read.cut(), read.cutLines(),
                        fingerprints == null ? 0 : fingerprints.memory()));
    }

    private boolean isWanted(CorpusBatches.Text text, Fingerprints fingerprints) {
        if (text.characters() == 0) {
            textless++;
        } else if (text.isArticle() && text.characters() < options.minCharacters()) {
            tooShort++;
        } else if (fingerprints != null && !fingerprints.add(text.print())) {
            duplicates++;
        } else {
            return true;
        }
        return false;
    }

    private static String nothingLeft(CorpusCounts counts) {
        long pages = counts.redirects() + counts.disambiguations() + counts.others() + counts.textless();
        String left = counts.left().describe();
        String found = pages == 0 ? "" : String.format("; found %,d redirects, %,d disambiguations, %,d pages of other namespaces,"
                + " %,d without prose", counts.redirects(), counts.disambiguations(), counts.others(), counts.textless());
        return found + (left.isEmpty() ? "" : "; " + left);
    }

    private void requireNothing() {
        if (Files.exists(output)) {
            throw Failure.usage("--output %s: exists already; remove it, or choose another name", output);
        }
    }

    private OutputStream packed(Path file) throws IOException {
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
        String name = output.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".gz")) {
            return new GZIPOutputStream(out, BUFFER);
        }
        return name.endsWith(".zst") ? new ZstdOutputStreamNoFinalizer(out).setChecksum(true) : out;
    }

    private static void deleteQuietly(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // What went wrong before it matters more.
        }
    }
}
