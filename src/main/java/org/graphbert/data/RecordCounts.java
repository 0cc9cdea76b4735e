package org.graphbert.data;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a number of records hold, added up; sums commute, so their order does not matter. */
final class RecordCounts {

    /** Records by length, S + 1 entries. */
    private final long[] lengths;
    private final ReplacementCounts replacements = new ReplacementCounts();
    private long records;
    private long tokens;
    /** Those with label 1. */
    private long positives;

    RecordCounts(int maxSeqLength) {
        lengths = new long[maxSeqLength + 1];
    }

    void add(Example example) {
        int length = example.length();
        records++;
        tokens += length;
        lengths[length]++;
        positives += example.nextSentenceLabel();
        replacements.add(example);
    }

    synchronized void add(RecordCounts other) {
        records += other.records;
        tokens += other.tokens;
        positives += other.positives;
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] += other.lengths[i];
        }
        replacements.add(other.replacements);
    }

    long records() {
        return records;
    }

    /** [CLS] and [SEP] included. */
    long tokens() {
        return tokens;
    }

    /** How many have each label of the task, by its name. */
    Map<String, Statistics.Share> labels(PairTask task) {
        long[] counts = {records - positives, positives};
        Map<String, Statistics.Share> shares = new LinkedHashMap<>();
        for (int label = 0; label < task.labels().size(); label++) {
            shares.put(task.labels().get(label), Statistics.Share.of(counts[label], records));
        }
        return shares;
    }

    long[] lengths() {
        return lengths;
    }

    ReplacementCounts replacements() {
        return replacements;
    }
}
