package org.graphbert.data;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What stands in the inputs in place of the tokens that are to be predicted. */
final class ReplacementCounts {

    /** Of those that differ from the original. */
    private final Map<Integer, Long> byId = new HashMap<>();

    private long selected;
    private long kept;

    void add(Example example) {
        for (int i = 0; i < example.maskedLmPositions().length; i++) {
            if (example.maskedLmWeights()[i] > 0) {
                selected++;
                int id = example.inputIds()[example.maskedLmPositions()[i]];
                if (id == example.maskedLmIds()[i]) {
                    kept++;
                } else {
                    byId.merge(id, 1L, Long::sum);
                }
            }
        }
    }

    void add(ReplacementCounts other) {
        selected += other.selected;
        kept += other.kept;
        other.byId.forEach((id, count) -> byId.merge(id, count, Long::sum));
    }

    long selected() {
        return selected;
    }

    long kept() {
        return kept;
    }

    /** How often that id stands there; where it is not known, {@link #mostFrequent}. */
    long by(Optional<Integer> id) {
        return id.or(this::mostFrequent).map(i -> byId.getOrDefault(i, 0L)).orElse(0L);
    }

    /** The id that stands there most often, of those that differ from the original; the smallest of equals. */
    Optional<Integer> mostFrequent() {
        return byId.entrySet().stream()
                .max(Map.Entry.<Integer, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey);
    }
}
