package org.graphbert.data;

import org.graphbert.config.Failure;

/**
 * How sentence pairs are made; names and defaults are those of google-research/bert's create_pretraining_data.py.
 *
 * @param maxSeqLength S, with [CLS] and both [SEP]
 * @param shortSeqProb the share of documents that are cut into pairs of a random, shorter target length
 * @param positiveRatio the probability of the actual next sentences where a chunk offers them (the reference: 0.5);
 *     a chunk of one sentence always gets random ones, so the share of IsNext ends below this
 */
public record PairOptions(int maxSeqLength, double shortSeqProb, double positiveRatio) {

    /** [CLS], [SEP], [SEP]. */
    static final int SPECIALS = 3;

    private static final int SHORTEST = 8;
    private static final int LONGEST = 1 << 16;

    public static final PairOptions DEFAULT = new PairOptions(128, 0.1, 0.5);

    public PairOptions {
        if (maxSeqLength < SHORTEST || maxSeqLength > LONGEST) {
            throw Failure.usage("--max-seq-length is %d, expected %d to %d", maxSeqLength, SHORTEST, LONGEST);
        }
        probability("--short-seq-prob", shortSeqProb);
        probability("--positive-ratio", positiveRatio);
    }

    static void probability(String option, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw Failure.usage("%s is %s, expected 0 to 1", option, value);
        }
    }
}
