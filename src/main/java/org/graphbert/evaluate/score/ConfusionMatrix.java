package org.graphbert.evaluate.score;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How often which class was taken for which.
 *
 * @param labels K classes
 * @param counts [K][K], by the class that is right, then by the one predicted
 */
public record ConfusionMatrix(List<String> labels, long[][] counts) {

    public ConfusionMatrix {
        labels = List.copyOf(labels);
        int k = labels.size();
        if (counts.length != k || Arrays.stream(counts).anyMatch(row -> row.length != k)) {
            throw new IllegalArgumentException(counts.length + " rows, expected a square of " + k + " classes");
        }
        if (Arrays.stream(counts).flatMapToLong(Arrays::stream).anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("a count is negative");
        }
        counts = Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
    }

    /**
     * Counts predictions.
     *
     * @param gold [N] the classes that are right
     * @param predicted [N]
     */
    public static ConfusionMatrix of(int[] gold, int[] predicted, List<String> labels) {
        if (gold.length != predicted.length) {
            throw new IllegalArgumentException(predicted.length + " predictions of " + gold.length + " examples");
        }
        long[][] counts = new long[labels.size()][labels.size()];
        for (int i = 0; i < gold.length; i++) {
            counts[gold[i]][predicted[i]]++;
        }
        return new ConfusionMatrix(labels, counts);
    }

    /** How often the class is right. */
    public long gold(int k) {
        return Arrays.stream(counts[k]).sum();
    }

    /** How often the class was predicted. */
    public long predicted(int k) {
        return Arrays.stream(counts).mapToLong(row -> row[k]).sum();
    }

    /** How often the class was predicted and right. */
    public long correct(int k) {
        return counts[k][k];
    }

    /** All predictions. */
    public long total() {
        return IntStream.range(0, labels.size()).mapToLong(this::gold).sum();
    }

    /** All that are right. */
    public long correct() {
        return IntStream.range(0, labels.size()).mapToLong(this::correct).sum();
    }
}
