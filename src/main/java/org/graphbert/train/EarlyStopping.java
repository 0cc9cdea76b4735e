package org.graphbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import org.graphbert.config.GuardConfig;

/**
 * Ends a run after so many evaluations without a better one: of the probe's score where there is a probe, else of the masked-LM
 * loss on held-out data. Another phase has other held-out data, and there the count begins anew. What it knows is in
 * metrics.jsonl, so that a resumed run decides as one that was never interrupted.
 */
final class EarlyStopping {

    private final Integer patience;
    private final boolean probed;
    private Integer phase;
    private double best = Double.NaN;
    private long bestStep;
    private int since;
    private long lastStep;

    private EarlyStopping(GuardConfig guards) {
        patience = guards.earlyStopping();
        probed = guards.probe() != null;
    }

    /**
     * As a run knows it.
     *
     * @param lines of metrics.jsonl
     * @param step the step that the run goes on from; what was measured behind it is measured again
     */
    static EarlyStopping of(GuardConfig guards, List<JsonNode> lines, long step) {
        EarlyStopping stopping = new EarlyStopping(guards);
        for (JsonNode line : lines) {
            long at = line.path("step").asLong();
            if (at <= step) {
                switch (line.path("event").asText()) {
                    case "phase" -> stopping.phase(line.path("phase").asInt());
                    case "held_out" -> stopping.heldOut(at, line.path("masked_lm_loss").asDouble());
                    case "probe" -> stopping.probe(at, line.path("score").asDouble());
                    default -> { }
                }
            }
        }
        return stopping;
    }

    /** A phase goes on. */
    void phase(int number) {
        if (!probed && phase != null && phase != number) {
            best = Double.NaN;
            since = 0;
        }
        phase = number;
    }

    void heldOut(long step, double maskedLmLoss) {
        if (!probed) {
            see(step, -maskedLmLoss);
        }
    }

    void probe(long step, double score) {
        if (probed) {
            see(step, score);
        }
    }

    private void see(long step, double value) {
        lastStep = step;
        if (Double.isNaN(best) || value > best) {
            best = value;
            bestStep = step;
            since = 0;
        } else {
            since++;
        }
    }

    /** Whether the run is to end. */
    boolean plateau() {
        return patience != null && since >= patience;
    }

    /** Why it ends, and how to go on all the same. */
    String text() {
        return String.format(Locale.ROOT,
                "Stopped early at step %,d: %d evaluations in a row were no better than %s at step %,d. A larger "
                        + "--early-stopping than %d goes on.",
                lastStep, since,
                probed
                        ? String.format(Locale.ROOT, "the probe's score of %.3f", best)
                        : String.format(Locale.ROOT, "the held-out masked LM loss of %.4f", -best),
                bestStep, patience);
    }
}
