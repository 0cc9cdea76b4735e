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

    private final Iterator<String> source;
    private final Supplier<? extends Words> cutter;
    private final int longest;
    private final Progress progress;
    private long linesDone;
    private boolean stopped;

    private WordCounter(
            Iterator<String> source, Supplier<? extends Words> cutter, int longest, Progress progress) {
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
        progress.start("counting words", -1, "lines");
        WordCounter counter = new WordCounter(lines, cutter, longest, progress);
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
        for (List<String> batch = take(0); !batch.isEmpty(); batch = take(batch.size())) {
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

    /** The next lines, none at the end; says first how many are done. A failing source stops every thread. */
    private synchronized List<String> take(int done) {
        List<String> batch = new ArrayList<>();
        linesDone += done;
        progress.at(linesDone, "");
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
