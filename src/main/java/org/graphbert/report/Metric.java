package org.graphbert.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;

/** What can be drawn of a run: the keys of metrics.jsonl, their names for readers and how they are written on an axis. */
public enum Metric {
    LOSS("Loss", Scale.PLAIN),
    MASKED_LM_LOSS("Masked LM loss", Scale.PLAIN),
    NEXT_SENTENCE_LOSS("Pair loss", Scale.PLAIN),
    MASKED_LM_ACCURACY("Masked LM accuracy", Scale.PERCENT),
    NEXT_SENTENCE_ACCURACY("Pair accuracy", Scale.PERCENT),
    LEARNING_RATE("Learning rate", Scale.SCIENTIFIC),
    GRADIENT_NORM("Gradient norm", Scale.PLAIN),
    TOKENS_PER_SECOND("Tokens per second", Scale.FROM_ZERO),
    TERAFLOPS_PER_SECOND("TFLOP/s", Scale.FROM_ZERO),
    PEAK_SHARE("Share of a matrix product's rate", Scale.PERCENT_FROM_ZERO),
    MEMORY_BYTES("Memory", Scale.BYTES),
    LOSS_SCALE("Loss scale", Scale.FROM_ZERO),
    SKIPPED_UPDATES("Skipped updates", Scale.FROM_ZERO),
    SCORE("Downstream score", Scale.PERCENT);

    /** What a picture shows unless it is told what to. */
    public static final List<Metric> USUAL = List.of(
            MASKED_LM_LOSS, MASKED_LM_ACCURACY, NEXT_SENTENCE_ACCURACY, LEARNING_RATE, TOKENS_PER_SECOND, GRADIENT_NORM);

    /** How an axis is cut up and its numbers are written. */
    enum Scale {
        PLAIN(1, "", false),
        FROM_ZERO(1, "", true),
        PERCENT(100, "%", false),
        PERCENT_FROM_ZERO(100, "%", true),
        SCIENTIFIC(1, "", true),
        BYTES(1e-9, " GB", true);

        private final double factor;
        private final String unit;
        private final boolean fromZero;

        Scale(double factor, String unit, boolean fromZero) {
            this.factor = factor;
            this.unit = unit;
            this.fromZero = fromZero;
        }

        /** What a figure of the log is multiplied with for the axis. */
        double factor() {
            return factor;
        }

        boolean fromZero() {
            return fromZero;
        }

        /** A number of the axis in words, no longer than it must be. */
        String text(double value, int decimals) {
            if (value == 0) {
                return "0" + unit;
            }
            if (this == SCIENTIFIC) {
                return String.format(Locale.ROOT, "%.1e", value).replaceAll("\\.0e", "e").replaceAll("e([+-])0", "e$1").replace("e+", "e");
            }
            return String.format(Locale.ROOT, "%,." + decimals + "f", value) + unit;
        }
    }

    private final String title;
    private final Scale scale;

    Metric(String title, Scale scale) {
        this.title = title;
        this.scale = scale;
    }

    /** For readers. */
    public String title() {
        return title;
    }

    Scale scale() {
        return scale;
    }

    /** In metrics.jsonl. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a training run is judged by where it ends. */
    boolean judged() {
        return scale == Scale.PLAIN && this != GRADIENT_NORM || scale == Scale.PERCENT;
    }

    /** Whether it is about a step and not about the model after it: such figures are not smoothed. */
    boolean exact() {
        return this == LEARNING_RATE || this == LOSS_SCALE || this == SKIPPED_UPDATES || this == MEMORY_BYTES || this == SCORE;
    }

    /**
     * The metric of a key.
     *
     * @throws Failure (usage) if there is none, with the nearest one suggested
     */
    public static Metric of(String key) {
        List<String> keys = Arrays.stream(values()).map(Metric::key).toList();
        int at = keys.indexOf(key);
        if (at < 0) {
            throw Failure.usage("--metric %s: no such metric; %s", key, Json.nearest(key, keys)
                    .map(nearest -> "did you mean '" + nearest + "'?")
                    .orElse("known metrics: " + keys.stream().collect(Collectors.joining(", "))));
        }
        return values()[at];
    }
}
