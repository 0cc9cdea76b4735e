package org.graphbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What a run has done since it began, over all processes that trained it.
 *
 * @param examples records trained on
 * @param tokens positions of these that hold a token
 * @param skippedUpdates steps that changed nothing, for their gradients were not finite
 */
record Totals(long examples, long tokens, long skippedUpdates) {

    static final Totals NONE = new Totals(0, 0, 0);

    Totals plus(long stepExamples, long stepTokens, boolean applied) {
        return new Totals(examples + stepExamples, tokens + stepTokens, skippedUpdates + (applied ? 0 : 1));
    }

    /**
     * As they were after a step, by the log: where it has no line of just that step, in proportion between the two beside
     * it.
     */
    static Totals at(long step, List<JsonNode> lines) {
        Totals before = NONE;
        long stepBefore = 0;
        for (JsonNode line : lines) {
            long lineStep = line.path("step").asLong();
            if (!line.has("tokens") || !line.has("examples")) {
                continue;
            }
            Totals totals = new Totals(
                    line.path("examples").asLong(), line.path("tokens").asLong(), line.path("skipped_updates").asLong());
            if (lineStep > step) {
                return before.towards(totals, (double) (step - stepBefore) / (lineStep - stepBefore));
            }
            before = totals;
            stepBefore = lineStep;
        }
        // Behind the last line it went on, as far as one can know, as it went before.
        return step == stepBefore || stepBefore == 0 ? before : NONE.towards(before, (double) step / stepBefore);
    }

    private Totals towards(Totals later, double share) {
        return new Totals(
                examples + Math.round(share * (later.examples - examples)),
                tokens + Math.round(share * (later.tokens - tokens)),
                share < 1 ? skippedUpdates : later.skippedUpdates);
    }
}
