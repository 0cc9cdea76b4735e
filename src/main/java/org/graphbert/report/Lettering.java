package org.graphbert.report;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.graphbert.config.Failure;

/** Words in a picture. */
final class Lettering {

    private Lettering() {}

    /**
     * Refuses to draw without fonts, of which a Java without a desktop may have none.
     *
     * @throws Failure (usage) that says what to install
     */
    static void require() {
        System.setProperty("java.awt.headless", "true");
        try {
            Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB).createGraphics();
            g.getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 12)).stringWidth("0");
            g.dispose();
        } catch (LinkageError | InternalError | RuntimeException e) {
            throw Failure.usage("pictures need a font, and Java found none (%s); install fontconfig and a font, e.g. with "
                    + "'apt-get install fontconfig fonts-dejavu-core'", root(e));
        }
    }

    private static String root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage() == null ? "" : ": " + cause.getMessage().lines().findFirst().orElse("");
        return cause.getClass().getSimpleName() + message;
    }

    /** Text that begins at x. */
    static void left(Graphics2D g, String text, double x, double y) {
        if (g instanceof SvgGraphics svg) {
            svg.text(text, x, y, "start");
        } else {
            g.drawString(text, (float) x, (float) y);
        }
    }

    static double width(Graphics2D g, String text) {
        return g.getFontMetrics().stringWidth(text);
    }
}
