package org.graphbert.data;

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

    long selected() {
        return selected;
    }

    long kept() {
        return kept;
    }

    /** How often that id stands there; where it is not known, the most frequent one. */
    long by(Optional<Integer> id) {
        return id.map(i -> byId.getOrDefault(i, 0L))
                .orElseGet(() -> byId.values().stream().mapToLong(Long::longValue).max().orElse(0));
    }
}
