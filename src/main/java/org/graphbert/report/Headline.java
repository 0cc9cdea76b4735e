package org.graphbert.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import org.graphbert.train.RunReport;

/** The figures that a run is known by. */
final class Headline {

    private Headline() {}

    static String section(RunReport run, RunCurves curves) {
        Markup html = new Markup();
        html.open("div", "cards");
        JsonNode heldOut = run.lastHeldOut();
        JsonNode training = run.lastTraining();
        if (heldOut != null && heldOut.path("masked_lm_loss").isNumber()) {
            loss(html, "Held-out masked LM loss", heldOut);
            accuracies(html, "Held-out", heldOut);
        } else if (training != null) {
            loss(html, "Training masked LM loss", training);
            accuracies(html, "Training", training);
        }
        if (run.imported() == null) {
            card(html, "Steps", Figures.count(run.stepsDone()),
                    run.steps() == null ? "" : "of " + Figures.count(run.steps()) + ", in the newest checkpoint");
        }
        if (run.parameters() != null) {
            card(html, "Parameters", Figures.large(run.parameters()), Figures.count(run.parameters()));
        }
        if (training != null) {
            if (training.path("tokens").isNumber()) {
                card(html, "Trained on", Figures.large(training.path("tokens").asDouble()),
                        "tokens, in " + Figures.count(training.path("examples").asLong()) + " examples");
            }
            double seconds = curves.training().isEmpty() ? 0
                    : curves.training().get(curves.training().size() - 1).path("seconds").asDouble();
            if (seconds > 0) {
                card(html, "Training time", Figures.duration(seconds), "evaluations included");
            }
            speed(html, curves);
            double memory = peak(curves.curve(Metric.MEMORY_BYTES, Along.STEP, RunCurves.Split.TRAINING));
            if (memory > 0) {
                card(html, "Memory", Figures.bytes(memory), "of the process, at most");
            }
            if (training.path("skipped_updates").asLong() > 0) {
                card(html, "Skipped updates", Figures.count(training.path("skipped_updates").asLong()), "gradients were not finite");
            }
        }
        return html.close().toString();
    }

    private static void loss(Markup html, String name, JsonNode line) {
        double loss = line.path("masked_lm_loss").asDouble();
        card(html, name, String.format(Locale.ROOT, "%.3f", loss),
                String.format(Locale.ROOT, "perplexity %.4g, step %,d", Math.exp(loss), line.path("step").asLong()));
    }

    private static void accuracies(Markup html, String what, JsonNode line) {
        if (line.path("masked_lm_accuracy").isNumber()) {
            card(html, what + " masked LM accuracy", Figures.percent(line.path("masked_lm_accuracy").asDouble()), "");
        }
        if (line.path("next_sentence_accuracy").isNumber()) {
            card(html, what + " pair accuracy", Figures.percent(line.path("next_sentence_accuracy").asDouble()),
                    String.format(Locale.ROOT, "loss %.3f", line.path("next_sentence_loss").asDouble()));
        }
    }

    private static void speed(Markup html, RunCurves curves) {
        double speed = median(curves.curve(Metric.TOKENS_PER_SECOND, Along.STEP, RunCurves.Split.TRAINING));
        if (Double.isNaN(speed)) {
            return;
        }
        double teraflops = median(curves.curve(Metric.TERAFLOPS_PER_SECOND, Along.STEP, RunCurves.Split.TRAINING));
        double share = median(curves.curve(Metric.PEAK_SHARE, Along.STEP, RunCurves.Split.TRAINING));
        card(html, "Tokens per second", Figures.count(Math.round(speed)), "median" + (Double.isNaN(teraflops) ? ""
                : String.format(Locale.ROOT, ", %.3g TFLOP/s", teraflops))
                + (Double.isNaN(share) ? "" : ", " + Figures.percent(share) + " of a matrix product's rate"));
    }

    private static void card(Markup html, String name, String figure, String more) {
        html.open("div", "card").element("div", "name", name).element("div", "figure", figure);
        if (!more.isEmpty()) {
            html.element("div", "more", more);
        }
        html.close();
    }

    private static double[] finite(Curve curve) {
        return Arrays.stream(curve.y()).filter(Double::isFinite).sorted().toArray();
    }

    private static double median(Curve curve) {
        double[] values = finite(curve);
        return values.length == 0 ? Double.NaN : values[values.length / 2];
    }

    private static double peak(Curve curve) {
        double[] values = finite(curve);
        return values.length == 0 ? 0 : values[values.length - 1];
    }
}
