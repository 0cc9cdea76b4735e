package org.graphbert.data;

import java.nio.file.Path;
import java.util.function.Consumer;

/** Checks what is in the frames of one shard, a stretch at a time; several threads may do so side by side. */
final class StretchCheck {

    private final String shard;
    private final String indexFile;
    private final OffsetIndex index;
    private final RecordRules rules;
    private final RecordCounts counts;
    private final Consumer<Violation> violations;

    /**
     * @param index of the shard, null where there is none
     * @param counts to which all records are added that can be read
     */
    StretchCheck(Path shard, OffsetIndex index, RecordRules rules, RecordCounts counts, Consumer<Violation> violations) {
        this.shard = shard.getFileName().toString();
        indexFile = ShardWriter.indexOf(shard).getFileName().toString();
        this.index = index;
        this.rules = rules;
        this.counts = counts;
        this.violations = violations;
    }

    /** Checks the records; returns how many of them cannot be counted. */
    int check(ShardCheck.Stretch stretch) {
        RecordCounts own = new RecordCounts(rules.maxSeqLength());
        int unread = 0;
        for (int i = 0; i < stretch.records(); i++) {
            Example example = example(stretch, i);
            if (example == null || example.inputIds().length != rules.maxSeqLength()) {
                unread++;
            } else {
                own.add(example);
            }
        }
        counts.add(own);
        return unread;
    }

    /** Checks one; null if it cannot be read. */
    private Example example(ShardCheck.Stretch stretch, int frame) {
        long record = stretch.record(frame);
        long offset = stretch.offset(frame);
        Rule rule = Rule.RECORD_DATA;
        String expected = "the checksum that stands behind the data";
        try {
            stretch.checkData(frame);
            rule = Rule.EXAMPLE;
            expected = "a tf.Example with BERT's features";
            Example example = stretch.example(frame);
            if (index != null && record < index.records() && index.tokens((int) record) != example.length()) {
                violations.accept(new Violation(indexFile, record, offset, Rule.INDEX, index.tokens((int) record) + " tokens",
                        String.valueOf(example.length())));
            }
            rules.check(example, (broken, found, right) ->
                    violations.accept(new Violation(shard, record, offset, broken, found, right)));
            return example;
        } catch (IllegalArgumentException e) {
            violations.accept(new Violation(shard, record, offset, rule, e.getMessage(), expected));
            return null;
        }
    }
}
