package org.graphbert.evaluate;

import org.graphbert.config.Batch;

/**
 * The distribution of tokens in the training corpus, one added to each count: what a model reaches on masked tokens that
 * knows how frequent they are and nothing of their context.
 */
public final class Unigram {

    private final double[] negativeLog;

    /**
     * The distribution of these counts.
     *
     * @param counts for each id
     */
    public Unigram(long[] counts) {
        double total = counts.length;
        for (long count : counts) {
            total += count;
        }
        negativeLog = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
            negativeLog[i] = -Math.log((counts[i] + 1) / total);
        }
    }

    /** Σ weight · −ln p(original token) over a batch's predictions. */
    public double crossEntropySum(Batch batch) {
        double sum = 0;
        for (int i = 0; i < batch.maskedLmIds().length; i++) {
            if (batch.maskedLmWeights()[i] > 0) {
                sum += batch.maskedLmWeights()[i] * negativeLog[batch.maskedLmIds()[i]];
            }
        }
        return sum;
    }
}
