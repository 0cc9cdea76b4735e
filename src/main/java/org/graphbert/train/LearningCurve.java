package org.graphbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.Metrics;

/** The training points of a run's metrics.jsonl, in order of their steps. */
public final class LearningCurve {

    private LearningCurve() {}

    /** Means since the point before. */
    public record Point(long step, Metrics metrics) {}

    /** Reads a run; where it was resumed, what was computed again replaces what was lost. */
    public static List<Point> read(Path run) throws IOException {
        List<Point> points = new ArrayList<>();
        for (JsonNode node : MetricsLog.read(new RunDirectory(run).metricsFile())) {
            if (node.path("event").asText().equals("train")) {
                points.add(new Point(
                        node.path("step").asLong(),
                        new Metrics(
                                node.path("masked_lm_loss").asDouble(),
                                node.path("masked_lm_accuracy").asDouble(),
                                number(node.get("next_sentence_loss")),
                                number(node.get("next_sentence_accuracy")))));
            }
        }
        if (points.isEmpty()) {
            throw Failure.data("%s: metrics.jsonl has no training steps yet", run);
        }
        return points;
    }

    private static Double number(JsonNode node) {
        return node == null ? null : node.asDouble();
    }
}
