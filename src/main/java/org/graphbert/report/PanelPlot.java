package org.graphbert.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Draws a panel: no frame, faint lines across, and its title where an axis would have a word turned on its side. */
final class PanelPlot {

    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 13);
    static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Font READING = new Font(Font.SANS_SERIF, Font.BOLD, 11);
    private static final double TITLE_HEIGHT = 26;
    private static final double LEFT = 54;
    private static final double BOTTOM = 38;
    private static final int MOST_X_TICKS = 8;
    private static final int MOST_Y_TICKS = 6;
    private static final double MARGIN = 0.04;
    private static final double MARK = 6;
    private static final double RAW_OPACITY = 0.32;

    private PanelPlot() {}

    /**
     * Where the figures went, so that places in the picture can be read back.
     *
     * @param area of the curves, in the picture
     */
    record Place(Rectangle2D area, double lowX, double highX, double lowY, double highY) {}

    /**
     * Draws a panel.
     *
     * @param labelled whether the axis of x says what it is
     */
    static Place draw(Graphics2D g, Panel panel, boolean labelled, Rectangle2D area, Palette palette) {
        g.setFont(TITLE);
        g.setColor(palette.ink());
        Lettering.left(g, panel.metric().title(), area.getX(), area.getY() + 14);
        double titleEnd = area.getX() + Lettering.width(g, panel.metric().title());
        readings(g, panel, titleEnd, area.getMaxX(), area.getY() + 14);
        NumberAxis x = xAxis(panel, labelled);
        NumberAxis y = yAxis(panel);
        XYSeriesCollection data = new XYSeriesCollection();
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
        renderer.setDrawSeriesLineAsPath(true);
        for (Panel.Line line : panel.lines()) {
            style(renderer, data.getSeriesCount(), line, palette);
            data.addSeries(series(data.getSeriesCount(), panel, line.curve()));
        }
        XYPlot plot = new XYPlot(data, x, y, renderer);
        dress(plot, palette);
        for (Panel.Boundary boundary : panel.boundaries()) {
            plot.addDomainMarker(marker(boundary, palette));
        }
        PlotRenderingInfo info = new PlotRenderingInfo(null);
        plot.draw(g, new Rectangle2D.Double(
                area.getX(), area.getY() + TITLE_HEIGHT, area.getWidth(), area.getHeight() - TITLE_HEIGHT), null, null, info);
        return new Place(
                info.getDataArea(), x.getLowerBound(), x.getUpperBound(), y.getLowerBound(), y.getUpperBound());
    }

    /** Where the curves end, in their colours, as far as there is room beside the title. */
    private static void readings(Graphics2D g, Panel panel, double left, double right, double y) {
        if (!panel.metric().judged()) {
            return;
        }
        g.setFont(READING);
        double x = right;
        for (int i = panel.lines().size() - 1; i >= 0; i--) {
            Panel.Line line = panel.lines().get(i);
            if (line.style() == Panel.Style.RAW || Double.isNaN(line.curve().last())) {
                continue;
            }
            String text = panel.metric().scale().text(line.curve().last(), panel.metric().scale() == Metric.Scale.PLAIN ? 3 : 1);
            boolean marked = line.style() == Panel.Style.MARKED;
            x -= Lettering.width(g, text);
            if (x - 2 * MARK < left + 20) {
                return;
            }
            g.setColor(line.color());
            Lettering.left(g, text, x, y);
            if (marked) {
                g.setStroke(new BasicStroke(1.6f));
                g.draw(new Ellipse2D.Double(x - 2 * MARK, y - 4 - MARK / 2, MARK, MARK));
                x -= 2 * MARK;
            }
            x -= 14;
        }
    }

    private static XYSeries series(int number, Panel panel, Curve curve) {
        XYSeries series = new XYSeries(number, false, true);
        for (int i = 0; i < curve.size(); i++) {
            series.add(curve.x()[i], height(panel, curve.y()[i]), false);
        }
        return series;
    }

    /** Where a value stands on the axis. */
    static double height(Panel panel, double y) {
        return !panel.logarithmic() ? y : y > 0 ? Math.log10(y) : Double.NaN;
    }

    private static NumberAxis xAxis(Panel panel, boolean labelled) {
        double low = panel.reach().low();
        double high = panel.reach().high();
        // Runs that begin soon begin at 0; what is cut out of the middle of one stands where it was.
        low = low < high / 4 || low == high ? Math.min(0, low) : low;
        high = high > low ? high : low + 1;
        Ticks ticks = Ticks.linear(low, high, MOST_X_TICKS);
        return new TickedAxis(
                labelled ? panel.unit().name() : null, low, high + MARGIN / 2 * (high - low), ticks.values(),
                value -> Metric.Scale.PLAIN.text(value, ticks.decimals()));
    }

    private static NumberAxis yAxis(Panel panel) {
        double[] all = panel.lines().stream()
                .flatMapToDouble(line -> Arrays.stream(line.curve().y()))
                .filter(value -> Double.isFinite(height(panel, value)))
                .toArray();
        double low = DoubleStream.of(all).min().orElse(panel.logarithmic() ? 0.1 : 0);
        double high = DoubleStream.of(all).max().orElse(1);
        boolean fromZero = panel.metric().scale().fromZero() && low >= 0 && !panel.logarithmic();
        low = fromZero ? 0 : low;
        if (low == high) {
            // Nothing changes: it stands in the middle.
            double room = low == 0 ? 1 : Math.abs(low) / 2;
            low = panel.logarithmic() ? low / 2 : low - room;
            high = panel.logarithmic() ? high * 2 : high + room;
        }
        Ticks ticks = panel.logarithmic()
                ? Ticks.logarithmic(low, high, 2 * MOST_Y_TICKS) : Ticks.linear(low, high, MOST_Y_TICKS);
        double bottom = height(panel, low);
        double top = height(panel, high);
        double margin = MARGIN * (top - bottom);
        return new TickedAxis(
                null, fromZero ? bottom : bottom - margin, top + margin,
                ticks.values().stream().map(value -> height(panel, value)).toList(),
                place -> panel.metric().scale().text(panel.logarithmic() ? Math.pow(10, place) : place, ticks.decimals()));
    }

    private static void style(XYLineAndShapeRenderer renderer, int series, Panel.Line line, Palette palette) {
        boolean marked = line.style() == Panel.Style.MARKED;
        boolean alone = line.curve().size() == 1;
        float width = switch (line.style()) {
            case RAW -> 1f;
            case STRONG -> 2f;
            case MARKED -> 1.4f;
        };
        Color color = line.style() == Panel.Style.RAW ? Palette.pale(line.color(), RAW_OPACITY) : line.color();
        renderer.setSeriesPaint(series, color);
        renderer.setSeriesStroke(series, new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        renderer.setSeriesShapesVisible(series, marked || alone);
        renderer.setSeriesShape(series, new Ellipse2D.Double(-MARK / 2, -MARK / 2, MARK, MARK));
        renderer.setSeriesShapesFilled(series, true);
        renderer.setUseFillPaint(true);
        renderer.setSeriesFillPaint(series, marked ? palette.background() : line.color());
        renderer.setDrawOutlines(true);
        renderer.setUseOutlinePaint(true);
        renderer.setSeriesOutlinePaint(series, line.color());
        renderer.setSeriesOutlineStroke(series, new BasicStroke(1.6f));
    }

    private static void dress(XYPlot plot, Palette palette) {
        plot.setBackgroundPaint(null);
        plot.setOutlineVisible(false);
        plot.setInsets(RectangleInsets.ZERO_INSETS);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinePaint(palette.grid());
        plot.setRangeGridlineStroke(new BasicStroke(1f));
        plot.setRangeZeroBaselineVisible(false);
        AxisSpace left = new AxisSpace();
        left.setLeft(LEFT);
        plot.setFixedRangeAxisSpace(left);
        AxisSpace bottom = new AxisSpace();
        bottom.setBottom(BOTTOM);
        plot.setFixedDomainAxisSpace(bottom);
        for (NumberAxis axis : List.of((NumberAxis) plot.getDomainAxis(), (NumberAxis) plot.getRangeAxis())) {
            axis.setTickLabelFont(SMALL);
            axis.setTickLabelPaint(palette.muted());
            axis.setLabelFont(SMALL);
            axis.setLabelPaint(palette.muted());
            axis.setAxisLinePaint(palette.muted());
            axis.setTickMarkPaint(palette.muted());
        }
        plot.getRangeAxis().setAxisLineVisible(false);
        plot.getRangeAxis().setTickMarksVisible(false);
        plot.getRangeAxis().setTickLabelInsets(new RectangleInsets(0, 0, 0, 8));
        plot.getDomainAxis().setTickMarkOutsideLength(4);
        plot.getDomainAxis().setLabelInsets(new RectangleInsets(2, 0, 0, 0));
    }

    private static ValueMarker marker(Panel.Boundary boundary, Palette palette) {
        ValueMarker marker = new ValueMarker(boundary.x(), palette.muted(), new BasicStroke(
                1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {3, 3}, 0));
        marker.setLabel(boundary.name());
        marker.setLabelFont(SMALL);
        marker.setLabelPaint(palette.muted());
        marker.setLabelBackgroundColor(new Color(0, 0, 0, 0));
        marker.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
        marker.setLabelTextAnchor(TextAnchor.TOP_LEFT);
        marker.setAlpha(1f);
        return marker;
    }
}
