package org.graphbert.report;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** An axis with the ticks that it is given. */
final class TickedAxis extends NumberAxis {

    private final List<Double> places;
    private final transient DoubleFunction<String> words;

    /**
     * An axis.
     *
     * @param places of the ticks, in the coordinates of the data
     * @param words what is written at each
     */
    TickedAxis(String label, double low, double high, List<Double> places, DoubleFunction<String> words) {
        super(label);
        this.places = places;
        this.words = words;
        setRange(low, high);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public List refreshTicks(Graphics2D g, AxisState state, Rectangle2D area, RectangleEdge edge) {
        TextAnchor anchor = RectangleEdge.isLeftOrRight(edge) ? TextAnchor.CENTER_RIGHT : TextAnchor.TOP_CENTER;
        return places.stream()
                .map(place -> new NumberTick(place, words.apply(place), anchor, TextAnchor.CENTER, 0))
                .toList();
    }
}
