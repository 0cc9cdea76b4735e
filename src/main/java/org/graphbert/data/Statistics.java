package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.List;

/** The counts and shares of a data set, as its manifest states them. */
@JsonPropertyOrder({"corpus", "pairs", "masks", "lengths"})
public record Statistics(Corpus corpus, Pairing pairs, Masks masks, Lengths lengths) {

    /**
     * @param skippedDocuments documents without tokens, or without another document in their block
     * @param unknownTokens how many of the tokens are [UNK]
     */
    public record Corpus(long documents, long skippedDocuments, long sentences, long tokens, long unknownTokens) {}

    /**
     * @param notNextShare of the records
     * @param forcedNotNext records with random next sentences because the chunk had only one sentence
     * @param truncated pairs that lost tokens to fit
     * @param shortTarget records from documents that were cut for a shorter target length
     */
    public record Pairing(
            long records, long notNext, double notNextShare, long forcedNotNext, long truncated, long shortTarget) {}

    /**
     * @param selectedShare of the records' tokens, [CLS] and [SEP] included, as the rate is meant
     * @param maskShare of the selected, replaced by [MASK]
     * @param randomShare of the selected, replaced at random
     * @param keptShare of the selected, left as they are
     */
    public record Masks(long selected, double selectedShare, double maskShare, double randomShare, double keptShare) {}

    /**
     * @param mean tokens in a record
     * @param paddingShare of all positions
     * @param histogram records by length
     */
    public record Lengths(double mean, double paddingShare, List<Bin> histogram) {}

    /** Records with least to most tokens, both inclusive. */
    public record Bin(int least, int most, long records) {}

    private static final int BINS = 16;

    static Statistics of(Tally tally) {
        int maxSeqLength = tally.lengths.length - 1;
        long kept = tally.predictions - tally.byMask - tally.atRandom;
        return new Statistics(
                new Corpus(tally.documents, tally.skippedDocuments, tally.sentences, tally.tokens, tally.unknownTokens),
                new Pairing(tally.records, tally.notNext, share(tally.notNext, tally.records), tally.forcedNotNext,
                        tally.truncatedPairs, tally.shortTargetRecords),
                new Masks(tally.predictions, share(tally.predictions, tally.recordTokens),
                        share(tally.byMask, tally.predictions), share(tally.atRandom, tally.predictions),
                        share(kept, tally.predictions)),
                new Lengths(share(tally.recordTokens, tally.records),
                        padding(tally.recordTokens, tally.records * maxSeqLength), histogram(tally.lengths)));
    }

    /** Counts by length 0..S in up to sixteen bins of equal width. */
    static List<Bin> histogram(long[] lengths) {
        int maxSeqLength = lengths.length - 1;
        int width = Math.max(1, (maxSeqLength + BINS - 1) / BINS);
        List<Bin> bins = new ArrayList<>();
        for (int least = 1; least <= maxSeqLength; least += width) {
            int most = Math.min(maxSeqLength, least + width - 1);
            long records = 0;
            for (int length = least; length <= most; length++) {
                records += lengths[length];
            }
            bins.add(new Bin(least, most, records));
        }
        return bins;
    }

    /** The share of positions that hold no token. */
    static double padding(long tokens, long positions) {
        return share(positions - tokens, positions);
    }

    /** Rounded to six digits: enough to read, and no digits of noise in the manifest. */
    static double share(long part, long whole) {
        return whole == 0 ? 0 : Math.rint(1e6 * part / whole) / 1e6;
    }
}
