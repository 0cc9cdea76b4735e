package org.graphbert.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.train.MetricsLog;

/**
 * What metrics.jsonl says of a run, to be drawn. Any program's will do that has the keys event, step and those of the
 * figures; nothing else of a run is needed.
 *
 * @param name for the legend
 * @param training its lines, in the order in which they were written
 * @param heldOut those of evaluations and of downstream tasks
 * @param phases where the second one began and those behind it
 */
public record RunCurves(String name, List<JsonNode> training, List<JsonNode> heldOut, List<Phase> phases) {

    /**
     * The beginning of a phase, as the lines about it say.
     *
     * @param at its line, with step, tokens and seconds as far as they are known
     */
    public record Phase(int number, JsonNode at) {}

    /** Whose figures a curve shows. */
    public enum Split {
        TRAINING,
        HELD_OUT
    }

    /**
     * Reads a run.
     *
     * @param run its directory, or a metrics.jsonl
     * @throws Failure (usage) if there is no such log, (data) if nothing of it can be drawn
     */
    public static RunCurves read(Path run) throws IOException {
        Path file = Files.isDirectory(run) ? run.resolve("metrics.jsonl") : run;
        if (!Files.isRegularFile(file)) {
            throw Failure.usage(Files.exists(run)
                    ? "%s: found no metrics.jsonl in it; expected a run that was trained, e.g. runs/NAME"
                    : "%s: no such run; expected a directory with metrics.jsonl in it, e.g. runs/NAME", run);
        }
        return of(name(run), lines(file));
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        try {
            return MetricsLog.read(file);
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", file, Directories.reason(e), e);
        }
    }

    /** The same under another name. */
    public RunCurves named(String other) {
        return new RunCurves(other, training, heldOut, phases);
    }

    /** Of the lines of a log. */
    static RunCurves of(String name, List<JsonNode> lines) {
        List<JsonNode> training = new ArrayList<>();
        List<JsonNode> heldOut = new ArrayList<>();
        List<Phase> phases = new ArrayList<>();
        for (JsonNode line : timed(lines)) {
            switch (line.path("event").asText()) {
                case "train" -> training.add(line);
                case "held_out", "probe" -> heldOut.add(line);
                case "phase" -> {
                    int number = line.path("phase").asInt();
                    // A resumption begins its phase once more.
                    if (number > 1 && phases.stream().noneMatch(phase -> phase.number() == number)) {
                        phases.add(new Phase(number, line));
                    }
                }
                default -> { }
            }
        }
        return new RunCurves(name, training, heldOut, phases);
    }

    private static String name(Path run) {
        Path whole = run.toAbsolutePath().normalize();
        Path directory = Files.isDirectory(run) ? whole : whole.getParent();
        return directory == null || directory.getFileName() == null ? "run" : directory.getFileName().toString();
    }

    /** Whether nothing can be drawn. */
    public boolean empty() {
        return training.isEmpty() && heldOut.isEmpty();
    }

    /** Whether it has the figure at all. */
    public boolean has(Metric metric) {
        return !curve(metric, Along.STEP, Split.TRAINING).empty() || !curve(metric, Along.STEP, Split.HELD_OUT).empty();
    }

    /** Whether each line that is drawn says where it stands. */
    public boolean has(Along along) {
        return Stream.concat(training.stream(), heldOut.stream()).anyMatch(line -> finite(line, along));
    }

    /** One figure of the log. */
    public Curve curve(Metric metric, Along along, Split split) {
        List<JsonNode> lines = (split == Split.TRAINING ? training : heldOut).stream()
                .filter(line -> line.has(metric.key()) && finite(line, along))
                .sorted(Comparator.comparingDouble(line -> line.path(along.key()).asDouble()))
                .toList();
        double[] x = new double[lines.size()];
        double[] y = new double[lines.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = lines.get(i).path(along.key()).asDouble();
            y[i] = lines.get(i).path(metric.key()).asDouble(Double.NaN);
        }
        return new Curve(x, y);
    }

    /** Older runs, and other programs, count from zero again in each process: here it goes on. */
    private static List<JsonNode> timed(List<JsonNode> lines) {
        List<JsonNode> timed = new ArrayList<>();
        double before = 0;
        double last = 0;
        for (JsonNode line : lines) {
            if (line instanceof ObjectNode object && finite(line, Along.TIME)) {
                double seconds = line.path(Along.TIME.key()).asDouble();
                before += seconds < last ? last : 0;
                last = seconds;
                timed.add(object.deepCopy().put(Along.TIME.key(), before + seconds));
            } else {
                timed.add(line);
            }
        }
        return timed;
    }

    private static boolean finite(JsonNode line, Along along) {
        return line.path(along.key()).isNumber() && Double.isFinite(line.path(along.key()).asDouble());
    }
}
