package org.graphbert.report;

import java.util.Arrays;
import java.util.List;

/** A run's curves. */
final class CurveSection {

    private static final List<Metric> SHOWN = List.of(
            Metric.MASKED_LM_LOSS, Metric.MASKED_LM_ACCURACY, Metric.NEXT_SENTENCE_LOSS, Metric.NEXT_SENTENCE_ACCURACY,
            Metric.SCORE, Metric.LEARNING_RATE, Metric.GRADIENT_NORM, Metric.TOKENS_PER_SECOND, Metric.PEAK_SHARE,
            Metric.MEMORY_BYTES, Metric.LOSS_SCALE, Metric.SKIPPED_UPDATES);

    private CurveSection() {}

    static String section(RunCurves curves) {
        Markup html = new Markup();
        html.element("h2", "", "Curves");
        if (curves.empty()) {
            return html.element("p", "note", "No steps were logged.").toString();
        }
        html.raw("<p class=\"legend\"><i class=\"training\"></i>training, smoothed<i class=\"raw\"></i>as logged"
                + (curves.heldOut().isEmpty() ? "" : "<i class=\"held\"></i>held-out") + "</p>\n");
        html.open("div", "panels");
        Panel.View view = new Panel.View(Along.STEP, null, false);
        int number = 0;
        for (Panel panel : Panel.of(SHOWN, List.of(curves), view, Palette.LIGHT)) {
            if (!dull(panel)) {
                html.raw(PageCurve.figure(panel, number++, Palette.LIGHT));
            }
        }
        return html.close().toString();
    }

    /** A loss scale that is 1 all the time, and updates none of which was skipped, are not worth a picture. */
    private static boolean dull(Panel panel) {
        double neutral = panel.metric() == Metric.LOSS_SCALE ? 1 : 0;
        return (panel.metric() == Metric.LOSS_SCALE || panel.metric() == Metric.SKIPPED_UPDATES)
                && panel.lines().stream().flatMapToDouble(line -> Arrays.stream(line.curve().y()))
                        .allMatch(value -> value == neutral);
    }
}
