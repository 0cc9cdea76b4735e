package org.graphbert.data;

import org.graphbert.config.Failure;

/**
 * How tokens are chosen for prediction.
 *
 * @param rate the share of a record's tokens (BERT: 0.15)
 * @param maxPredictions P, the most predictions a record has room for
 * @param wholeWord whether the pieces of a word are chosen together or not at all
 */
public record MaskOptions(double rate, int maxPredictions, boolean wholeWord) {

    private static final double RATE = 0.15;

    public MaskOptions {
        if (!(rate > 0 && rate < 1)) {
            throw Failure.usage("--mask-rate is %s, expected more than 0 and less than 1", rate);
        }
        if (maxPredictions < 1) {
            throw Failure.usage("--max-predictions-per-seq is %d, expected at least 1", maxPredictions);
        }
    }

    /** BERT's rate, with room for the predictions of a record of that length. */
    public static MaskOptions standard(int maxSeqLength) {
        return new MaskOptions(RATE, room(RATE, maxSeqLength), false);
    }

    /** The predictions that a full record calls for, rounded up: 20 at length 128, 77 at 512. */
    public static int room(double rate, int maxSeqLength) {
        return Math.max(1, (int) Math.ceil(rate * maxSeqLength));
    }
}
