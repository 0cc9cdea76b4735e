package org.graphbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import org.graphbert.config.Directories;
import org.graphbert.config.Json;
import org.graphbert.config.Progress;
import org.graphbert.config.RunConfig;
import org.graphbert.config.WatchConfig;
import org.graphbert.evaluate.Metrics;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.proto.HistogramProto;

/**
 * What a run writes down of itself while it trains: metrics.jsonl and, if they are wanted, TensorBoard's events. Where
 * writing fails the run goes on: it says so once, and tries again with the next line.
 */
final class RunLog implements AutoCloseable {

    private static final int MOST_STEPS = 10_000;
    private static final String METRICS = "metrics.jsonl";
    private static final String EVENTS = "the TensorBoard events";

    private final RunDirectory run;
    private final WatchConfig watching;
    /** What the device can do, FLOP/s; 0 if that is not to be known. */
    private final DoubleSupplier peak;
    private final Progress progress;
    private final List<JsonNode> earlier;
    private final double secondsBefore;
    private final Stopwatch time;
    /** What could not be written, as the user was told. */
    private final Set<String> failed = new HashSet<>();
    /** What the run had done after each of its last steps: a checkpoint is told of when it is written, some steps later. */
    private final NavigableMap<Long, Totals> totals = new TreeMap<>();
    private double peakFlops;
    private MetricsLog metrics;
    private TensorBoard events;

    private RunLog(RunDirectory run, WatchConfig watching, DoubleSupplier peak, Progress progress, Stopwatch time)
            throws IOException {
        this.run = run;
        this.watching = watching;
        this.peak = peak;
        this.progress = progress;
        this.time = time;
        this.earlier = MetricsLog.read(run.metricsFile());
        this.secondsBefore = earlier.stream().mapToDouble(line -> line.path("seconds").asDouble()).max().orElse(0);
    }

    /**
     * Goes on with the log of a run, or begins it.
     *
     * @param workers that compute its steps, each on a machine like this
     * @param time since the command began
     */
    static RunLog open(RunDirectory run, RunConfig config, int workers, Progress progress, Stopwatch time) throws IOException {
        return new RunLog(
                run, config.watching(), () -> workers * ProductRate.peak(Compute.of(config).precision(), config.threads()), progress, time);
    }

    /** The same of a run whose steps are not measured against what the device can do. */
    static RunLog open(RunDirectory run, WatchConfig watching, Progress progress, Stopwatch time) throws IOException {
        return new RunLog(run, watching, () -> 0, progress, time);
    }

    /** Whether the log that is gone on with knows such an event of a step. */
    boolean has(String event, long step) {
        return earlier.stream().anyMatch(
                line -> line.path("event").asText().equals(event) && line.path("step").asLong() == step);
    }

    /** The masked-LM loss on held-out data that it has of a step; NaN if it has none. */
    double heldOutLoss(long step) {
        return heldOut(step, "masked_lm_loss");
    }

    /** A figure of held-out data that it has of a step; NaN if it has none. */
    double heldOut(long step, String key) {
        return earlier.stream()
                .filter(line -> line.path("event").asText().equals("held_out") && line.path("step").asLong() == step)
                .mapToDouble(line -> line.path(key).asDouble())
                .reduce(Double.NaN, (before, last) -> last);
    }

    /** Training starts, or after a checkpoint goes on. */
    void begin(long step) {
        totals.put(step, Totals.at(step, earlier));
        if (watching.tensorboard()) {
            attempt(EVENTS, () -> events = new TensorBoard(run.eventsDirectory(), step));
        }
        event(step == 0 ? "start" : "resume", step);
    }

    /** A phase's graph is there, with its weights; phases count from 1. */
    void opened(long step, int phase, int phases, TrainingSession session) {
        peakFlops = peak.getAsDouble();
        if (phases > 1) {
            write(counts(line("phase", step).put("phase", phase)));
        }
        graph(step, session.graph().graph());
    }

    /** The graph that computes what follows. */
    void graph(long step, Graph graph) {
        if (events != null) {
            attempt(EVENTS, () -> events.graph(step, graph.toGraphDef()));
        }
    }

