package org.graphbert.report;

import java.awt.Color;
import java.util.List;

/**
 * The colours of a picture, each with one part to play.
 *
 * @param ink of words and axes
 * @param muted of what is said in passing
 * @param series of runs, one after the other; held-out curves of a single run have the second
 */
record Palette(Color background, Color ink, Color muted, Color grid, List<Color> series) {

    /** The series' can be told apart by the colour-blind too (Okabe and Ito 2008), darkened where white swallows them. */
    static final Palette LIGHT = new Palette(
            new Color(0xFFFFFF),
            new Color(0x24292F),
            new Color(0x6B7280),
            new Color(0xE8EAED),
            List.of(
                    new Color(0x0072B2),
                    new Color(0xD55E00),
                    new Color(0x009E73),
                    new Color(0xB8609A),
                    new Color(0xC98A00),
                    new Color(0x3FA0D8),
                    new Color(0x5B5B5B)));

    /** Of a number of a run, from 0; they come round again. */
    Color of(int number) {
        return series.get(number % series.size());
    }

    /** The same colour, let through. */
    static Color pale(Color color, double opacity) {
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), (int) Math.round(255 * opacity));
    }
}
