package org.graphbert.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Document;
import org.graphbert.corpus.DocumentReader;
import org.graphbert.corpus.Sentences;
import org.graphbert.text.SentenceSplitter;
import org.graphbert.text.TokenizeBench;
import org.graphbert.text.Tokenizer;

/**
 * Times whole preparations, into a directory for temporary files that is deleted afterwards. The first, which the
 * compiler slows, does not count.
 */
public final class PrepareBench {

    private static final double MEGA = 1e6;
    private static final double NANO = 1e-9;

    private PrepareBench() {}

    /**
     * The measured figures; times and speeds are medians over the rounds.
     *
     * @param tokenizer its type
     * @param bytes of text in UTF-8, line ends not counted
     * @param records of one preparation
     * @param tokens of the text
     * @param rounds how often was measured
     * @param threads how many worked
     * @param seconds of a preparation
     * @param megabytesPerSecond 10^6 bytes of text a second
     * @param megabytesPerSecondAndThread the same, divided by the threads
     * @param peakHeapBytes the most that the heap held in any round, garbage included
     * @param stages what one thread spends, seconds
     */
    public record Figures(
            String tokenizer,
            long documents,
            long bytes,
            long records,
            long tokens,
            int rounds,
            int threads,
            double seconds,
            double megabytesPerSecond,
            double megabytesPerSecondAndThread,
            double recordsPerSecond,
            double tokensPerSecond,
            long peakHeapBytes,
            Stages stages) {}

    /**
     * The seconds that a single thread spends on the parts of the work that can be done by themselves; pairs, masks,
     * records and files are the rest.
     */
    public record Stages(double reading, double sentences, double tokenizing) {}

    /**
     * Measures.
     *
     * @throws Failure (usage) for less than one thread or round; (data) as {@link Preparation#run}
     */
    public static Figures run(List<Path> inputs, Tokenizer tokenizer, Recipe recipe, int threads, int rounds) {
        if (rounds < 1) {
            throw Failure.usage("--rounds is %d, expected at least 1", rounds);
        }
        Path directory = null;
        try {
            directory = Files.createTempDirectory("graphbert-bench");
            Preparation preparation = new Preparation(inputs, tokenizer, recipe, directory.resolve("data"), threads, 0);
            prepare(preparation);
            double[] seconds = new double[rounds];
            long heap = 0;
            Preparation.Result result = null;
            for (int round = 0; round < rounds; round++) {
                Directories.delete(preparation.outputs().get(0).directory());
                heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
                long start = System.nanoTime();
                result = prepare(preparation);
                seconds[round] = (System.nanoTime() - start) * NANO;
                heap = Math.max(heap, heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum());
            }
            return figures(preparation, result.manifest(), TokenizeBench.median(seconds), heap, rounds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(directory);
        }
    }

    private static Preparation.Result prepare(Preparation preparation) {
        return preparation.run(Progress.SILENT);
    }

    private static Figures figures(Preparation preparation, Manifest manifest, double seconds, long heap, int rounds) {
        Recipe recipe = preparation.recipe();
        SentenceSplitter splitter = SentenceSplitter.forLanguage(recipe.language());
        Sentences sentences = recipe.sentences().resolve(preparation.inputs(), recipe.documents(), recipe.encoding(), splitter);
        long documents = 0;
        long bytes = 0;
        long tokens = 0;
        long[] spent = new long[3];
        try (DocumentReader reader = new DocumentReader(preparation.inputs(), recipe.documents(), recipe.encoding())) {
            long start = System.nanoTime();
            for (Document document = reader.next(); document != null; document = reader.next()) {
                long read = System.nanoTime();
                List<String> found = sentences.of(document, splitter);
                long split = System.nanoTime();
                for (String sentence : found) {
                    tokens += preparation.tokenizer().encode(sentence).ids().length;
                }
                long encoded = System.nanoTime();
                spent[0] += read - start;
                spent[1] += split - read;
                spent[2] += encoded - split;
                documents++;
                for (String line : document.lines()) {
                    bytes += line.getBytes(StandardCharsets.UTF_8).length;
                }
                start = System.nanoTime();
            }
        }
        double megabytes = bytes / MEGA / seconds;
        long records = manifest.statistics().pairs().records();
        return new Figures(
                preparation.tokenizer().type(), documents, bytes, records, tokens, rounds, preparation.effort().threads(), seconds,
                megabytes, megabytes / preparation.effort().threads(), records / seconds, tokens / seconds, heap,
                new Stages(spent[0] * NANO, spent[1] * NANO, spent[2] * NANO));
    }

    private static List<MemoryPoolMXBean> heapPools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    private static void delete(Path directory) {
        try {
            if (directory != null) {
                Directories.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
