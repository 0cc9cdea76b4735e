package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@link Verification} found.
 *
 * @param path as it was given
 * @param files of records
 * @param records that could be read
 * @param bytes of the records' files, unpacked
 * @param checked what was compared with what, a line each
 * @param violationCount in all
 * @param violationsByRule how many of each; rules that hold are left out
 * @param violations the first of them
 */
@JsonPropertyOrder({"kind", "path", "valid"})
public record VerificationReport(
        String path,
        int files,
        long records,
        long bytes,
        double seconds,
        double megabytesPerSecond,
        List<String> checked,
        long violationCount,
        Map<Rule, Long> violationsByRule,
        List<Violation> violations) {

    private static final double MB = 1e6;

    static VerificationReport of(String path, boolean withManifest, boolean withTokenizer, RecordRules rules, int files,
            RecordCounts counts, long bytes, double seconds, Violations violations) {
        List<String> checked = new ArrayList<>();
        if (withManifest) {
            checked.add("files: sizes, SHA-256 and numbers of records as in the manifest, the manifest by its own checksum");
            checked.add("index: each record's place and length");
        }
        checked.add("records: both checksums of each, " + rules.maxSeqLength() + " positions, " + rules.maxPredictions()
                + " predictions, token ids "
                + (rules.vocabularySize() < Integer.MAX_VALUE ? String.format("less than %,d", rules.vocabularySize()) : "not negative"));
        checked.add("tokens: " + (rules.task() == PairTask.NONE
                ? "[CLS] … [SEP] as one segment" : "[CLS] … [SEP] … [SEP], segment 0 to the first [SEP], then 1") + ", zeros behind");
        checked.add("predictions: positions ascending and inside, never [CLS] or [SEP], weights 1 then 0"
                + (rules.mask().isPresent() ? ", [MASK] at chosen positions only" : ""));
        if (!withTokenizer) {
            checked.add(String.format("taken from the first records: [CLS] is %d, [SEP] is %d, %s", rules.cls(), rules.sep(),
                    rules.mask().map(id -> "[MASK] is " + id).orElse("[MASK] is not known")));
        }
        if (withManifest) {
            checked.add("statistics: counts, shares and length histogram of the manifest, unigram_counts.txt, the tokenizer");
        }
        return new VerificationReport(path, files, counts.records(), bytes, seconds, bytes / MB / seconds, checked,
                violations.count(), violations.byRule(), violations.first());
    }

    @JsonProperty
    public String kind() {
        return "verification";
    }

    /** Whether there is no violation. */
    @JsonProperty
    public boolean valid() {
        return violationCount == 0;
    }

    /** As JSON, keys in snake case. */
    public String json() {
        try {
            return Manifest.JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What was checked, or what is wrong. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, String.format("%s: %s; %,d records in %d file%s, %.1f MB in %.1f s (%,.0f MB/s)", path,
                valid() ? "verified, nothing is wrong" : summary(), records, files, files == 1 ? "" : "s", bytes / MB, seconds,
                megabytesPerSecond));
        (valid() ? checked : violations.stream().map(Violation::text).toList()).forEach(each -> line(out, "  " + each));
        if (violationCount > violations.size()) {
            line(out, String.format("  and %,d more", violationCount - violations.size()));
        }
        return out.toString();
    }

    /** E.g. "3 violations (record_data 1, sep 2)". */
    public String summary() {
        return String.format("%,d violation%s (%s)", violationCount, violationCount == 1 ? "" : "s",
                violationsByRule.entrySet().stream()
                        .map(rule -> String.format("%s %,d", rule.getKey(), rule.getValue()))
                        .collect(Collectors.joining(", ")));
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append(System.lineSeparator());
    }
}
