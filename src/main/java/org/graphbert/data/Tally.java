package org.graphbert.data;

/** Counts of one data set, added up block by block. Sums commute, so the order of the blocks does not matter. */
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
        lengths = new long[maxSeqLength + 1];
        unigrams = new long[vocabularySize];
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
        for (int i = 0; i < sums.length; i++) {
            sums[i] += more[i];
        }
    }
}
