package org.graphbert.data;

import org.graphbert.config.Failure;

/**
 * How tokens are chosen for prediction, and what becomes of them.
 *
 * @param rate the share of a record's tokens (BERT: 0.15)
 * @param maxPredictions P, the most predictions a record has room for
 * @param unit what is chosen together
 * @param maskShare of the chosen, replaced by [MASK] (BERT: 0.8)
 * @param randomShare of the chosen, replaced by a random token (BERT: 0.1); the others stay
 * @param randomSpecial whether the random token may be a special one, as in the reference
 */
public record MaskOptions(
        double rate, int maxPredictions, MaskUnit unit, double maskShare, double randomShare, boolean randomSpecial) {

    private static final double RATE = 0.15;
    private static final double MASK_SHARE = 0.8;
    private static final double RANDOM_SHARE = 0.1;

    public MaskOptions {
        if (!(rate > 0 && rate < 1)) {
            throw Failure.usage("--mask-rate is %s, expected more than 0 and less than 1", rate);
        }
        if (maxPredictions < 1) {
            throw Failure.usage("--max-predictions-per-seq is %d, expected at least 1", maxPredictions);
        }
        PairOptions.probability("--mask-share", maskShare);
        PairOptions.probability("--random-share", randomShare);
        if (maskShare + randomShare > 1) {
            throw Failure.usage("--mask-share %s and --random-share %s are more than 1 together", maskShare, randomShare);
        }
    }

    /** BERT's 80% [MASK], 10% random, 10% kept. */
    public static MaskOptions of(double rate, int maxPredictions, MaskUnit unit) {
        return new MaskOptions(rate, maxPredictions, unit, MASK_SHARE, RANDOM_SHARE, true);
    }

    /** BERT's rate, with room for the predictions of a record of that length. */
    public static MaskOptions standard(int maxSeqLength) {
        return of(RATE, room(RATE, maxSeqLength), MaskUnit.TOKEN);
    }

    /** The same with another room. */
    public MaskOptions withMaxPredictions(int predictions) {
        return new MaskOptions(rate, predictions, unit, maskShare, randomShare, randomSpecial);
    }

    /** How many predictions a record of so many tokens calls for; it may get fewer, never more. */
    public int wanted(int tokens) {
        return Math.min(maxPredictions, Math.max(1, (int) Math.rint(tokens * rate)));
    }

    /** The predictions that a full record calls for, rounded up: 20 at length 128, 77 at 512. */
    public static int room(double rate, int maxSeqLength) {
        return Math.max(1, (int) Math.ceil(rate * maxSeqLength));
    }
}
