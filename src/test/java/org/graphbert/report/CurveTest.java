package org.graphbert.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Smoothing and thinning: what they keep. */
class CurveTest {

    /** Uneven steps, some of them none; now and then no number. */
    private static Curve random(long seed, int size, boolean gaps) {
        Random random = new Random(seed);
        double[] x = new double[size];
        double[] y = new double[size];
        for (int i = 0; i < size; i++) {
            x[i] = (i == 0 ? 0 : x[i - 1]) + random.nextInt(4);
            y[i] = gaps && random.nextInt(10) == 0 ? Double.NaN : random.nextGaussian();
        }
        return new Curve(x, y);
    }

    @Property(tries = 200)
    void whatIsStraightStaysSo(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int size) {
        Curve curve = random(seed, size, false);
        Curve line = new Curve(curve.x(), Arrays.stream(curve.x()).map(x -> 3 - x / 7).toArray());
        assertArrayEquals(line.y(), line.smoothed(2.5).y(), 1e-6);
    }

    @Test
    void noiseIsSmoothedAndGapsRemain() {
        Curve curve = random(5, 1000, true);
        Curve smooth = curve.smoothed(30);
        for (int i = 0; i < curve.size(); i++) {
            assertEquals(Double.isNaN(curve.y()[i]), Double.isNaN(smooth.y()[i]));
        }
        assertTrue(spread(smooth) < spread(curve) / 3, spread(smooth) + " of " + spread(curve));
        assertArrayEquals(curve.y(), curve.smoothed(0).y());
    }

    @Test
    void whatRisesFasterAndFasterIsNotDrawnBelowWhereItBegan() {
        double[] x = IntStream.range(0, 100).asDoubleStream().toArray();
        Curve accuracy = new Curve(x, Arrays.stream(x).map(step -> step * step / 10_000).toArray());
        assertEquals(0, accuracy.smoothed(10).y()[0], "a line through a bend runs below 0");
    }

    private static double spread(Curve curve) {
        return Math.sqrt(Arrays.stream(curve.y()).filter(Double::isFinite).map(y -> y * y).average().orElseThrow());
    }

    @Property(tries = 200)
    void thinnedItLooksAsItDid(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int size) {
        Curve curve = random(seed, size, true);
        Curve thin = curve.thinned(50);
        assertTrue(thin.size() <= Math.max(200, 0), thin.size() + " points");
        assertEquals(curve.x()[0], thin.x()[0]);
        assertEquals(curve.x()[size - 1], thin.x()[thin.size() - 1]);
        assertEquals(finite(curve).max(), finite(thin).max());
        assertEquals(finite(curve).min(), finite(thin).min());
    }

    private static DoubleStream finite(Curve curve) {
        return Arrays.stream(curve.y()).filter(Double::isFinite);
    }

    @Test
    void ofAHundredThousandPointsTheSpikeStays() {
        double[] x = IntStream.range(0, 100_000).asDoubleStream().toArray();
        double[] y = new double[x.length];
        y[54_321] = 9;
        Curve thin = new Curve(x, y).thinned(600);
        assertTrue(thin.size() <= 2400);
        assertTrue(IntStream.range(0, thin.size()).anyMatch(i -> thin.x()[i] == 54_321 && thin.y()[i] == 9));
        Curve means = new Curve(x, x).means(100);
        assertEquals(100, means.size());
        assertEquals(means.x()[50], means.y()[50], 1e-9);
    }

    @Test
    void infinityIsNoNumberAndTheLastOneIsFound() {
        Curve curve = new Curve(new double[] {1, 2, 3}, new double[] {4, 5, Double.POSITIVE_INFINITY});
        assertEquals(5, curve.last());
        assertTrue(new Curve(new double[] {1}, new double[] {Double.NaN}).empty());
    }
}
