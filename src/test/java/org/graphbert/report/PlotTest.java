package org.graphbert.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Pictures of logs of every kind. */
class PlotTest {

    @TempDir
    private Path directory;

    private Path run(String name, String... lines) throws IOException {
        Path run = Files.createDirectories(directory.resolve(name));
        Files.write(run.resolve("metrics.jsonl"), List.of(lines));
        return run;
    }

    private static String line(String event, int step, double loss) {
        return String.format(Locale.ROOT, "{\"event\": \"%s\", \"step\": %d, \"masked_lm_loss\": %s, \"seconds\": %d}",
                event, step, loss, step);
    }

    private Path usual(String name) throws IOException {
        String[] lines = new String[42];
        for (int i = 0; i < 40; i++) {
            lines[i] = line("train", 10 * (i + 1), 4 + 4.0 / (i + 1));
        }
        lines[40] = line("held_out", 200, 5);
        lines[41] = line("held_out", 400, 4.5);
        return run(name, lines);
    }

    private Document svg(Along along, Path... runs) throws Exception {
        Path output = directory.resolve("out.svg");
        Plot.write(request(List.of(runs), output, along));
        String text = Files.readString(output);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(text.getBytes("UTF-8")));
    }

    private static Plot.Request request(List<Path> runs, Path output, Along along) {
        return new Plot.Request(runs, output, List.of(), along, null, false, null);
    }

    private static Set<String> texts(Document svg) {
        Set<String> texts = new HashSet<>();
        NodeList nodes = svg.getElementsByTagName("text");
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }

    private static int strokes(Document svg, String color) {
        int found = 0;
        NodeList nodes = svg.getElementsByTagName("path");
        for (int i = 0; i < nodes.getLength(); i++) {
            var stroke = nodes.item(i).getAttributes().getNamedItem("stroke");
            found += stroke != null && stroke.getTextContent().equals(color) ? 1 : 0;
        }
        return found;
    }

    @Test
    void anSvgNamesWhatItShows() throws Exception {
        Document svg = svg(Along.STEP, usual("a<b"));
        Set<String> texts = texts(svg);
        assertTrue(texts.containsAll(Set.of("a<b", "Masked LM loss", "held-out", "training, smoothed", "as logged", "400", "step",
                "4.500")), texts.toString());
        // The curve, its smoothed self and the two of the legend; the held-out curve, its marks and those of the legend.
        assertEquals(4, strokes(svg, "#0072b2"));
        assertTrue(strokes(svg, "#d55e00") >= 4);
    }

    @Test
    void severalRunsHaveAColourEach() throws Exception {
        Document svg = svg(Along.TIME, usual("a"), usual("b"), usual("deeper/b"));
        Set<String> texts = texts(svg);
        assertTrue(texts.contains("a") && texts.contains("minutes"), texts.toString());
        assertTrue(texts.contains(directory.resolve("b").toString()), "names that are the same are told apart: " + texts);
        assertTrue(strokes(svg, "#009e73") > 0);
    }

    @Test
    void panelsAreOfOneTimeThoughARunLacksAFigure() throws Exception {
        // Only the panels at the foot say the unit: it has to be that of those above them.
        Path longer = run("longer", line("train", 100, 5), line("train", 10_000, 4));
        Path shorter = run("shorter",
                "{\"event\":\"train\",\"step\":60,\"masked_lm_loss\":5,\"tokens_per_second\":9,\"gradient_norm\":1,\"seconds\":60}",
                "{\"event\":\"train\",\"step\":900,\"masked_lm_loss\":5,\"tokens_per_second\":9,\"gradient_norm\":1,\"seconds\":900}");
        Set<String> texts = texts(svg(Along.TIME, longer, shorter));
        assertTrue(texts.contains("Tokens per second") && texts.contains("hours"), texts.toString());
        assertFalse(texts.contains("minutes"), texts.toString());
    }

    @Test
    void aPngHasTheCurveInItsColour() throws IOException {
        Path output = directory.resolve("new/directory/out.png");
        Plot.write(request(List.of(usual("a")), output, Along.STEP));
        BufferedImage image = ImageIO.read(output.toFile());
        int blue = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                blue += (image.getRGB(x, y) & 0xFFFFFF) == 0x0072B2 ? 1 : 0;
            }
        }
        assertTrue(image.getWidth() > 1500 && blue > 1000, image.getWidth() + " wide, " + blue + " points of blue");
        assertEquals(1, Files.list(output.getParent()).count(), "nothing is left beside it");
    }

    @Test
    void aPictureThatCannotBeWrittenCostsALine() throws IOException {
        Path run = usual("a");
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true));
        try {
            fails(Failure.Kind.USAGE, "cannot be written", run, "x".repeat(300) + ".png", Along.STEP);
        } finally {
            System.setErr(err);
        }
        assertEquals("", said.toString());
    }

    @Test
    void logsOfEveryKindAreDrawn() throws Exception {
        assertTrue(texts(svg(Along.STEP, run("one", line("train", 10, 5)))).contains("Masked LM loss"));
        assertTrue(texts(svg(Along.STEP, run("flat", line("train", 10, 5), line("train", 20, 5)))).contains("5"));
        svg(Along.STEP, run("nan", line("train", 1, 5), line("train", 2, Double.NaN), line("train", 3, 4), line("train", 4, 4)));
        svg(Along.STEP, run("held", line("held_out", 10, 5)));
        svg(Along.STEP, run("torn", line("train", 10, 5), "{\"event\":\"train\",\"st", line("train", 30, 4)));
        Path phases = run("phases", line("train", 10, 5), "{\"event\":\"phase\",\"step\":15,\"phase\":2}", line("train", 20, 4));
        assertTrue(texts(svg(Along.STEP, phases)).contains("phase 2"));
    }

    @Test
    void aLogarithmDrawsWhatIsPositive() throws Exception {
        Path run = run("log", line("train", 1, 5), line("train", 2, 0), line("train", 3, 50), line("train", 4, 500));
        Path output = directory.resolve("log.svg");
        Plot.write(new Plot.Request(List.of(run), output, List.of(), Along.STEP, 0.0, true, "Ours"));
        String svg = Files.readString(output);
        assertTrue(svg.contains(">100<") && svg.contains(">Ours<"), svg);
        assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    }

    @Test
    void whereARunGoesOnItsTimeGoesOn() throws IOException {
        Path run = run("resumed", line("train", 100, 5), "{\"event\":\"resume\",\"step\":100,\"seconds\":0}",
                "{\"event\":\"train\",\"step\":200,\"masked_lm_loss\":4,\"seconds\":50}");
        Curve curve = RunCurves.read(run).curve(Metric.MASKED_LM_LOSS, Along.TIME, RunCurves.Split.TRAINING);
        assertEquals(150, curve.x()[1]);
    }

    @Test
    void whatCannotBeDrawnIsSaidInALine() throws IOException {
        Path run = usual("a");
        fails(Failure.Kind.USAGE, "none: no such run", directory.resolve("none"), "x.png", Along.STEP);
        fails(Failure.Kind.USAGE, "found no metrics.jsonl in it", Files.createDirectory(directory.resolve("empty")), "x.png", Along.STEP);
        fails(Failure.Kind.DATA, "has no training steps yet", run("early", "{\"event\":\"start\",\"step\":0}"), "x.png", Along.STEP);
        fails(Failure.Kind.DATA, "has no key tokens", run, "x.png", Along.TOKENS);
        fails(Failure.Kind.USAGE, "expected a file that ends in .png or .svg", run, "x.pdf", Along.STEP);
        Failure typing = assertThrows(Failure.class, () -> Metric.of("masked_lm_los"));
        assertTrue(typing.getMessage().contains("did you mean 'masked_lm_loss'?"), typing.getMessage());
        Failure metric = assertThrows(Failure.class, () -> Plot.write(new Plot.Request(List.of(run), directory.resolve("x.png"),
                List.of(Metric.SCORE), Along.STEP, null, false, null)));
        assertTrue(metric.getMessage().startsWith("--metric score: no line of "), metric.getMessage());
        assertThrows(Failure.class, () -> Along.of("epoch"));
        assertFalse(Files.exists(directory.resolve("x.png")));
    }

    private void fails(Failure.Kind kind, String message, Path run, String output, Along along) {
        Failure failure = assertThrows(
                Failure.class, () -> Plot.write(request(List.of(run), directory.resolve(output), along)));
        assertEquals(kind, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"));
    }
}
