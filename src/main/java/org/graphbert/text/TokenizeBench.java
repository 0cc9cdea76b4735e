package org.graphbert.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.graphbert.config.Failure;

/**
 * Times the encoding of lines that are in memory, on one thread and on several, in turns, so that whatever slows the
 * machine for a while slows both. A thread takes the next block of lines when it is done with the last.
 */
public final class TokenizeBench {

    /** Bytes of text in a block: enough that taking turns costs nothing, little enough that all threads end together. */
    private static final int BLOCK_BYTES = 1 << 16;
    /** The compiler has seen enough by then. */
    private static final double WARMUP_SECONDS = 3;
    /** A round of a small text goes over it several times. */
    private static final double LEAST_SECONDS_A_ROUND = 0.5;

    private static final double MEGA = 1e6;
    private static final double NANO = 1e-9;

    private final Tokenizer tokenizer;
    private final List<List<String>> blocks;

    private TokenizeBench(Tokenizer tokenizer, List<List<String>> blocks) {
        this.tokenizer = tokenizer;
        this.blocks = blocks;
    }

    /**
     * The measured figures; speeds are medians over the rounds.
     *
     * @param bytes of the text in UTF-8, line ends not counted
     * @param charactersPerToken code points of the text, line ends not counted, for each token
     * @param rounds how often was measured
     * @param megabytesPerSecond 10^6 bytes of UTF-8 text a second, on one thread
     * @param tokensPerSecond on one thread
     * @param threads how many the others are of
     * @param parallelMegabytesPerSecond on all threads
     * @param parallelTokensPerSecond on all threads
     * @param speedup of all threads over one
     */
    public record Figures(
            String tokenizer,
            int vocabSize,
            long lines,
            long bytes,
            long tokens,
            double charactersPerToken,
            int rounds,
            double megabytesPerSecond,
            double tokensPerSecond,
            int threads,
            double parallelMegabytesPerSecond,
            double parallelTokensPerSecond,
            double speedup) {}

    /**
     * Measures.
     *
     * @throws Failure (usage) for less than one thread or round; (data) if the lines give no token
     */
    public static Figures run(Tokenizer tokenizer, List<String> lines, int threads, int rounds) {
        if (threads < 1 || rounds < 1) {
            throw Failure.usage("--threads is %d and --rounds is %d, expected at least 1 of each", threads, rounds);
        }
        long bytes = lines.stream().mapToLong(TokenizeBench::utf8Bytes).sum();
        long characters = lines.stream().mapToLong(line -> line.codePointCount(0, line.length())).sum();
        TokenizeBench bench = new TokenizeBench(tokenizer, blocks(lines));
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            long tokens = bench.passes(pool, threads, 1);
            if (tokens == 0) {
                throw Failure.data("the input gives no token, expected text");
            }
            int passes = bench.warmUp(pool, threads);
            double[] one = new double[rounds];
            double[] all = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                one[round] = bench.seconds(pool, 1, passes) / passes;
                all[round] = threads == 1 ? one[round] : bench.seconds(pool, threads, passes) / passes;
            }
            double oneSeconds = median(one);
            double allSeconds = median(all);
            return new Figures(
                    tokenizer.type(), tokenizer.size(), lines.size(), bytes, tokens, (double) characters / tokens, rounds,
                    bytes / oneSeconds / MEGA, tokens / oneSeconds,
                    threads, bytes / allSeconds / MEGA, tokens / allSeconds, oneSeconds / allSeconds);
        } finally {
            pool.shutdownNow();
        }
    }

    /** Runs for a while, on one thread and on all; returns how many passes over the text make up a round. */
    private int warmUp(ExecutorService pool, int threads) {
        double spent = 0;
        double fastest = Double.MAX_VALUE;
        while (spent < WARMUP_SECONDS) {
            double one = seconds(pool, 1, 1);
            fastest = Math.min(fastest, one);
            spent += one + seconds(pool, threads, 1);
        }
        return (int) Math.max(1, Math.ceil(LEAST_SECONDS_A_ROUND / fastest));
    }

    private double seconds(ExecutorService pool, int threads, int passes) {
        long start = System.nanoTime();
        passes(pool, threads, passes);
        return (System.nanoTime() - start) * NANO;
    }

    /** Encodes the text several times and returns the number of its tokens. */
    private long passes(ExecutorService pool, int threads, int passes) {
        AtomicInteger next = new AtomicInteger();
        List<Future<Long>> parts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            parts.add(pool.submit(() -> encode(next, passes)));
        }
        long tokens = 0;
        try {
            for (Future<Long> part : parts) {
                tokens += part.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while measuring", e);
        }
        return tokens / passes;
    }

    private long encode(AtomicInteger next, int passes) {
        long tokens = 0;
        for (int block = next.getAndIncrement(); block < passes * blocks.size(); block = next.getAndIncrement()) {
            for (String line : blocks.get(block % blocks.size())) {
                tokens += tokenizer.encode(line).ids().length;
            }
        }
        return tokens;
    }

    private static List<List<String>> blocks(List<String> lines) {
        List<List<String>> blocks = new ArrayList<>();
        long bytes = 0;
        int from = 0;
        for (int i = 0; i < lines.size(); i++) {
            bytes += utf8Bytes(lines.get(i));
            if (bytes >= BLOCK_BYTES || i + 1 == lines.size()) {
                blocks.add(lines.subList(from, i + 1));
                from = i + 1;
                bytes = 0;
            }
        }
        return blocks;
    }

    private static long utf8Bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The middle of the values, or between the two in the middle. */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
