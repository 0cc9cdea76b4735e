package org.graphbert.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Panels under a title and a legend, in two columns where there are several.
 *
 * @param title at the top; empty for none
 * @param legend what lines mean
 */
record Figure(String title, List<Entry> legend, List<Panel> panels) {

    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 18);
    private static final Font LEGEND = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final double MARGIN = 28;
    private static final double GAP = 36;
    private static final double PANEL_WIDTH = 540;
    private static final double PANEL_HEIGHT = 270;
    private static final double ONLY_WIDTH = 820;
    private static final double ONLY_HEIGHT = 440;
    private static final double TITLE_HEIGHT = 30;
    private static final double LEGEND_LINE = 22;
    private static final double SWATCH = 26;
    /** Pixels of a PNG for one of the layout: sharp on dense screens and on paper. */
    private static final int DENSITY = 2;

    /** A line of the legend, drawn as the lines of the panels are. */
    record Entry(String text, Panel.Style style, Color color) {}

    private double panelWidth() {
        return panels.size() == 1 ? ONLY_WIDTH : PANEL_WIDTH;
    }

    private double panelHeight() {
        return panels.size() == 1 ? ONLY_HEIGHT : PANEL_HEIGHT;
    }

    private int columns() {
        return Math.min(2, panels.size());
    }

    private double width() {
        return 2 * MARGIN + columns() * panelWidth() + (columns() - 1) * GAP;
    }

    private double height(double header) {
        int rows = (panels.size() + columns() - 1) / columns();
        return header + rows * panelHeight() + (rows - 1) * GAP / 2 + MARGIN / 2;
    }

    /** As pixels. */
    BufferedImage image(Palette palette) {
        Graphics2D measure = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        double height = height(header(measure, palette));
        measure.dispose();
        BufferedImage image = new BufferedImage(
                (int) Math.ceil(width() * DENSITY), (int) Math.ceil(height * DENSITY), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(palette.background());
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        g.scale(DENSITY, DENSITY);
        draw(g, palette);
        g.dispose();
        return image;
    }

    /** As a file of SVG. */
    String svg(Palette palette) {
        SvgGraphics g = new SvgGraphics(SvgGraphics::hex, "");
        double height = draw(g, palette);
        return SvgGraphics.document(width(), height, palette.background(), g.elements());
    }

    /** Draws all; returns the height. */
    private double draw(Graphics2D g, Palette palette) {
        double header = header(g, palette);
        for (int i = 0; i < panels.size(); i++) {
            double x = MARGIN + i % columns() * (panelWidth() + GAP);
            double y = header + i / columns() * (panelHeight() + GAP / 2);
            boolean last = i + columns() >= panels.size();
            PanelPlot.draw(g, panels.get(i), last, new Rectangle2D.Double(x, y, panelWidth(), panelHeight()), palette);
        }
        return height(header);
    }

    /** Draws the title and the legend; returns where they end. */
    private double header(Graphics2D g, Palette palette) {
        double y = MARGIN + 10;
        if (!title.isEmpty()) {
            g.setFont(TITLE);
            g.setColor(palette.ink());
            Lettering.left(g, title, MARGIN, y + 4);
            y += TITLE_HEIGHT;
        }
        g.setFont(LEGEND);
        for (List<Entry> row : rows(g)) {
            double x = MARGIN;
            for (Entry entry : row) {
                swatch(g, entry, x, y - 4, palette);
                g.setColor(palette.ink());
                Lettering.left(g, entry.text(), x + SWATCH + 6, y);
                x += entryWidth(g, entry);
            }
            y += LEGEND_LINE;
        }
        return y + 6;
    }

    /** Entries side by side, as many as there is room for. */
    private List<List<Entry>> rows(Graphics2D g) {
        List<List<Entry>> rows = new ArrayList<>();
        double x = Double.POSITIVE_INFINITY;
        for (Entry entry : legend) {
            if (x + entryWidth(g, entry) > width() - MARGIN) {
                rows.add(new ArrayList<>());
                x = MARGIN;
            }
            rows.get(rows.size() - 1).add(entry);
            x += entryWidth(g, entry);
        }
        return rows;
    }

    private static double entryWidth(Graphics2D g, Entry entry) {
        return SWATCH + 6 + Lettering.width(g, entry.text()) + 22;
    }

    private static void swatch(Graphics2D g, Entry entry, double x, double y, Palette palette) {
        boolean raw = entry.style() == Panel.Style.RAW;
        g.setColor(raw ? Palette.pale(entry.color(), 0.4) : entry.color());
        g.setStroke(new BasicStroke(raw ? 1.2f : entry.style() == Panel.Style.MARKED ? 1.4f : 2.4f));
        g.draw(new Line2D.Double(x, y, x + SWATCH, y));
        if (entry.style() == Panel.Style.MARKED) {
            Ellipse2D mark = new Ellipse2D.Double(x + SWATCH / 2 - 3.5, y - 3.5, 7, 7);
            g.setColor(palette.background());
            g.fill(mark);
            g.setColor(entry.color());
            g.setStroke(new BasicStroke(1.6f));
            g.draw(mark);
        }
    }
}
