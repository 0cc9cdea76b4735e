package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.graphbert.corpus.DocumentCounts;

/** The counts and shares of a data set, as its manifest states them. */
@JsonPropertyOrder({"corpus", "pairs", "masks", "lengths"})
public record Statistics(Corpus corpus, Pairing pairs, Masks masks, Lengths lengths) {

    /**
     * @param skippedDocuments documents without tokens, or without another document in their block
     * @param unknownTokens how many of the tokens are [UNK]
     * @param leftOut of the whole corpus, before it was parted; left out of the manifest where nothing was
     */
    public record Corpus(
            long documents,
            long skippedDocuments,
            long sentences,
            long tokens,
            long unknownTokens,
            @JsonInclude(JsonInclude.Include.NON_NULL) LeftOut leftOut) {}

    /** Documents that are in no part: repeated, too short, without text; and how many were cut into pieces. */
    public record LeftOut(long duplicates, long tooShort, long empty, long cut) {

        private static LeftOut of(DocumentCounts counts) {
            LeftOut found = new LeftOut(counts.duplicates(), counts.tooShort(), counts.empty(), counts.cut());
            return found.equals(new LeftOut(0, 0, 0, 0)) ? null : found;
        }
    }

    /**
     * @param labels how often each label of the task, IsNext and NotNext or InOrder and Swapped; empty for single texts
     * @param forcedNotNext records with random next sentences because the chunk had only one sentence
     * @param fallbackNegatives records with next sentences of another document because their own is too short
     * @param halvedSentences sentence-order records of a single sentence, cut in two
     * @param passedOverSentences sentences of one token, which cannot be
     * @param cutSentences single texts that end within a sentence, which goes on in the next record
     * @param truncated pairs that lost tokens to fit
     * @param shortTarget records from documents that were cut for a shorter target length
     */
    public record Pairing(
            PairTask task,
            long records,
            Map<String, Share> labels,
            long forcedNotNext,
            long fallbackNegatives,
            long halvedSentences,
            long passedOverSentences,
            long cutSentences,
            long truncated,
            long shortTarget) {

        private static Pairing of(Tally tally, PairTask task) {
            Map<String, Share> labels = new LinkedHashMap<>();
            for (int label = 0; label < task.labels().size(); label++) {
                labels.put(task.labels().get(label), Share.of(tally.labels[label], tally.records));
            }
            return new Pairing(task, tally.records, labels, tally.marks(Pair.Mark.FORCED), tally.marks(Pair.Mark.FALLBACK),
                    tally.marks(Pair.Mark.HALVED), tally.passedOver, tally.marks(Pair.Mark.CUT),
                    tally.marks(Pair.Mark.TRUNCATED), tally.marks(Pair.Mark.SHORT_TARGET));
        }

        /** The share of a label's records, 0 where the task has no such label. */
        double share(int label) {
            return label < task.labels().size() ? labels.get(task.labels().get(label)).share() : 0;
        }

        /** The beginning of a line for the user, with a comma behind it: the second label's share; nothing without labels. */
        String text() {
            return switch (task) {
                case NSP -> String.format("NotNext %.1f%% (%.1f%% for want of a next sentence%s), ", 100 * share(1),
                        100 * Statistics.share(forcedNotNext, records),
                        fallbackNegatives == 0 ? "" : String.format("; %.1f%% from another document, their own being too short",
                                100 * Statistics.share(fallbackNegatives, records)));
                case SOP -> String.format("swapped %.1f%% (%.1f%% halves of one sentence), ", 100 * share(1),
                        100 * Statistics.share(halvedSentences, records));
                case NONE -> "";
            };
        }
    }

    /** A number of them, and which part that is of all. */
    public record Share(long count, double share) {

        static Share of(long count, long all) {
            return new Share(count, Statistics.share(count, all));
        }
    }

    /**
     * @param selectedShare of the records' tokens, [CLS] and [SEP] included, as the rate is meant
     * @param maskShare of the selected, replaced by [MASK]
     * @param randomShare of the selected, replaced at random
     * @param keptShare of the selected, left as they are
     * @param spans spans by their number of words; left out of the manifest for other units of masking
     */
    public record Masks(
            long selected,
            double selectedShare,
            double maskShare,
            double randomShare,
            double keptShare,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<Integer, Share> spans) {

        public Masks {
            spans = spans == null ? Map.of() : spans;
        }

        private static Masks of(Tally tally) {
            long kept = tally.predictions - tally.byMask - tally.atRandom;
            long all = Arrays.stream(tally.spans).sum();
            Map<Integer, Share> spans = new TreeMap<>();
            for (int words = 1; all > 0 && words < tally.spans.length; words++) {
                spans.put(words, Share.of(tally.spans[words], all));
            }
            return new Masks(tally.predictions, share(tally.predictions, tally.recordTokens),
                    share(tally.byMask, tally.predictions), share(tally.atRandom, tally.predictions),
                    share(kept, tally.predictions), spans);
        }

        /** The end of a line for the user; empty for other units than spans. */
        String spansText() {
            return spans.isEmpty() ? "" : spans.entrySet().stream()
                    .map(entry -> String.format("%d: %.1f%%", entry.getKey(), 100 * entry.getValue().share()))
                    .collect(Collectors.joining(", ", "; spans by words ", ""));
        }
    }

    /**
     * @param mean tokens in a record
     * @param paddingShare of all positions
     * @param histogram records by length
     */
    public record Lengths(double mean, double paddingShare, List<Bin> histogram) {}

    /** Records with least to most tokens, both inclusive. */
    public record Bin(int least, int most, long records) {}

    private static final int BINS = 16;

    static Statistics of(Tally tally, PairTask task, DocumentCounts counts) {
        int maxSeqLength = tally.lengths.length - 1;
        return new Statistics(
                new Corpus(tally.documents, tally.skippedDocuments, tally.sentences, tally.tokens, tally.unknownTokens,
                        LeftOut.of(counts)),
                Pairing.of(tally, task), Masks.of(tally),
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
