package org.graphbert.data;

import java.util.ArrayList;
import java.util.List;

/** Says to the user what a {@link Verification} compares. */
final class Checked {

    private Checked() {}

    /**
     * A line for each kind of thing.
     *
     * @param withManifest whether there is one to compare with
     * @param indexed whether there is an offsets index
     * @param withTokenizer whether the ids of the special tokens are its own
     */
    static List<String> lines(RecordRules rules, boolean withManifest, boolean indexed, boolean withTokenizer) {
        List<String> lines = new ArrayList<>();
        if (withManifest) {
            lines.add("files: sizes, SHA-256 and numbers of records as in the manifest, those beside the records too, the manifest by its own checksum");
        }
        if (indexed) {
            lines.add("index: each record's place and length");
        }
        lines.add(String.format("records: both checksums of each, %d positions, %d predictions, token ids %s", rules.maxSeqLength(),
                rules.maxPredictions(), rules.vocabularySize() < Integer.MAX_VALUE
                        ? String.format("less than %,d", rules.vocabularySize()) : "not negative"));
        lines.add("tokens: " + (rules.task() == PairTask.NONE
                ? "[CLS] … [SEP] in segment 0" : "[CLS] … [SEP] … [SEP], segment 0 to the first [SEP], then 1") + ", zeros behind");
        lines.add("predictions: positions ascending and inside, never [CLS] or [SEP], weights 1 then 0"
                + (rules.mask().isPresent() ? ", [MASK] at chosen positions only" : ""));
        if (withManifest) {
            lines.add("statistics: the manifest's counts, shares and lengths; unigram_counts.txt; the tokenizer");
        }
        if (!withTokenizer) {
            lines.add(String.format("taken from the first records: [CLS] is %d, [SEP] is %d, %s", rules.cls(), rules.sep(),
                    rules.mask().map(id -> "[MASK] is " + id).orElse("[MASK] is not known")));
        }
        return lines;
    }
}
