package org.graphbert.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.util.Locale;
import org.graphbert.config.Json;

/** A panel as part of a page: it takes the page's colours, and carries its figures for the pointer to ask for. */
final class PageCurve {

    private static final double WIDTH = 540;
    private static final double HEIGHT = 270;
    /** Points of a curve that can be pointed at, four for each of these. */
    private static final int STRETCHES = 100;

    private PageCurve() {}

    /**
     * The figure element.
     *
     * @param number of the panel on the page
     */
    static String figure(Panel panel, int number, Palette palette) {
        SvgGraphics g = new SvgGraphics(color -> name(color, palette), "p" + number + "-");
        PanelPlot.Place place = PanelPlot.draw(g, panel, true, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT), palette);
        return String.format(
                Locale.ROOT,
                "<figure class=\"panel\" data-panel=\"%s\"><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">%n%s"
                        + "</svg></figure>%n",
                Html.escape(data(panel, place, palette)), WIDTH, HEIGHT, Html.escape(panel.metric().title()), g.elements());
    }

    /** The page's variable for a colour of the palette. */
    private static String name(Color color, Palette palette) {
        if (color.equals(palette.background())) {
            return "var(--surface)";
        }
        if (color.equals(palette.ink())) {
            return "var(--ink)";
        }
        if (color.equals(palette.muted())) {
            return "var(--muted)";
        }
        if (color.equals(palette.grid())) {
            return "var(--line)";
        }
        int series = palette.series().indexOf(color);
        return series >= 0 ? "var(--series-" + series + ")" : SvgGraphics.hex(color);
    }

    private static String data(Panel panel, PanelPlot.Place place, Palette palette) {
        ObjectNode data = Json.MAPPER.createObjectNode();
        Rectangle2D area = place.area();
        data.putArray("area").add(round(area.getX())).add(round(area.getY())).add(round(area.getWidth())).add(round(area.getHeight()));
        data.putArray("range").add(place.lowX()).add(place.highX()).add(place.lowY()).add(place.highY());
        data.put("unit", panel.unit().name());
        ArrayNode lines = data.putArray("lines");
        for (Panel.Line line : panel.lines()) {
            if (line.style() == Panel.Style.RAW) {
                continue;
            }
            Curve curve = line.curve().thinned(STRETCHES);
            ObjectNode node = lines.addObject();
            node.put("name", line.style() == Panel.Style.MARKED ? "held-out" : "training");
            node.put("color", name(line.color(), palette));
            ArrayNode x = node.putArray("x");
            ArrayNode y = node.putArray("y");
            ArrayNode text = node.putArray("text");
            for (int i = 0; i < curve.size(); i++) {
                if (Double.isFinite(PanelPlot.height(panel, curve.y()[i]))) {
                    x.add(round(curve.x()[i]));
                    y.add(significant(PanelPlot.height(panel, curve.y()[i])));
                    text.add(text(panel.metric(), curve.y()[i]));
                }
            }
        }
        return Json.writeLine(data);
    }

    private static String text(Metric metric, double value) {
        int decimals = Math.abs(value) >= 1000 ? 0 : metric.scale() == Metric.Scale.PLAIN ? 3 : 2;
        return metric.scale().text(value, decimals);
    }

    private static double round(double value) {
        return Math.rint(100 * value) / 100;
    }

    private static double significant(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.5g", value));
    }
}
