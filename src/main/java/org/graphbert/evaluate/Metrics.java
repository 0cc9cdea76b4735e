package org.graphbert.evaluate;

/**
 * Mean losses in nats and accuracies from 0 to 1.
 *
 * @param maskedLmLoss mean over the predictions
 * @param nextSentenceLoss mean over the pairs
 */
public record Metrics(
        double maskedLmLoss, double maskedLmAccuracy, double nextSentenceLoss, double nextSentenceAccuracy) {

    /** The joint loss. */
    public double loss() {
        return maskedLmLoss + nextSentenceLoss;
    }
}
