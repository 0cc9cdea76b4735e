package org.graphbert.text;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/**
 * Counts the words of a stream of lines on several threads. Whoever is free takes the next lines; the sums do not
 * depend on who took which, so the result is the same with any number of threads.
 *
 * <p>Memory is bounded: where there would be more different words than are allowed, the rarest are dropped. That happens
 * between rounds only, which end at the same lines whatever the threads, so it does not depend on them either. The bound
 * may be exceeded by the new words of one round.
 */
final class WordCounter {

    /** So many different words at most, unless told otherwise. */
    static final int DEFAULT_MAX_WORDS = 10_000_000;

    /** An array of their code points must be able to hold so many. */
    private static final int MOST_WORDS = 50_000_000;

    /** Enough characters at once that taking turns at the source costs nothing. */
    private static final int BATCH_CHARACTERS = 1 << 17;

    /** Characters between the points at which words may be dropped: so few that their new words are few, too. */
    private static final int ROUND_CHARACTERS = 1 << 22;

    /** A character of the text gives two words at most (a few compatibility characters apart, each always the same). */
    private static final int WORDS_A_CHARACTER = 2;

    /** One part in so many is left free when words are dropped, so that it need not happen at each round. */
    private static final int LEEWAY = 4;

    private final LineSource source;
    private final Supplier<? extends Words> cutter;
    private final int longest;
    private final int maxWords;
    private final Progress progress;

    /** The sum so far; what the threads have counted since is in their parts. */
    private WordCounts sum = new WordCounts();

    private final WordCounts[] parts;

    /** How large each part was when its thread last came by, and the characters that it took along. */
    private final long[] rooms;

    private final long[] taken;
    private long roundCharacters;
    private boolean stopped;

    private WordCounter(
            LineSource source,
            Supplier<? extends Words> cutter,
            int longest,
            int maxWords,
            int threads,
            Progress progress) {
        this.source = source;
        this.cutter = cutter;
        this.longest = longest;
        this.maxWords = maxWords;
        this.progress = progress;
        parts = Stream.generate(WordCounts::new).limit(threads).toArray(WordCounts[]::new);
        rooms = new long[threads];
        taken = new long[threads];
    }

    /**
     * Counts words; says so if some had to be dropped ({@link WordCounts#pruned}).
     *
     * @param lines read by one thread at a time
     * @param cutter makes what cuts a line into words, one for each thread
     * @param longest words of more code points are left out
     * @param maxWords so many different words at most are left, fewer if they are long ({@link WordCounts#room}); 0 for
     *     {@value #DEFAULT_MAX_WORDS}
     */
    static WordCounts count(
            Iterator<String> lines,
            Supplier<? extends Words> cutter,
            int longest,
            int maxWords,
            int threads,
            Progress progress) {
        LineSource source = LineSource.of(lines);
        progress.start("counting words", source.total(), source.unit());
        WordCounter counter = new WordCounter(source, cutter, longest, maxWords(maxWords), threads, progress);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int worker = i;
                workers.add(pool.submit(() -> counter.countSome(worker)));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            counter.settle();
            progress.done();
            return counter.said();
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while counting words; nothing was written", e);
        } finally {
            pool.shutdownNow();
        }
    }

    /**
     * The bound that --max-words sets.
     *
     * @throws Failure (usage) if the number is negative or more than can be held
     */
    static int maxWords(int option) {
        if (option < 0 || option > MOST_WORDS) {
            throw Failure.usage(
                    "--max-words is %,d, expected 1 to %,d, or 0 for %,d", option, MOST_WORDS, DEFAULT_MAX_WORDS);
        }
        return option == 0 ? DEFAULT_MAX_WORDS : option;
    }

    private Void countSome(int worker) throws InterruptedException {
        boolean complete = false;
        try {
            Words words = cutter.get();
            for (List<String> batch = take(worker); !batch.isEmpty(); batch = take(worker)) {
                WordCounts counts = parts[worker];
                for (String line : batch) {
                    words.over(line);
                    while (words.next()) {
                        if (words.length() <= longest) {
                            counts.add(words.codePoints(), words.length(), 1);
                        }
                    }
                }
            }
            complete = true;
        } finally {
            if (!complete) {
                stop();
            }
        }
        return null;
    }

    /** The next lines, none at the end; says first how far the source was read. Between two rounds it may wait for the others. */
    private synchronized List<String> take(int worker) throws InterruptedException {
        progress.at(source.done(), "");
        rooms[worker] = parts[worker].room();
        taken[worker] = 0;
        notifyAll();
        while (!stopped && roundCharacters >= ROUND_CHARACTERS && mayBeTooMany() && LongStream.of(taken).sum() > 0) {
            wait();
        }
        if (roundCharacters >= ROUND_CHARACTERS) {
            roundCharacters = 0;
            if (!stopped && mayBeTooMany()) {
                settle();
            }
        }
        List<String> batch = read(worker);
        roundCharacters += taken[worker];
        return batch;
    }

    private List<String> read(int worker) {
        List<String> batch = new ArrayList<>();
        try {
            while (!stopped && taken[worker] < BATCH_CHARACTERS && source.hasNext()) {
                String line = source.next();
                taken[worker] += line.length() + 1;
                batch.add(line);
            }
            return batch;
        } catch (RuntimeException | Error e) {
            // Before another thread asks a source that failed.
            stop();
            throw e;
        }
    }

    /** Whether the sum could exceed the bound, words that several parts hold and what is not yet counted included. */
    private boolean mayBeTooMany() {
        long counted = sum.room() + LongStream.of(rooms).sum();
        return counted + WORDS_A_CHARACTER * LongStream.of(taken).sum() > maxWords;
    }

    /** Adds the parts to the sum, when nobody counts, and brings that within the bound. */
    private synchronized void settle() {
        for (int i = 0; i < parts.length; i++) {
            if (sum.size() == 0) {
                sum = parts[i];
            } else {
                sum.addAll(parts[i]);
            }
            parts[i] = new WordCounts();
            rooms[i] = 0;
        }
        if (sum.room() > maxWords) {
            sum.prune(maxWords - maxWords / LEEWAY);
        }
    }

    /** What fails in one thread stops all. */
    private synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    private WordCounts said() {
        WordCounts.Pruned pruned = sum.pruned();
        if (pruned.words() > 0) {
            progress.say(String.format(
                    Locale.ROOT,
                    "warning: more different words than --max-words %,d allows; the rarest were dropped on the way: %,d,"
                            + " some more than once, with %,d occurrences",
                    maxWords, pruned.words(), pruned.occurrences()));
        }
        return sum;
    }

    private static RuntimeException unwrapped(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof InterruptedException) {
            return Failure.interrupted("interrupted while counting words; nothing was written", cause);
        }
        return (RuntimeException) cause;
    }
}
