package org.graphbert.evaluate;

import org.graphbert.config.Batch;
import org.graphbert.graph.Losses;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

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

    /** Asks a run for the sums of its batch, as its first four results. */
    public static Session.Runner request(Session.Runner runner, Losses losses) {
        return runner.fetch(losses.maskedLmLoss())
                .fetch(losses.maskedLmCorrect())
                .fetch(losses.nextSentenceLoss())
                .fetch(losses.nextSentenceCorrect());
    }

    /** The sums that {@link #request} asked for. */
    public static Sums of(Batch batch, Result result) {
        return new Sums(
                number(result, 0),
                number(result, 1),
                batch.weight(),
                number(result, 2),
                number(result, 3),
                batch.size(),
                batch.tokens());
    }

    private static double number(Result result, int index) {
        return ((TFloat32) result.get(index)).getFloat();
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
