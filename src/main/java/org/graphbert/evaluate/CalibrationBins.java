package org.graphbert.evaluate;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a model's probabilities are to be believed: its answers by how probable it called them, in ten bins of equal width
 * (Guo et al. 2017, On Calibration of Modern Neural Networks, 2).
 */
public final class CalibrationBins {

    private static final int BINS = 10;

    private final long[] counts = new long[BINS];
    private final double[] confidences = new double[BINS];
    private final long[] hits = new long[BINS];

    /**
     * A bin that holds something.
     *
     * @param from the least confidence of the bin
     * @param to the bin's end, which belongs to the next one, but for 1
     * @param count how many answers
     * @param confidence their mean probability
     * @param accuracy the share of them that are right
     */
    public record Bin(double from, double to, long count, double confidence, double accuracy) {}

    /**
     * What came of it.
     *
     * @param expectedError the expected calibration error: the mean over all answers of |accuracy − confidence| of their bin
     * @param bins those that hold something
     */
    public record Calibration(@JsonProperty("expected_calibration_error") double expectedError, List<Bin> bins) {

        public Calibration {
            bins = List.copyOf(bins);
        }
    }

    /**
     * One more answer.
     *
     * @param confidence the probability that the model gave it
     */
    public void add(double confidence, boolean right) {
        int bin = Math.min(BINS - 1, Math.max(0, (int) (confidence * BINS))); // what is not a number falls into the first
        counts[bin]++;
        confidences[bin] += confidence;
        hits[bin] += right ? 1 : 0;
    }

    /** Of the answers so far; an error of 0 where there are none. */
    public Calibration result() {
        List<Bin> bins = new ArrayList<>();
        double error = 0;
        long total = 0;
        for (int i = 0; i < BINS; i++) {
            if (counts[i] > 0) {
                bins.add(new Bin((double) i / BINS, (i + 1.0) / BINS, counts[i], confidences[i] / counts[i],
                        (double) hits[i] / counts[i]));
                error += Math.abs(hits[i] - confidences[i]);
                total += counts[i];
            }
        }
        return new Calibration(total == 0 ? 0 : error / total, bins);
    }
}