    /** A step was taken; to be called for each. */
    void counted(Sums step, boolean applied) {
        counted(step.examples(), step.tokens(), applied);
    }

    /** The same. */
    void counted(long examples, long tokens, boolean applied) {
        Map.Entry<Long, Totals> last = totals.lastEntry();
        totals.put(last.getKey() + 1, last.getValue().plus(examples, tokens, applied));
        if (totals.size() > MOST_STEPS) {
            totals.pollFirstEntry();
        }
    }

    /** What the run has done in all, by the steps counted. */
    Totals totals() {
        return totals.lastEntry().getValue();
    }

    /** Time spent on this run from each command's start, over all processes. */
    double seconds() {
        return secondsBefore + time.seconds();
    }

    /** A checkpoint is on the disk: how long training stood still for it, and how long another thread wrote it. */
    void checkpoint(Checkpointer.Written checkpoint) {
        write(line("checkpoint", checkpoint.step())
                .put("stalled_seconds", checkpoint.stalledSeconds())
                .put("writing_seconds", checkpoint.writingSeconds()));
    }

    /** What happened: start, resume, finish, interrupted, early_stop. */
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
        if (peakFlops > 0) {
            line.put("peak_share", point.teraflopsPerSecond() * 1e12 / peakFlops);
        }
        drawTrain(line);
    }

    /** What the steps up to this one came to, by its names. */
    void train(long step, Map<String, Double> figures) {
        ObjectNode line = line("train", step);
        figures.forEach(line::put);
        drawTrain(line);
    }

    private void drawTrain(ObjectNode line) {
        ProcessMemory.resident().ifPresent(bytes -> line.put("memory_bytes", bytes));
        draw(counts(line));
    }

    /** What held-out data came to, by its names. */
    void heldOut(long step, Map<String, Double> figures) {
        ObjectNode line = line("held_out", step);
        figures.forEach(line::put);
        draw(counts(line));
    }

    void heldOut(long step, Metrics heldOut) {
        draw(counts(metrics(line("held_out", step), heldOut)));
    }

    /** What a downstream task scored. */
    void probe(long step, double score) {
        draw(counts(line("probe", step).put("score", score)));
    }

    /** What was said to the user as a warning. */
    void warning(long step, String text) {
        write(line("warning", step).put("text", text));
    }

    /** To be called after each step: histograms of the weights, where they are due. */
    void weights(long step, TrainingSession session) {
        Long every = watching.histogramsEvery();
        if (events == null || every == null || step % every != 0) {
            return;
        }
        Map<String, HistogramProto> histograms = new LinkedHashMap<>();
        for (Variable variable : session.graph().variables().trainable()) {
            histograms.put(variable.name(), WeightHistogram.of(session.values(variable)));
        }
        attempt(EVENTS, () -> events.histograms(step, histograms));
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
        Totals done = totals.get(line.path("step").asLong());
        if (done != null) {
            line.put("examples", done.examples());
            line.put("tokens", done.tokens());
            line.put("skipped_updates", done.skippedUpdates());
        }
        return line;
    }

    private void draw(ObjectNode line) {
        write(line);
        if (events != null) {
            attempt(EVENTS, () -> events.scalars(line));
        }
    }

    private void write(ObjectNode line) {
        line.put("seconds", seconds());
        attempt(METRICS, () -> {
            if (metrics != null && Files.notExists(run.metricsFile())) {
                // Somebody removed it: what is still written to the old file, nobody would see.
                metrics.close();
                metrics = null;
            }
            metrics = metrics == null ? new MetricsLog(run.metricsFile()) : metrics;
            metrics.write(line);
        });
    }

    @FunctionalInterface
    private interface Writing {
        void write() throws IOException;
    }

    private void attempt(String what, Writing writing) {
        try {
            writing.write();
        } catch (IOException e) {
            if (failed.add(what)) {
                progress.say(String.format(
                        "Warning: %s: cannot write %s: %s; training goes on without.", run.path(), what, Directories.reason(e)));
            }
        }
    }

    @Override
    public void close() {
        attempt(METRICS, () -> {
            if (metrics != null) {
                metrics.close();
            }
        });
        attempt(EVENTS, () -> {
            if (events != null) {
                events.close();
            }
        });
    }
}
