package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Counts of one data set, added up block by block. Sums commute, so the order of the blocks does not matter. As JSON it
 * has every field, for {@link SavedState}.
 */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY, getterVisibility = JsonAutoDetect.Visibility.NONE)
final class Tally {

    long documents;
    long sentences;
    long tokens;
    long unknownTokens;
    /** Documents without tokens, or alone with tokens in their block. */
    long skippedDocuments;

    long records;
    /** Records by label. */
    final long[] labels = new long[2];
    /** Records by {@link Pair.Mark}. */
    final long[] marks = new long[Pair.Mark.values().length];
    /** Sentences that no pair can be made of. */
    long passedOver;

    long predictions;
    long byMask;
    long atRandom;
    /** Spans chosen for prediction, by their number of words; nothing at 0. */
    final long[] spans = new long[Spans.MOST_WORDS + 1];
    /** Tokens in the records, [CLS] and [SEP] included. */
    long recordTokens;

    /** Records by length, S + 1 entries. */
    final long[] lengths;
    /** Occurrences in the corpus by token id, V entries; special tokens are not counted. */
    final long[] unigrams;

    Tally(int maxSeqLength, int vocabularySize) {
        this(new long[maxSeqLength + 1], new long[vocabularySize]);
    }

    @JsonCreator
    private Tally(@JsonProperty("lengths") long[] lengths, @JsonProperty("unigrams") long[] unigrams) {
        this.lengths = lengths;
        this.unigrams = unigrams;
    }

    /** For documents and their tokens only. */
    static Tally ofCorpus(int vocabularySize) {
        return new Tally(0, vocabularySize);
    }

    void record(Pair pair, Masked masked) {
        records++;
        labels[pair.label()]++;
        for (Pair.Mark mark : pair.marks()) {
            marks[mark.ordinal()]++;
        }
        predictions += masked.positions().length;
        byMask += masked.byMask();
        atRandom += masked.atRandom();
        for (int words : masked.spans()) {
            spans[words]++;
        }
        recordTokens += pair.length();
        lengths[pair.length()]++;
    }

    long marks(Pair.Mark mark) {
        return marks[mark.ordinal()];
    }

    synchronized void add(Tally other) {
        documents += other.documents;
        sentences += other.sentences;
        tokens += other.tokens;
        unknownTokens += other.unknownTokens;
        skippedDocuments += other.skippedDocuments;
        records += other.records;
        add(labels, other.labels);
        add(marks, other.marks);
        passedOver += other.passedOver;
        predictions += other.predictions;
        byMask += other.byMask;
        atRandom += other.atRandom;
        add(spans, other.spans);
        recordTokens += other.recordTokens;
        add(lengths, other.lengths);
        add(unigrams, other.unigrams);
    }

    private static void add(long[] sums, long[] more) {
        for (int i = 0; i < more.length; i++) { // those of a part of the counts may have none
            sums[i] += more[i];
        }
    }
}
