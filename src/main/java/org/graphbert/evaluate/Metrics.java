package org.graphbert.evaluate;

import java.util.Locale;

/**
 * Mean losses in nats and accuracies from 0 to 1.
 *
 * @param maskedLmLoss mean over the predictions
 * @param nextSentenceLoss mean over the pairs; null, as its accuracy, where records are one segment without a pair label or the
 *     model has no pair head
 */
public record Metrics(
        double maskedLmLoss, double maskedLmAccuracy, Double nextSentenceLoss, Double nextSentenceAccuracy) {

    /** The joint loss. */
    public double loss() {
        return nextSentenceLoss == null ? maskedLmLoss : maskedLmLoss + nextSentenceLoss;
    }

    /**
     * The pair head's figures as text, nothing where there are none.
     *
     * @param format of the task, the loss, the accuracy as a share, and in percent
     * @param task what the head learns, e.g. next sentence
     */
    public String pairs(String format, String task) {
        return nextSentenceLoss == null
                ? ""
                : String.format(
                        Locale.ROOT, format, task, nextSentenceLoss, nextSentenceAccuracy, 100 * nextSentenceAccuracy);
    }
}
