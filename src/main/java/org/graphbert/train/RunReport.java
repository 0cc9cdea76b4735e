package org.graphbert.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.graphbert.config.Json;
import org.graphbert.data.PairTask;
import org.graphbert.interop.CheckpointReport;

/**
 * What a run is and how far it came. run.json is taken as it stands, so that runs of other versions can be looked into.
 *
 * @param state finished, interrupted (it saved first), unfinished (being trained, or killed), or imported
 * @param stepsDone of the newest checkpoint that is not damaged, where training would go on
 * @param steps to be taken in all; null where run.json does not say
 * @param parameters of the newest checkpoint, without the optimiser's; null if there is none
 * @param model the model's configuration
 * @param config the resolved configuration
 * @param data what it was trained on; a list where there are phases
 * @param imported where an imported run comes from; null of a trained one
 * @param fineTuned the task of a fine-tuned run, its labels and its configuration; null of another
 * @param environment the machine
 * @param lastTraining the last line of training metrics; null if there is none
 * @param lastHeldOut the last line of held-out metrics; null if there is none
 */
@JsonPropertyOrder("kind")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunReport(
        String path,
        String graphbertVersion,
        String state,
        long stepsDone,
        Long steps,
        Long parameters,
        JsonNode model,
        JsonNode config,
        JsonNode data,
        JsonNode imported,
        JsonNode fineTuned,
        JsonNode environment,
        List<Checkpoint> checkpoints,
        JsonNode lastTraining,
        JsonNode lastHeldOut) {

    /**
     * A checkpoint.
     *
     * @param bestMaskedLmLoss the lowest on held-out data, of the one that has it; null of all others
     * @param damage what is wrong with its files, without a look at all of their contents; null if nothing is
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Checkpoint(long step, String path, long bytes, Double bestMaskedLmLoss, String damage) {}

    /** Whether the path is a run's directory. */
    public static boolean recognises(Path path) {
        return Files.isDirectory(path) && new RunDirectory(path).exists();
    }

    /** Looks into a run. */
    public static RunReport of(Path path) throws IOException {
        RunDirectory run = new RunDirectory(path);
        ObjectNode record = Json.readObject(run.recordFile());
        List<Checkpoint> checkpoints = new ArrayList<>();
        Optional<Checkpoints.Best> best = run.checkpoints().best();
        Optional<Checkpoints.Checkpoint> newest = Optional.empty();
        for (Checkpoints.Checkpoint checkpoint : run.checkpoints().list()) {
            Optional<String> damage = CheckpointFault.atAGlance(checkpoint);
            checkpoints.add(new Checkpoint(
                    checkpoint.step(), checkpoint.directory().toString(), bytes(checkpoint.directory()),
                    best.filter(b -> b.step() == checkpoint.step()).map(Checkpoints.Best::maskedLmLoss).orElse(null),
                    damage.orElse(null)));
            newest = damage.isEmpty() ? Optional.of(checkpoint) : newest;
        }
        Long parameters = newest.isPresent() ? CheckpointReport.of(Path.of(newest.get().prefix())).parameters() : null;
        JsonNode training = null;
        JsonNode heldOut = null;
        String state = record.has("imported") ? "imported" : "unfinished";
        for (JsonNode line : MetricsLog.read(run.metricsFile())) {
            String event = line.path("event").asText();
            training = event.equals("train") ? line : training;
            heldOut = event.equals("held_out") ? line : heldOut;
            state = switch (event) {
                case "finish" -> "finished";
                case "interrupted" -> "interrupted";
                default -> "unfinished";
            };
        }
        JsonNode steps = (record.has("fine_tuned") ? record.path("fine_tuned") : record).path("config").path("steps");
        return new RunReport(
                path.toString(),
                record.path("graphbert_version").asText("unknown"),
                state,
                newest.map(Checkpoints.Checkpoint::step).orElse(0L),
                steps.isNumber() ? steps.asLong() : null,
                parameters,
                record.get("model"),
                record.get("config"),
                record.get("data"),
                record.get("imported"),
                record.get("fine_tuned"),
                record.get("environment"),
                checkpoints,
                training,
                heldOut);
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory).filter(Files::isRegularFile)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @JsonProperty
    public String kind() {
        return "run";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        return Json.write(this);
    }

    /** As a table. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "run", "%s, by graphbert %s", path, graphbertVersion);
        if (imported == null) {
            line(out, "state", "%s: %,d of %s steps done", state, stepsDone,
                    steps == null ? "?" : String.format(Locale.ROOT, "%,d", steps));
        } else {
            line(out, "state", "imported from %s (%s)", imported.path("from").asText(), imported.path("format").asText());
        }
        if (parameters != null) {
            line(out, "parameters", "%,d", parameters);
        }
        for (Checkpoint checkpoint : checkpoints) {
            line(out, "checkpoint", "step %,d: %s, %,d bytes%s%s", checkpoint.step(), checkpoint.path(), checkpoint.bytes(),
                    checkpoint.bestMaskedLmLoss() == null
                            ? "" : String.format(Locale.ROOT, "; the best, held-out masked LM loss %.4f", checkpoint.bestMaskedLmLoss()),
                    checkpoint.damage() == null ? "" : "; damaged: " + checkpoint.damage());
        }
        if (fineTuned != null) {
            task(out);
        } else if (imported == null) {
            metrics(out, "training", lastTraining, pairTask());
            metrics(out, "held-out", lastHeldOut, pairTask());
        }
        section(out, "model", model);
        section(out, "configuration", config);
        if (data != null && data.isArray()) {
            for (int i = 0; i < data.size(); i++) {
                section(out, "data of phase " + (i + 1), data.get(i));
            }
        } else {
            section(out, "data", data);
        }
        section(out, "import", imported);
        section(out, "fine-tuning", fineTuned == null ? null : fineTuned.get("config"));
        section(out, "environment", environment);
        return out.toString();
    }

    /** What the pair head learnt last. */
    private String pairTask() {
        JsonNode last = data == null || !data.isArray() ? data : data.get(data.size() - 1);
        boolean order = last != null && last.path("pairs").asText().equals(PairTask.SOP.toString());
        return (order ? PairTask.SOP : PairTask.NSP).words();
    }

    /** What a fine-tuned run takes and what it says. */
    private void task(StringBuilder out) {
        JsonNode of = fineTuned.path("config");
        String task = of.path("task").asText();
        boolean pairs = of.path("text_column").size() == 2;
        List<String> labels = new ArrayList<>();
        fineTuned.path("labels").forEach(label -> labels.add(label.asText()));
        line(out, "task", "%s", switch (task) {
            case "tag" -> "tag: words of sentences";
            case "qa" -> "qa: questions with their texts" + (labels.isEmpty() ? "" : ", which may have no answer");
            default -> task + ": " + (pairs ? "pairs of texts" : "texts") + (of.path("regression").asBoolean() ? ", a number each" : "");
        });
        if (!task.equals("qa") && !labels.isEmpty()) {
            line(out, "labels", "%s", String.join(", ", labels));
        }
        if (lastHeldOut != null) {
            String metric = of.path("metric").asText();
            line(out, "dev", "step %,d: %s %.4f", lastHeldOut.path("step").asLong(), metric, lastHeldOut.path(metric).asDouble(Double.NaN));
        }
    }

    private static void metrics(StringBuilder out, String name, JsonNode line, String pairTask) {
        if (line == null) {
            line(out, name, "no metrics yet");
            return;
        }
        String pairs = !line.has("next_sentence_loss") ? "" : String.format(
                Locale.ROOT,
                "; %s loss %.4f, accuracy %.1f%%",
                pairTask,
                line.path("next_sentence_loss").asDouble(Double.NaN),
                100 * line.path("next_sentence_accuracy").asDouble(Double.NaN));
        line(out, name, "step %,d: masked LM loss %.4f, accuracy %.1f%%%s",
                line.path("step").asLong(),
                line.path("masked_lm_loss").asDouble(Double.NaN),
                100 * line.path("masked_lm_accuracy").asDouble(Double.NaN),
                pairs);
    }

    /** A key a line; keys without a value are left out. */
    private static void section(StringBuilder out, String name, JsonNode node) {
        if (node == null || node.isEmpty()) {
            return;
        }
        out.append(System.lineSeparator()).append(name).append(System.lineSeparator());
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            JsonNode value = field.getValue();
            if (value.isArray()) {
                value.forEach(element -> row(out, field.getKey(), element));
            } else if (!value.isNull()) {
                row(out, field.getKey(), value);
            }
        }
    }

    private static void row(StringBuilder out, String key, JsonNode value) {
        out.append(String.format("  %-30s %s%n", key, value.isContainerNode() ? value.toString() : value.asText()));
    }

    private static void line(StringBuilder out, String name, String format, Object... arguments) {
        out.append(String.format("%-14s", name))
                .append(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments))
                .append(System.lineSeparator());
    }
}
