package org.graphbert.data;

import java.util.Arrays;
import org.graphbert.config.Failure;

/** Times a {@link Loader} alone: no device takes its batches. */
public final class LoadBench {

    /** Before each measurement: the compiler has seen enough by then, and the files lie in the system's cache. */
    private static final double WARMUP_SHARE = 0.4;
    private static final double NANO = 1e-9;

    private static final long EARLY_STEP = 1;
    private static final long LATE_STEP = 1_000_000;
    private static final int RESUMPTIONS = 301;

    private LoadBench() {}

    /**
     * The measured figures.
     *
     * @param records in the data set
     * @param sequenceLength S
     * @param seconds each of the two speeds was measured for
     * @param sequencesPerSecond by one thread that asks for batch after batch
     * @param prefetchedSequencesPerSecond by a thread that takes batches from the one that loads ahead
     * @param earlyBatchMicros the median time of the batch of step 1, asked for on its own
     * @param lateBatchMicros the same of step 1,000,000
     */
    public record Figures(
            long records,
            int sequenceLength,
            int batchSize,
            boolean dynamicMasking,
            double seconds,
            double sequencesPerSecond,
            double prefetchedSequencesPerSecond,
            double earlyBatchMicros,
            double lateBatchMicros) {}

    /**
     * Measures.
     *
     * @param data what the loader reads
     * @param batchSize the loader's
     * @param dynamicMasking whether it masks anew; told on, the loader knows it
     * @throws Failure (usage) unless the seconds are positive
     */
    public static Figures run(Loader loader, DataSet data, int batchSize, boolean dynamicMasking, double seconds) {
        if (!(seconds > 0)) {
            throw Failure.usage("--seconds is %s, expected more than 0", seconds);
        }
        long steps = steps(loader, 0, WARMUP_SHARE * seconds);
        long start = System.nanoTime();
        long timed = steps(loader, steps, seconds);
        double alone = timed / ((System.nanoTime() - start) * NANO);
        double prefetched;
        try (Prefetch ahead = loader.start(0)) {
            take(ahead, WARMUP_SHARE * seconds);
            start = System.nanoTime();
            timed = take(ahead, seconds);
            prefetched = timed / ((System.nanoTime() - start) * NANO);
        }
        double[] early = new double[RESUMPTIONS];
        double[] late = new double[RESUMPTIONS];
        for (int i = 0; i < RESUMPTIONS; i++) { // in turns, so that whatever slows the machine slows both
            early[i] = micros(loader, EARLY_STEP);
            late[i] = micros(loader, LATE_STEP);
        }
        return new Figures(data.size(), data.maxSeqLength(), batchSize, dynamicMasking, seconds, alone * batchSize,
                prefetched * batchSize, median(early), median(late));
    }

    /** Loads batches for so long; how many. */
    private static long steps(Loader loader, long first, double seconds) {
        long end = System.nanoTime() + (long) (seconds / NANO);
        long step = first;
        while (System.nanoTime() < end) {
            loader.batch(step++);
        }
        return step - first;
    }

    private static long take(Prefetch ahead, double seconds) {
        long end = System.nanoTime() + (long) (seconds / NANO);
        long taken = 0;
        while (System.nanoTime() < end) {
            ahead.next();
            taken++;
        }
        return taken;
    }

    private static double micros(Loader loader, long step) {
        long start = System.nanoTime();
        loader.batch(step);
        return (System.nanoTime() - start) * NANO * 1e6;
    }

    private static double median(double[] odd) {
        Arrays.sort(odd);
        return odd[odd.length / 2];
    }
}
