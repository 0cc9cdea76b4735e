package org.graphbert.evaluate.score;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How well numbers were predicted.
 *
 * @param count how many
 * @param pearson their linear correlation, from -1 to 1; NaN where either side is all one number, or there are fewer than two
 * @param spearman the correlation of their ranks, ties having the mean of theirs; NaN where pearson's is
 * @param meanSquaredError NaN of none
 * @param meanAbsoluteError NaN of none
 */
public record CorrelationScores(
        long count, double pearson, double spearman, double meanSquaredError, double meanAbsoluteError) {

    /**
     * Of N predictions.
     *
     * @param gold [N] the numbers that are right
     * @param predicted [N]
     */
    public static CorrelationScores of(double[] gold, double[] predicted) {
        if (gold.length != predicted.length) {
            throw new IllegalArgumentException(predicted.length + " predictions of " + gold.length + " examples");
        }
        double[] errors = IntStream.range(0, gold.length).mapToDouble(i -> predicted[i] - gold[i]).toArray();
        return new CorrelationScores(
                gold.length,
                correlation(gold, predicted),
                correlation(ranks(gold), ranks(predicted)),
                Arrays.stream(errors).map(error -> error * error).average().orElse(Double.NaN),
                Arrays.stream(errors).map(Math::abs).average().orElse(Double.NaN));
    }

    /** By name, pearson's first. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("pearson", pearson);
        metrics.put("spearman", spearman);
        metrics.put("mean_squared_error", meanSquaredError);
        metrics.put("mean_absolute_error", meanAbsoluteError);
        return metrics;
    }

    private static double correlation(double[] x, double[] y) {
        if (x.length < 2) {
            return Double.NaN;
        }
        double[] a = direction(x);
        double[] b = direction(y);
        double r = IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
        return Math.max(-1, Math.min(1, r)); // rounding may lead beyond; NaN stays NaN
    }

    /** The distances from the mean, as a vector of length 1: NaN where all are the same. */
    private static double[] direction(double[] x) {
        if (Arrays.stream(x).distinct().count() < 2) {
            return Arrays.stream(x).map(value -> Double.NaN).toArray();
        }
        // Twice: of numbers that are near together and far from 0, what the first mean was rounded by would be seen.
        double[] distances = centred(centred(x));
        // Of the largest distance, so that no square is too large or too small for a number.
        double largest = Arrays.stream(distances).map(Math::abs).max().orElse(Double.NaN);
        double[] scaled = Arrays.stream(distances).map(value -> value / largest).toArray();
        double norm = Math.sqrt(Arrays.stream(scaled).map(value -> value * value).sum());
        return Arrays.stream(scaled).map(value -> value / norm).toArray();
    }

    private static double[] centred(double[] x) {
        double mean = Arrays.stream(x).average().orElse(Double.NaN);
        return Arrays.stream(x).map(value -> value - mean).toArray();
    }

    /** From 1; those of equal numbers are the mean of the places that they share. NaN has no rank, and then nothing has. */
    private static double[] ranks(double[] x) {
        if (Arrays.stream(x).anyMatch(Double::isNaN)) {
            return Arrays.stream(x).map(value -> Double.NaN).toArray();
        }
        int[] order = IntStream.range(0, x.length).boxed()
                .sorted(Comparator.comparingDouble(i -> x[i])).mapToInt(i -> i).toArray();
        double[] ranks = new double[x.length];
        for (int from = 0; from < order.length;) {
            int to = from + 1;
            while (to < order.length && x[order[to]] == x[order[from]]) {
                to++;
            }
            double mean = (from + 1 + to) / 2.0;
            for (int i = from; i < to; i++) {
                ranks[order[i]] = mean;
            }
            from = to;
        }
        return ranks;
    }
}
