package org.graphbert.data;

import org.graphbert.config.Failure;

/**
 * How sentence pairs are made; names and defaults are those of google-research/bert's create_pretraining_data.py.
 *
 * @param maxSeqLength S, with [CLS] and every [SEP]
 * @param shortSeqProb the share of documents that are cut into pairs of a random, shorter target length
 * @param task what the pair head learns
 * @param positiveRatio NSP: the probability of the actual next sentences where a chunk offers them (the reference: 0.5);
 *     a chunk of one sentence always gets random ones, so the share of IsNext ends below this. SOP: of the right order
 * @param negatives NSP: where random next sentences come from
 * @param balance NSP: whether the share of IsNext over all records is brought to {@code positiveRatio}
 * @param acrossDocuments none: whether a record goes on into the next document
 */
public record PairOptions(
        int maxSeqLength,
        double shortSeqProb,
        PairTask task,
        double positiveRatio,
        Negatives negatives,
        boolean balance,
        boolean acrossDocuments) {

    /** [CLS], [SEP], [SEP]. */
    static final int SPECIALS = 3;

    private static final int SHORTEST = 8;
    private static final int LONGEST = 1 << 16;

    private static final double POSITIVE_RATIO = 0.5;

    public static final PairOptions DEFAULT = nextSentence(128, 0.1, POSITIVE_RATIO);

    public PairOptions {
        if (maxSeqLength < SHORTEST || maxSeqLength > LONGEST) {
            throw Failure.usage("--max-seq-length is %d, expected %d to %d", maxSeqLength, SHORTEST, LONGEST);
        }
        probability("--short-seq-prob", shortSeqProb);
        probability("--positive-ratio", positiveRatio);
        if (balance && task != PairTask.NSP) {
            throw Failure.usage("--balance and --pairs %s contradict each other: it corrects the share of IsNext, which only "
                    + "--pairs nsp has; leave it out", task);
        }
        if (negatives != Negatives.RANDOM && task != PairTask.NSP) {
            throw Failure.usage("--negatives %s and --pairs %s contradict each other: only --pairs nsp draws next sentences; "
                    + "leave it out", negatives, task);
        }
        if (acrossDocuments && task != PairTask.NONE) {
            throw Failure.usage("--across-documents and --pairs %s contradict each other: pairs are of one document; leave it "
                    + "out, or take --pairs none", task);
        }
        if (task == PairTask.NONE && positiveRatio != POSITIVE_RATIO) {
            throw Failure.usage("--positive-ratio %s and --pairs none contradict each other: there are no labels; leave it out",
                    positiveRatio);
        }
    }

    /** The reference's pairs. */
    public static PairOptions nextSentence(int maxSeqLength, double shortSeqProb, double positiveRatio) {
        return new PairOptions(
                maxSeqLength, shortSeqProb, PairTask.NSP, positiveRatio, Negatives.RANDOM, false, false);
    }

    /** Another task with the reference's lengths and shares. */
    public static PairOptions of(PairTask task, int maxSeqLength, double shortSeqProb) {
        return new PairOptions(maxSeqLength, shortSeqProb, task, POSITIVE_RATIO, Negatives.RANDOM, false, false);
    }

    /** The most tokens of text that a record has room for, beside [CLS] and [SEP]. */
    int mostTokens() {
        return maxSeqLength - (task == PairTask.NONE ? Pair.SINGLE_SPECIALS : SPECIALS);
    }

    /** The same for records of another length. */
    public PairOptions withMaxSeqLength(int length) {
        return new PairOptions(length, shortSeqProb, task, positiveRatio, negatives, balance, acrossDocuments);
    }

    static void probability(String option, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw Failure.usage("%s is %s, expected 0 to 1", option, value);
        }
    }
}
