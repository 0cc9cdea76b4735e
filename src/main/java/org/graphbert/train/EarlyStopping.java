package org.graphbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import org.graphbert.config.GuardConfig;
import org.graphbert.train.Checkpoints.Best;

/**
 * Ends a run after so many evaluations without a better one: of the probe's score where there is a probe, else of the masked-LM
 * loss on held-out data. Another phase has other held-out data, and there the count begins anew. What it knows is in
 * metrics.jsonl, so that a resumed run decides as one that was never interrupted.
 */
final class EarlyStopping {

    private final Integer patience;
    private final boolean probed;
    /** What a fine-tuned run goes by; null elsewhere. */
    private final String metric;
    private Integer phase;
    private double best = Double.NaN;
    private long bestStep;
    private int since;
    private long lastStep;

    private EarlyStopping(Integer patience, boolean probed, String metric) {
        this.patience = patience;
        this.probed = probed;
        this.metric = metric;
    }

    /**
     * As a run knows it.
     *
     * @param lines of metrics.jsonl
     * @param step the step that the run goes on from; what was measured behind it is measured again
     */
    static EarlyStopping of(GuardConfig guards, List<JsonNode> lines, long step) {
        return new EarlyStopping(guards.earlyStopping(), guards.probe() != null, null).seen(lines, step);
    }

    /**
     * Of a fine-tuned run, which goes by a metric of its dev examples.
     *
     * @param patience so many evaluations; null for never
     */
    static EarlyStopping of(Integer patience, String metric, List<JsonNode> lines, long step) {
        return new EarlyStopping(patience, false, metric).seen(lines, step);
    }

    private EarlyStopping seen(List<JsonNode> lines, long step) {
        for (JsonNode line : lines) {
            long at = line.path("step").asLong();
            if (at <= step) {
                switch (line.path("event").asText()) {
                    case "phase" -> phase(line.path("phase").asInt());
                    case "held_out" -> heldOut(at, line);
                    case "probe" -> probe(at, line.path("score").asDouble());
                    default -> { }
                }
            }
        }
        return this;
    }

    /** A phase goes on. */
    void phase(int number) {
        if (!probed && phase != null && phase != number) {
            best = Double.NaN;
            since = 0;
        }
        phase = number;
    }

    private void heldOut(long step, JsonNode line) {
        if (metric == null) {
            heldOut(step, line.path("masked_lm_loss").asDouble());
        } else {
            dev(step, line.path(metric).asDouble());
        }
    }

    void heldOut(long step, double maskedLmLoss) {
        if (!probed) {
            see(step, -maskedLmLoss);
        }
    }

    /** What the metric of a fine-tuned run came to. */
    void dev(long step, double value) {
        see(step, Best.score(metric, value));
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
                metric != null
                        ? String.format(Locale.ROOT, "the %s of %.4f", metric, Best.score(metric, best))
                        : probed
                        ? String.format(Locale.ROOT, "the probe's score of %.3f", best)
                        : String.format(Locale.ROOT, "the held-out masked LM loss of %.4f", -best),
                bestStep, patience);
    }
}
