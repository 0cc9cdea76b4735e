package org.graphbert.evaluate;

import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.graphbert.config.Batch;
import org.graphbert.config.Progress;

/**
 * A model's figures on a data set: losses in nats, accuracies from 0 to 1.
 *
 * @param perplexity e to the masked-LM loss
 * @param unigramCrossEntropy of the same masked tokens under their frequency in the training corpus; null if the data set
 *     has no counts
 * @param nextSentenceLoss null, as its accuracy, where records are one segment without a pair label or the
 *     model has no pair head
 * @param examples how many records
 * @param predictions how many masked tokens
 */
public record Evaluation(
        double maskedLmLoss,
        double maskedLmAccuracy,
        double perplexity,
        Double unigramCrossEntropy,
        Double nextSentenceLoss,
        Double nextSentenceAccuracy,
        long examples,
        long predictions) {

    /**
     * Evaluates batches.
     *
     * @param batches each record once
     * @param total how many records these are, for the progress
     * @param maxBatches stops after so many, if given
     */
    public static Evaluation of(
            Iterator<Batch> batches,
            long total,
            Integer maxBatches,
            Optional<Unigram> unigram,
            Function<Batch, Sums> model,
            Progress progress) {
        Sums sums = Sums.NONE;
        double unigramSum = 0;
        progress.start("evaluating", total, "examples");
        for (int i = 0; batches.hasNext() && (maxBatches == null || i < maxBatches); i++) {
            Batch batch = batches.next();
            sums = sums.plus(model.apply(batch));
            unigramSum += unigram.map(u -> u.crossEntropySum(batch)).orElse(0.0);
            progress.at(sums.examples(), "");
        }
        progress.done();
        Metrics metrics = sums.metrics();
        double weight = sums.maskedLmWeight() + Sums.WEIGHT_EPSILON;
        return new Evaluation(
                metrics.maskedLmLoss(),
                metrics.maskedLmAccuracy(),
                Math.exp(metrics.maskedLmLoss()),
                unigram.isPresent() ? unigramSum / weight : null,
                metrics.nextSentenceLoss(),
                metrics.nextSentenceAccuracy(),
                sums.examples(),
                Math.round(sums.maskedLmWeight()));
    }

    /** The means alone. */
    public Metrics metrics() {
        return new Metrics(maskedLmLoss, maskedLmAccuracy, nextSentenceLoss, nextSentenceAccuracy);
    }
}
