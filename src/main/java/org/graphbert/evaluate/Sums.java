package org.graphbert.evaluate;

import org.graphbert.config.Batch;

/**
 * Losses and hits summed over examples, from which the means are taken at the end.
 *
 * @param maskedLmWeight how many predictions
 * @param examples how many pairs
 * @param tokens how many positions that hold a token
 */
public record Sums(
        double maskedLmLoss,
        double maskedLmCorrect,
        double maskedLmWeight,
        double nextSentenceLoss,
        double nextSentenceCorrect,
        long examples,
        long tokens) {

    /** The reference adds this to the sum of the weights, so that an empty one divides (run_pretraining.py). */
    public static final double WEIGHT_EPSILON = 1e-5;

    public static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0);

    /** One batch's sums, in the order of {@link org.graphbert.graph.Losses}. */
    public static Sums of(Batch batch, float mlmLoss, float mlmCorrect, float nspLoss, float nspCorrect) {
        return new Sums(mlmLoss, mlmCorrect, batch.weight(), nspLoss, nspCorrect, batch.size(), batch.tokens());
    }

    public Sums plus(Sums other) {
        return new Sums(
                maskedLmLoss + other.maskedLmLoss,
                maskedLmCorrect + other.maskedLmCorrect,
                maskedLmWeight + other.maskedLmWeight,
                nextSentenceLoss + other.nextSentenceLoss,
                nextSentenceCorrect + other.nextSentenceCorrect,
                examples + other.examples,
                tokens + other.tokens);
    }

    /** The means over everything summed. */
    public Metrics metrics() {
        double weight = maskedLmWeight + WEIGHT_EPSILON;
        double pairs = Math.max(1, examples);
        return new Metrics(
                maskedLmLoss / weight,
                maskedLmCorrect / weight,
                nextSentenceLoss / pairs,
                nextSentenceCorrect / pairs);
    }

    public boolean finite() {
        return Double.isFinite(maskedLmLoss) && Double.isFinite(nextSentenceLoss);
    }
}
