package org.graphbert.report;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A curve: points in ascending order of x. A y that is not a number is a gap.
 *
 * @param x finite, never falling
 * @param y as many
 */
public record Curve(double[] x, double[] y) {

    /** Beyond so many standard deviations a neighbour's weight is nothing. */
    private static final double REACH = 3;

    public Curve {
        if (x.length != y.length) {
            throw new IllegalArgumentException(x.length + " values of x, " + y.length + " of y");
        }
        for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(x[i]) || i > 0 && x[i] < x[i - 1]) {
                throw new IllegalArgumentException("x is " + x[i] + " at point " + i + ", expected finite and ascending");
            }
        }
        y = Arrays.stream(y).map(value -> Double.isFinite(value) ? value : Double.NaN).toArray();
    }

    public int size() {
        return x.length;
    }

    /** Whether there is no number in it. */
    public boolean empty() {
        return Arrays.stream(y).allMatch(Double::isNaN);
    }

    /** The last value that is a number; NaN if there is none. */
    public double last() {
        return IntStream.iterate(y.length - 1, i -> i >= 0, i -> i - 1)
                .mapToDouble(i -> y[i]).filter(Double::isFinite).findFirst().orElse(Double.NaN);
    }

    public Curve scaled(double xFactor, double yFactor) {
        return new Curve(
                Arrays.stream(x).map(value -> value * xFactor).toArray(),
                Arrays.stream(y).map(value -> value * yFactor).toArray());
    }

    /**
     * Smoothed without lag: at each point the value of the line that fits its neighbours best, who weigh less the further
     * away they are, and never below or above all of these: at an end a line would run past them. What is straight stays as
     * it is, at the ends too. Gaps remain.
     *
     * @param deviation of the Gaussian weights, in units of x; 0 for no smoothing
     */
    public Curve smoothed(double deviation) {
        if (deviation <= 0) {
            return this;
        }
        double[] smooth = new double[y.length];
        int from = 0;
        for (int i = 0; i < y.length; i++) {
            while (x[i] - x[from] > REACH * deviation) {
                from++;
            }
            smooth[i] = Double.isNaN(y[i]) ? Double.NaN : fitted(i, from, deviation);
        }
        return new Curve(x, smooth);
    }

    /** The weighted least-squares line's value at a point, within its neighbours' values. */
    private double fitted(int i, int from, double deviation) {
        double sum = 0;
        double sumX = 0;
        double sumY = 0;
        double sumXx = 0;
        double sumXy = 0;
        double smallest = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        for (int j = from; j < x.length && x[j] - x[i] <= REACH * deviation; j++) {
            if (Double.isNaN(y[j])) {
                continue;
            }
            double d = (x[j] - x[i]) / deviation;
            double weight = Math.exp(-d * d / 2);
            sum += weight;
            sumX += weight * d;
            sumY += weight * y[j];
            sumXx += weight * d * d;
            sumXy += weight * d * y[j];
            smallest = Math.min(smallest, y[j]);
            largest = Math.max(largest, y[j]);
        }
        double determinant = sum * sumXx - sumX * sumX;
        // All in one place: there is no line, but a mean.
        double fitted = determinant < 1e-12 * sum * sum ? sumY / sum : (sumXx * sumY - sumX * sumXy) / determinant;
        return Math.max(smallest, Math.min(largest, fitted));
    }

    /**
     * With few enough points for a picture, which looks as it did: of each stretch of x the first, the last, the smallest
     * and the largest value stay.
     *
     * @param stretches equally long in x, of which each may keep four points
     */
    public Curve thinned(int stretches) {
        if (size() <= 4 * stretches) {
            return this;
        }
        boolean[] keep = new boolean[size()];
        double width = (x[size() - 1] - x[0]) / stretches;
        for (int from = 0; from < size(); ) {
            int stretch = stretch(from, width, stretches);
            int smallest = from;
            int largest = from;
            int behind = from;
            for (; behind < size() && stretch(behind, width, stretches) == stretch; behind++) {
                // Not a number is in no order: the first one that is takes its place.
                smallest = y[behind] < y[smallest] || Double.isNaN(y[smallest]) ? behind : smallest;
                largest = y[behind] > y[largest] || Double.isNaN(y[largest]) ? behind : largest;
            }
            keep[from] = true;
            keep[smallest] = true;
            keep[largest] = true;
            keep[behind - 1] = true;
            from = behind;
        }
        int[] kept = IntStream.range(0, size()).filter(i -> keep[i]).toArray();
        return new Curve(
                Arrays.stream(kept).mapToDouble(i -> x[i]).toArray(), Arrays.stream(kept).mapToDouble(i -> y[i]).toArray());
    }

    /**
     * The means of stretches, for what is smoothed anyway.
     *
     * @param stretches equally long in x, of which each becomes one point
     */
    public Curve means(int stretches) {
        if (size() <= stretches) {
            return this;
        }
        double width = (x[size() - 1] - x[0]) / stretches;
        double[] xs = new double[stretches];
        double[] ys = new double[stretches];
        int points = 0;
        for (int from = 0; from < size(); points++) {
            int stretch = stretch(from, width, stretches);
            int behind = from;
            while (behind < size() && stretch(behind, width, stretches) == stretch) {
                behind++;
            }
            xs[points] = Arrays.stream(x, from, behind).average().orElseThrow();
            ys[points] = Arrays.stream(y, from, behind).filter(Double::isFinite).average().orElse(Double.NaN);
            from = behind;
        }
        return new Curve(Arrays.copyOf(xs, points), Arrays.copyOf(ys, points));
    }

    private int stretch(int i, double width, int stretches) {
        return width == 0 ? 0 : (int) Math.min(stretches - 1, (x[i] - x[0]) / width);
    }
}
