package org.graphbert.report;

import java.awt.Color;
import java.awt.Composite;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.GraphicsConfiguration;
import java.awt.Image;
import java.awt.Paint;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.awt.image.BufferedImageOp;
import java.awt.image.ImageObserver;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;
import java.text.AttributedCharacterIterator;
import java.util.Map;

/**
 * java.awt's drawing interface cut down to what charts of lines ask for: draw, fill and drawString are left to be said by
 * those who know where the strokes go. What a pen keeps in mind, it keeps in one of java.awt's own; the rest is refused.
 */
abstract class VectorGraphics extends Graphics2D {

    private final Graphics2D pen;

    /** A pen of its own, as a picture begins with. */
    VectorGraphics() {
        this(new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB).createGraphics());
    }

    /** Another's pen. */
    VectorGraphics(Graphics2D pen) {
        this.pen = pen;
    }

    /** A pen that is as this one is now. */
    final Graphics2D penNow() {
        return (Graphics2D) pen.create();
    }

    @Override public void dispose() { pen.dispose(); }
    @Override public void setColor(Color c) { pen.setColor(c); }
    @Override public Color getColor() { return pen.getColor(); }
    @Override public void setPaint(Paint paint) { pen.setPaint(paint); }
    @Override public Paint getPaint() { return pen.getPaint(); }
    @Override public void setStroke(Stroke s) { pen.setStroke(s); }
    @Override public Stroke getStroke() { return pen.getStroke(); }
    @Override public void setComposite(Composite c) { pen.setComposite(c); }
    @Override public Composite getComposite() { return pen.getComposite(); }
    @Override public void setBackground(Color c) { pen.setBackground(c); }
    @Override public Color getBackground() { return pen.getBackground(); }
    @Override public void setPaintMode() { pen.setPaintMode(); }
    @Override public Font getFont() { return pen.getFont(); }
    @Override public void setFont(Font f) { pen.setFont(f); }
    @Override public FontMetrics getFontMetrics(Font f) { return pen.getFontMetrics(f); }
    @Override public FontRenderContext getFontRenderContext() { return pen.getFontRenderContext(); }
    @Override public void setRenderingHint(RenderingHints.Key key, Object value) { pen.setRenderingHint(key, value); }
    @Override public Object getRenderingHint(RenderingHints.Key key) { return pen.getRenderingHint(key); }
    @Override public void setRenderingHints(Map<?, ?> hints) { pen.setRenderingHints(hints); }
    @Override public void addRenderingHints(Map<?, ?> hints) { pen.addRenderingHints(hints); }
    @Override public RenderingHints getRenderingHints() { return pen.getRenderingHints(); }
    @Override public void translate(int x, int y) { pen.translate(x, y); }
    @Override public void translate(double x, double y) { pen.translate(x, y); }
    @Override public void rotate(double theta) { pen.rotate(theta); }
    @Override public void rotate(double theta, double x, double y) { pen.rotate(theta, x, y); }
    @Override public void scale(double x, double y) { pen.scale(x, y); }
    @Override public void shear(double x, double y) { pen.shear(x, y); }
    @Override public void transform(AffineTransform t) { pen.transform(t); }
    @Override public void setTransform(AffineTransform t) { pen.setTransform(t); }
    @Override public AffineTransform getTransform() { return pen.getTransform(); }
    @Override public Shape getClip() { return pen.getClip(); }
    @Override public void setClip(Shape shape) { pen.setClip(shape); }
    @Override public void setClip(int x, int y, int width, int height) { pen.setClip(x, y, width, height); }
    @Override public void clip(Shape shape) { pen.clip(shape); }
    @Override public void clipRect(int x, int y, int width, int height) { pen.clipRect(x, y, width, height); }
    @Override public Rectangle getClipBounds() { return pen.getClipBounds(); }
    @Override public boolean hit(Rectangle rect, Shape shape, boolean onStroke) { return pen.hit(rect, shape, onStroke); }
    @Override public GraphicsConfiguration getDeviceConfiguration() { return pen.getDeviceConfiguration(); }

    @Override public void drawString(String text, int x, int y) { drawString(text, (float) x, (float) y); }
    @Override public void drawLine(int x1, int y1, int x2, int y2) { draw(new Line2D.Double(x1, y1, x2, y2)); }
    @Override public void fillRect(int x, int y, int width, int height) { fill(new Rectangle(x, y, width, height)); }

    /** Refused, and not left out, so that a picture is never silently wrong: no chart here draws images or pixels. */
    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("an SVG chart is made of lines, areas and text; it has no pixels to copy, combine or clear");
    }

    @Override public void setXORMode(Color c) { throw unsupported(); }
    @Override public void copyArea(int x, int y, int width, int height, int dx, int dy) { throw unsupported(); }
    @Override public void clearRect(int x, int y, int width, int height) { throw unsupported(); }
    @Override public void drawRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) { throw unsupported(); }
    @Override public void fillRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) { throw unsupported(); }
    @Override public void drawOval(int x, int y, int width, int height) { throw unsupported(); }
    @Override public void fillOval(int x, int y, int width, int height) { throw unsupported(); }
    @Override public void drawArc(int x, int y, int width, int height, int start, int arc) { throw unsupported(); }
    @Override public void fillArc(int x, int y, int width, int height, int start, int arc) { throw unsupported(); }
    @Override public void drawPolyline(int[] x, int[] y, int n) { throw unsupported(); }
    @Override public void drawPolygon(int[] x, int[] y, int n) { throw unsupported(); }
    @Override public void fillPolygon(int[] x, int[] y, int n) { throw unsupported(); }
    @Override public void drawString(AttributedCharacterIterator text, int x, int y) { throw unsupported(); }
    @Override public void drawString(AttributedCharacterIterator text, float x, float y) { throw unsupported(); }
    @Override public void drawGlyphVector(GlyphVector glyphs, float x, float y) { throw unsupported(); }
    @Override public boolean drawImage(Image image, AffineTransform at, ImageObserver observer) { throw unsupported(); }
    @Override public void drawImage(BufferedImage image, BufferedImageOp op, int x, int y) { throw unsupported(); }
    @Override public void drawRenderedImage(RenderedImage image, AffineTransform at) { throw unsupported(); }
    @Override public void drawRenderableImage(RenderableImage image, AffineTransform at) { throw unsupported(); }
    @Override public boolean drawImage(Image image, int x, int y, ImageObserver observer) { throw unsupported(); }
    @Override public boolean drawImage(Image image, int x, int y, int width, int height,
            ImageObserver observer) { throw unsupported(); }
    @Override public boolean drawImage(Image image, int x, int y, Color c, ImageObserver observer) { throw unsupported(); }
    @Override public boolean drawImage(Image image, int x, int y, int width, int height, Color c,
            ImageObserver observer) { throw unsupported(); }
    @Override public boolean drawImage( Image image, int dx1, int dy1, int dx2, int dy2,
            int sx1, int sy1, int sx2, int sy2,
            ImageObserver observer) { throw unsupported(); }
    @Override public boolean drawImage( Image image, int dx1, int dy1, int dx2, int dy2,
            int sx1, int sy1, int sx2, int sy2, Color c,
            ImageObserver observer) { throw unsupported(); }
}
