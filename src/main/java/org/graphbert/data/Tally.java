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
    long notNext;
    long forcedNotNext;
    long truncatedPairs;
    long shortTargetRecords;

    long predictions;
    long byMask;
    long atRandom;
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
        notNext += pair.notNext() ? 1 : 0;
        forcedNotNext += pair.forced() ? 1 : 0;
        truncatedPairs += pair.truncated() ? 1 : 0;
        shortTargetRecords += pair.shortTarget() ? 1 : 0;
        predictions += masked.positions().length;
        byMask += masked.byMask();
        atRandom += masked.atRandom();
        recordTokens += pair.length();
        lengths[pair.length()]++;
    }

    synchronized void add(Tally other) {
        documents += other.documents;
        sentences += other.sentences;
        tokens += other.tokens;
        unknownTokens += other.unknownTokens;
        skippedDocuments += other.skippedDocuments;
        records += other.records;
        notNext += other.notNext;
        forcedNotNext += other.forcedNotNext;
        truncatedPairs += other.truncatedPairs;
        shortTargetRecords += other.shortTargetRecords;
        predictions += other.predictions;
        byMask += other.byMask;
        atRandom += other.atRandom;
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
