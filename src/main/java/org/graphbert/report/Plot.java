package org.graphbert.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.graphbert.config.Failure;

/** Draws the curves of runs into a file. */
public final class Plot {

    private Plot() {}

    /**
     * What is to be drawn.
     *
     * @param runs directories with a metrics.jsonl
     * @param output a .png or .svg
     * @param metrics empty for the usual ones, as far as the runs have them
     * @param smooth the deviation of the smoothing as a share of a curve's length; 0 for none, null for what suits each
     * @param title null for the name of a single run
     */
    public record Request(
            List<Path> runs, Path output, List<Metric> metrics, Along along, Double smooth, boolean logarithmic, String title) {

        public Request {
            if (smooth != null && !(smooth >= 0 && smooth <= 0.5)) {
                throw Failure.usage("--smooth is %s, expected 0 (not at all) to 0.5", smooth);
            }
            String name = output.toString().toLowerCase(Locale.ROOT);
            if (!name.endsWith(".png") && !name.endsWith(".svg")) {
                throw Failure.usage("--output %s: expected a file that ends in .png or .svg", output);
            }
            if (Files.isDirectory(output)) {
                throw Failure.usage("--output %s: is a directory; expected a file that ends in .png or .svg", output);
            }
        }
    }

    /** Draws; returns what is worth telling, a line each. */
    public static List<String> write(Request request) throws IOException {
        List<RunCurves> runs = new ArrayList<>();
        for (Path run : request.runs()) {
            RunCurves curves = RunCurves.read(run);
            requireDrawable(curves, run, request.along());
            runs.add(curves);
        }
        Lettering.require();
        runs = distinct(runs, request.runs());
        Figure figure = figure(runs, request, Palette.LIGHT);
        boolean svg = request.output().toString().toLowerCase(Locale.ROOT).endsWith(".svg");
        byte[] bytes = svg ? figure.svg(Palette.LIGHT).getBytes(StandardCharsets.UTF_8) : png(figure.image(Palette.LIGHT));
        OutputFile.write(request.output(), aside -> Files.write(aside, bytes));
        return runs.stream().map(run -> String.format(
                Locale.ROOT, "%s: %,d points of training, %,d of held-out data", run.name(), run.training().size(),
                run.heldOut().size())).toList();
    }

    /** Given a file that it cannot write, ImageIO itself prints where in Java that was. */
    private static byte[] png(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static void requireDrawable(RunCurves curves, Path run, Along along) {
        if (curves.empty()) {
            throw Failure.data("%s: metrics.jsonl has no training steps yet; train it until the first line is logged", run);
        }
        if (!curves.has(along)) {
            throw Failure.data("%s: metrics.jsonl has no key %s, as those of older versions; draw it with --x step", run, along.key());
        }
    }

    private static Figure figure(List<RunCurves> runs, Request request, Palette palette) {
        Panel.View view = new Panel.View(request.along(), request.smooth(), request.logarithmic());
        for (Metric metric : request.metrics()) {
            if (runs.stream().noneMatch(run -> run.has(metric))) {
                throw Failure.data("--metric %s: no line of %s has it", metric.key(),
                        request.runs().stream().map(Path::toString).collect(Collectors.joining(", ")));
            }
        }
        List<Metric> metrics = request.metrics().isEmpty() ? Metric.USUAL : request.metrics();
        List<Panel> panels = Panel.of(metrics, runs, view, palette);
        if (panels.isEmpty()) {
            throw Failure.data("%s: metrics.jsonl has none of the figures %s", request.runs().get(0),
                    metrics.stream().map(Metric::key).collect(Collectors.joining(", ")));
        }
        String title = request.title() != null ? request.title() : runs.size() == 1 ? runs.get(0).name() : "";
        return new Figure(title, legend(runs, panels, palette), panels);
    }

    private static List<Figure.Entry> legend(List<RunCurves> runs, List<Panel> panels, Palette palette) {
        Set<Panel.Style> styles = new HashSet<>();
        panels.forEach(panel -> panel.lines().forEach(line -> styles.add(line.style())));
        boolean one = runs.size() == 1;
        List<Figure.Entry> entries = new ArrayList<>();
        if (!one) {
            for (int i = 0; i < runs.size(); i++) {
                entries.add(new Figure.Entry(runs.get(i).name(), Panel.Style.STRONG, palette.of(i)));
            }
        }
        Color training = one ? palette.of(0) : palette.muted();
        boolean raw = styles.contains(Panel.Style.RAW);
        if (styles.contains(Panel.Style.STRONG) && (one || raw || styles.size() > 1)) {
            entries.add(new Figure.Entry(raw ? "training, smoothed" : "training", Panel.Style.STRONG, training));
        }
        if (raw) {
            entries.add(new Figure.Entry("as logged", Panel.Style.RAW, training));
        }
        if (styles.contains(Panel.Style.MARKED)) {
            entries.add(new Figure.Entry("held-out", Panel.Style.MARKED, one ? palette.of(1) : palette.muted()));
        }
        return entries;
    }

    /** Runs of the same name are told apart by the directories that they are in. */
    private static List<RunCurves> distinct(List<RunCurves> runs, List<Path> paths) {
        List<RunCurves> distinct = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            RunCurves run = runs.get(i);
            boolean unique = runs.stream().filter(other -> other.name().equals(run.name())).count() == 1;
            distinct.add(unique ? run : run.named(paths.get(i).toString()));
        }
        return distinct;
    }
}
