package org.graphbert.text;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/**
 * Counts the words of a stream of lines on several threads. Whoever is free takes the next lines; the sums do not
 * depend on who took which, so the result is the same with any number of threads.
 */
final class WordCounter {

    /** Enough characters at once that taking turns at the source costs nothing. */
    private static final int BATCH_CHARACTERS = 1 << 17;

    private final LineSource source;
    private final Supplier<? extends Words> cutter;
    private final int longest;
    private final Progress progress;
    private boolean stopped;

    private WordCounter(
            LineSource source, Supplier<? extends Words> cutter, int longest, Progress progress) {
        this.source = source;
        this.cutter = cutter;
        this.longest = longest;
        this.progress = progress;
    }

    /**
     * Counts words.
     *
     * @param lines read by one thread at a time
     * @param cutter makes what cuts a line into words, one for each thread
     * @param longest words of more code points are left out
     */
    static WordCounts count(
            Iterator<String> lines, Supplier<? extends Words> cutter, int longest, int threads, Progress progress) {
        LineSource source = LineSource.of(lines);
        progress.start("counting words", source.total(), source.unit());
        WordCounter counter = new WordCounter(source, cutter, longest, progress);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<WordCounts>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(pool.submit(counter::countSome));
            }
            WordCounts sum = parts.get(0).get();
            for (Future<WordCounts> part : parts.subList(1, threads)) {
                sum.addAll(part.get());
            }
            progress.done();
            return sum;
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while counting words; nothing was written", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private WordCounts countSome() {
        WordCounts counts = new WordCounts();
        Words words = cutter.get();
        for (List<String> batch = take(); !batch.isEmpty(); batch = take()) {
            for (String line : batch) {
                words.over(line);
                while (words.next()) {
                    if (words.length() <= longest) {
                        counts.add(words.codePoints(), words.length(), 1);
                    }
                }
            }
        }
        return counts;
    }

    /** The next lines, none at the end; says first how far the source was read. A failing source stops every thread. */
    private synchronized List<String> take() {
        List<String> batch = new ArrayList<>();
        progress.at(source.done(), "");
        boolean complete = false;
        try {
            for (int characters = 0; !stopped && characters < BATCH_CHARACTERS && source.hasNext(); ) {
                String line = source.next();
                characters += line.length() + 1;
                batch.add(line);
            }
            complete = true;
        } finally {
            stopped |= !complete;
        }
        return batch;
    }

    private static RuntimeException unwrapped(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) cause;
    }
}
