package org.graphbert.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * One figure of one or several runs, ready to be drawn.
 *
 * @param metric what it shows
 * @param reach what of x is shown
 * @param lines what is drawn, the first at the bottom
 * @param boundaries where phases begin
 * @param logarithmic whether y is
 */
record Panel(Metric metric, Reach reach, List<Line> lines, List<Boundary> boundaries, boolean logarithmic) {

    /** Points for each pixel of a panel's width or so: no more can be seen. */
    private static final int STRETCHES = 600;

    /** How a line is drawn. */
    enum Style {
        /** As it was logged, pale, behind its smoothed self. */
        RAW,
        STRONG,
        /** With a mark at each point. */
        MARKED
    }

    /**
     * What of x is shown, the same in all panels of a figure: only those at its foot say the unit, and what stands one above
     * the other is of one time, also where a run lacks a figure.
     *
     * @param low in the unit, as high is
     */
    record Reach(Along.Unit unit, double low, double high) {

        private static Reach of(List<Metric> metrics, List<RunCurves> runs, Along along) {
            DoubleSummaryStatistics x = new DoubleSummaryStatistics();
            for (Metric metric : metrics) {
                for (RunCurves run : runs) {
                    for (RunCurves.Split split : RunCurves.Split.values()) {
                        Arrays.stream(run.curve(metric, along, split).x()).forEach(x);
                    }
                }
            }
            Along.Unit unit = along.unit(x.getCount() == 0 ? 0 : x.getMax());
            return x.getCount() == 0 ? new Reach(unit, 0, 1) : new Reach(unit, x.getMin() / unit.size(), x.getMax() / unit.size());
        }
    }

    /**
     * A curve in the units of the axes.
     *
     * @param run for the legend
     */
    record Line(String run, Style style, Color color, Curve curve) {}

    /** Where a phase begins, in the unit of x. */
    record Boundary(String name, double x) {}

    /**
     * What is shown.
     *
     * @param smooth the deviation of the smoothing, as a share of a curve's length; 0 for none; null for what suits the
     *     curve: a small share, and more where it has few points
     */
    record View(Along along, Double smooth, boolean logarithmic) {

        private static final double USUAL = 0.01;
        private static final double POINTS = 2;

        /** In units of x. */
        private double deviation(Metric metric, Curve curve) {
            if (metric.exact() || curve.size() < 2) {
                return 0;
            }
            double length = curve.x()[curve.size() - 1] - curve.x()[0];
            return length * (smooth != null ? smooth : Math.max(USUAL, POINTS / (curve.size() - 1)));
        }
    }

    /** A figure's panels, those of which nothing can be drawn left out; the colours are those of the runs. */
    static List<Panel> of(List<Metric> metrics, List<RunCurves> runs, View view, Palette palette) {
        Reach reach = Reach.of(metrics, runs, view.along());
        return metrics.stream()
                .map(metric -> of(metric, runs, view, reach, palette))
                .filter(panel -> !panel.lines().isEmpty())
                .toList();
    }

    /** A single run's held-out curve has a colour of its own. */
    private static Panel of(Metric metric, List<RunCurves> runs, View view, Reach reach, Palette palette) {
        Along.Unit unit = reach.unit();
        List<Line> raw = new ArrayList<>();
        List<Line> strong = new ArrayList<>();
        List<Line> marked = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            RunCurves run = runs.get(i);
            Curve training = scaled(run, metric, view, RunCurves.Split.TRAINING, unit);
            Curve heldOut = scaled(run, metric, view, RunCurves.Split.HELD_OUT, unit);
            Color color = palette.of(i);
            if (!training.empty()) {
                double deviation = view.deviation(metric, training);
                // Two points or three are as they are.
                boolean smoothed = deviation > 0 && training.size() > 3;
                if (smoothed) {
                    raw.add(new Line(run.name(), Style.RAW, color, training.thinned(STRETCHES)));
                }
                Curve line = smoothed ? training.means(4 * STRETCHES).smoothed(deviation) : training;
                strong.add(new Line(run.name(), Style.STRONG, color, line.thinned(STRETCHES)));
            }
            if (!heldOut.empty()) {
                marked.add(new Line(
                        run.name(), Style.MARKED, runs.size() == 1 ? palette.of(1) : color, heldOut.thinned(STRETCHES)));
            }
        }
        List<Line> lines = new ArrayList<>(raw);
        lines.addAll(strong);
        lines.addAll(marked);
        return new Panel(metric, reach, lines, boundaries(runs, view, unit), view.logarithmic());
    }

    private static Curve scaled(RunCurves run, Metric metric, View view, RunCurves.Split split, Along.Unit unit) {
        return run.curve(metric, view.along(), split).scaled(1 / unit.size(), metric.scale().factor());
    }

    private static List<Boundary> boundaries(List<RunCurves> runs, View view, Along.Unit unit) {
        List<Boundary> boundaries = new ArrayList<>();
        for (RunCurves run : runs) {
            for (RunCurves.Phase phase : run.phases()) {
                if (phase.at().path(view.along().key()).isNumber()) {
                    boundaries.add(new Boundary(
                            "phase " + phase.number(), phase.at().path(view.along().key()).asDouble() / unit.size()));
                }
            }
        }
        return boundaries.stream().distinct().toList();
    }

    /** Of x. */
    Along.Unit unit() {
        return reach.unit();
    }
}
