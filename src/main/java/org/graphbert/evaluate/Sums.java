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
 * @param pairs how many pair labels; 0 where records are one segment or the model has no pair head, and then the pair
 *     sums are 0 too
 * @param examples how many records
 * @param tokens how many positions that hold a token
 */
public record Sums(
        double maskedLmLoss,
        double maskedLmCorrect,
        double maskedLmWeight,
        double nextSentenceLoss,
        double nextSentenceCorrect,
        long pairs,
        long examples,
        long tokens) {

    /** The reference adds this to the sum of the weights, so that an empty one divides (run_pretraining.py). */
    public static final double WEIGHT_EPSILON = 1e-5;

    public static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0, 0);

    /** Asks a run for the sums of its batch, as its first two results, or four where the model has a pair head. */
    public static Session.Runner request(Session.Runner runner, Losses losses) {
        runner.fetch(losses.maskedLmLoss()).fetch(losses.maskedLmCorrect());
        return losses.paired() ? runner.fetch(losses.nextSentenceLoss()).fetch(losses.nextSentenceCorrect()) : runner;
    }

    /** The sums that {@link #request} asked for; pair labels that the model has no head for do not count. */
    public static Sums of(Batch batch, Losses losses, Result result) {
        boolean paired = batch.paired() && losses.paired();
        return new Sums(
                number(result, 0),
                number(result, 1),
                batch.weight(),
                paired ? number(result, 2) : 0,
                paired ? number(result, 3) : 0,
                paired ? batch.pairs() : 0,
                batch.examples(),
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
                pairs + other.pairs,
                examples + other.examples,
                tokens + other.tokens);
    }

    /** The means over everything summed. */
    public Metrics metrics() {
        double weight = maskedLmWeight + WEIGHT_EPSILON;
        return new Metrics(
                maskedLmLoss / weight,
                maskedLmCorrect / weight,
                pairs == 0 ? null : nextSentenceLoss / pairs,
                pairs == 0 ? null : nextSentenceCorrect / pairs);
    }

    public boolean finite() {
        return Double.isFinite(maskedLmLoss) && Double.isFinite(nextSentenceLoss);
    }
}
