package org.graphbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.graphbert.config.Json;
import org.graphbert.config.Progress;
import org.graphbert.config.WatchConfig;
import org.graphbert.evaluate.Metrics;
import org.graphbert.evaluate.Sums;

/**
 * What a run writes down of itself while it trains: metrics.jsonl and, if they are wanted, TensorBoard's events. Where
 * writing fails the run goes on: it says so once, and these files stay as they are.
 */
final class RunLog implements AutoCloseable {

    private final Progress progress;
    private final WatchConfig watching;
    private final List<JsonNode> earlier;
    private final MetricsLog metrics;
    private final double secondsBefore;
    private final Stopwatch time;
    private Totals totals = Totals.NONE;
    private boolean broken;

    private RunLog(RunDirectory run, WatchConfig watching, Progress progress, Stopwatch time) throws IOException {
        this.progress = progress;
        this.watching = watching;
        this.time = time;
        this.earlier = MetricsLog.read(run.metricsFile());
        this.secondsBefore = earlier.stream().mapToDouble(line -> line.path("seconds").asDouble()).max().orElse(0);
        this.metrics = new MetricsLog(run.metricsFile());
    }

    /**
     * Goes on with the log of a run, or begins it.
     *
     * @param time since this process began with it
     */
    static RunLog open(RunDirectory run, WatchConfig watching, Progress progress, Stopwatch time) throws IOException {
        return new RunLog(run, watching, progress, time);
    }

    /** Whether the log that is gone on with knows such an event of a step. */
    boolean has(String event, long step) {
        return earlier.stream().anyMatch(
                line -> line.path("event").asText().equals(event) && line.path("step").asLong() == step);
    }

    /** Training starts, or after a checkpoint goes on. */
    void begin(long step) {
        totals = Totals.at(step, earlier);
        event(step == 0 ? "start" : "resume", step);
    }

    /** A phase's graph is there, with its weights: what can be shown of it is written down. */
    void opened(long step, int phase, int phases, TrainingSession session) {
        if (phases > 1) {
            write(line("phase", step).put("phase", phase));
        }
    }

    /** A step was taken; to be called for each. */
    void counted(Sums step, boolean applied) {
        totals = totals.plus(step, applied);
    }

    /** What the run has done in all, by the steps counted. */
    Totals totals() {
        return totals;
    }

    /** Time spent on training this run, over all processes. */
    double seconds() {
        return secondsBefore + time.seconds();
    }

    /** What happened: start, resume, checkpoint, finish, interrupted, early_stop. */
    void event(String event, long step) {
        write(counts(line(event, step)));
    }

    void train(TrainPoint point) {
        ObjectNode line = metrics(line("train", point.step()).put("phase", point.phase()), point.metrics());
        line.put("learning_rate", point.learningRate());
        line.put("gradient_norm", point.gradientNorm());
        line.put("loss_scale", point.lossScale());
        line.put("tokens_per_second", point.tokensPerSecond());
        line.put("teraflops_per_second", point.teraflopsPerSecond());
        write(counts(line));
    }

    void heldOut(long step, Metrics heldOut) {
        write(counts(metrics(line("held_out", step), heldOut)));
    }

    /** What a downstream task scored. */
    void probe(long step, double score) {
        write(line("probe", step).put("score", score));
    }

    /** What was said to the user as a warning. */
    void warning(long step, String text) {
        write(line("warning", step).put("text", text));
    }

    /** To be called after each step: histograms of the weights, where they are due. */
    void weights(long step, TrainingSession session) {
        if (watching.histogramsEvery() == null || step % watching.histogramsEvery() != 0) {
            return;
        }
    }

    private static ObjectNode line(String event, long step) {
        return Json.MAPPER.createObjectNode().put("event", event).put("step", step);
    }

    private static ObjectNode metrics(ObjectNode line, Metrics m) {
        line.put("loss", m.loss());
        line.put("masked_lm_loss", m.maskedLmLoss());
        line.put("masked_lm_accuracy", m.maskedLmAccuracy());
        if (m.nextSentenceLoss() != null) {
            line.put("next_sentence_loss", m.nextSentenceLoss());
            line.put("next_sentence_accuracy", m.nextSentenceAccuracy());
        }
        return line;
    }

    private ObjectNode counts(ObjectNode line) {
        line.put("examples", totals.examples());
        line.put("tokens", totals.tokens());
        line.put("skipped_updates", totals.skippedUpdates());
        return line;
    }

    private void write(ObjectNode line) {
        if (broken) {
            return;
        }
        try {
            metrics.write(line.put("seconds", seconds()));
        } catch (IOException e) {
            broken = true;
            progress.say("Warning: metrics.jsonl cannot be written any more: " + e.getMessage() + "; training goes on.");
        }
    }

    @Override
    public void close() throws IOException {
        metrics.close();
    }
}
