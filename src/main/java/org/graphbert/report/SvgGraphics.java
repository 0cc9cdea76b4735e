package org.graphbert.report;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.PathIterator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What is drawn becomes SVG: paths, and texts that stay texts. */
final class SvgGraphics extends VectorGraphics {

    /** Fonts of about the width of the one that Java measures with, where it is DejaVu. */
    static final String FONTS = "Verdana, 'DejaVu Sans', sans-serif";

    private final Function<Color, String> names;
    private final String idPrefix;
    private final StringBuilder out;
    /** The ids of clips, by their paths. */
    private final Map<String, String> clips;

    /**
     * Begins a drawing.
     *
     * @param names what an opaque colour is called in it, e.g. #0072b2
     * @param idPrefix of the ids in it, which must differ between drawings on one page
     */
    SvgGraphics(Function<Color, String> names, String idPrefix) {
        this.names = names;
        this.idPrefix = idPrefix;
        this.out = new StringBuilder();
        this.clips = new HashMap<>();
    }

    private SvgGraphics(SvgGraphics same, Graphics2D pen) {
        super(pen);
        this.names = same.names;
        this.idPrefix = same.idPrefix;
        this.out = same.out;
        this.clips = same.clips;
    }

    /** Another pen for the same drawing. */
    @Override
    public Graphics create() {
        return new SvgGraphics(this, penNow());
    }

    /** A name for a colour that any program knows. */
    static String hex(Color color) {
        return String.format("#%06x", color.getRGB() & 0xFFFFFF);
    }

    /**
     * A file of SVG.
     *
     * @param elements what is in it
     */
    static String document(double width, double height, Color background, String elements) {
        return String.format(
                Locale.ROOT,
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$s" height="%2$s" viewBox="0 0 %1$s %2$s" font-family="%3$s">
                <rect width="100%%" height="100%%" fill="%4$s"/>
                %5$s</svg>
                """,
                number(width), number(height), FONTS, hex(background), elements);
    }

    /** All that was drawn, as the contents of an svg element. */
    String elements() {
        return out.toString();
    }

    /** The middle of a text is where this machine's font has it, whatever font it is shown in. */
    @Override
    public void drawString(String text, float x, float y) {
        text(text, x + getFontMetrics().stringWidth(text) / 2.0, y, "middle");
    }

    /**
     * Text, wherever the font that it is shown in has its ends.
     *
     * @param anchor of SVG: which point of the text stands at x
     */
    void text(String text, double x, double y, String anchor) {
        double[] at = {x, y};
        getTransform().transform(at, 0, at, 0, 1);
        out.append("<text x=\"").append(number(at[0])).append("\" y=\"").append(number(at[1])).append('"');
        if (getTransform().getShearX() != 0) {
            double degrees = Math.toDegrees(Math.atan2(getTransform().getShearY(), getTransform().getScaleX()));
            out.append(String.format(Locale.ROOT, " transform=\"rotate(%s %s %s)\"", number(degrees), number(at[0]), number(at[1])));
        }
        if (!anchor.equals("start")) {
            out.append(" text-anchor=\"").append(anchor).append('"');
        }
        out.append(" font-size=\"").append(number(getFont().getSize2D())).append('"');
        if (getFont().isBold()) {
            out.append(" font-weight=\"600\"");
        }
        paint("fill");
        out.append('>').append(Html.escape(text)).append("</text>\n");
    }

    @Override
    public void draw(Shape shape) {
        BasicStroke stroke = (BasicStroke) getStroke();
        open(shape);
        out.append(" fill=\"none\"");
        paint("stroke");
        if (stroke.getLineWidth() != 1) {
            out.append(" stroke-width=\"").append(number(stroke.getLineWidth())).append('"');
        }
        if (stroke.getLineJoin() == BasicStroke.JOIN_ROUND) {
            out.append(" stroke-linejoin=\"round\"");
        }
        if (stroke.getEndCap() == BasicStroke.CAP_ROUND) {
            out.append(" stroke-linecap=\"round\"");
        }
        if (stroke.getDashArray() != null) {
            out.append(" stroke-dasharray=\"");
            for (float dash : stroke.getDashArray()) {
                out.append(number(dash)).append(' ');
            }
            out.setCharAt(out.length() - 1, '"');
        }
        out.append("/>\n");
    }

    @Override
    public void fill(Shape shape) {
        open(shape);
        paint("fill");
        out.append("/>\n");
    }

    private void open(Shape shape) {
        out.append("<path");
        if (getClip() != null) {
            String path = path(getTransform().createTransformedShape(getClip()));
            String id = clips.get(path);
            if (id == null) {
                id = idPrefix + "clip" + clips.size();
                clips.put(path, id);
                out.insert(out.length() - "<path".length(), "<clipPath id=\"" + id + "\"><path d=\"" + path + "\"/></clipPath>\n");
            }
            out.append(" clip-path=\"url(#").append(id).append(")\"");
        }
        out.append(" d=\"").append(path(getTransform().createTransformedShape(shape))).append('"');
    }

    private void paint(String attribute) {
        Color color = getColor();
        out.append(' ').append(attribute).append("=\"").append(names.apply(new Color(color.getRGB()))).append('"');
        double opacity = color.getAlpha() / 255.0 * (getComposite() instanceof AlphaComposite alpha ? alpha.getAlpha() : 1);
        if (opacity < 1) {
            out.append(' ').append(attribute).append("-opacity=\"").append(number(opacity)).append('"');
        }
    }

    private static String path(Shape shape) {
        StringBuilder path = new StringBuilder();
        double[] c = new double[6];
        for (PathIterator i = shape.getPathIterator(null); !i.isDone(); i.next()) {
            int points = switch (i.currentSegment(c)) {
                case PathIterator.SEG_MOVETO -> append(path, 'M', 1);
                case PathIterator.SEG_LINETO -> append(path, 'L', 1);
                case PathIterator.SEG_QUADTO -> append(path, 'Q', 2);
                case PathIterator.SEG_CUBICTO -> append(path, 'C', 3);
                default -> append(path, 'Z', 0);
            };
            for (int k = 0; k < 2 * points; k++) {
                path.append(k == 0 ? "" : " ").append(number(c[k]));
            }
        }
        return path.toString();
    }

    private static int append(StringBuilder path, char command, int points) {
        path.append(command);
        return points;
    }

    /** With two decimals at most: a hundredth of a pixel. */
    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "").replaceAll("^-0$", "0");
    }
}
