package org.graphbert.train;

import java.util.Arrays;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;

/** Self-attention over the tokens of one text, and how its kinds of positions enter: in float64, one head at a time. */
final class PlainAttention {

    private final PlainWeights weights;
    private final String at;
    private final int[] places;
    private final PositionEmbedding kind;
    private final int d;

    /**
     * The attention of one layer.
     *
     * @param at its path
     * @param places where each token stands
     */
    PlainAttention(PlainWeights weights, String at, int[] places) {
        ModelConfig config = weights.config();
        this.weights = weights;
        this.at = at;
        this.places = places;
        this.kind = config.options().positions();
        this.d = config.headSize();
    }

    /** The heads' contexts side by side. */
    double[][] context(double[][] x) {
        double[][] q = weights.dense(at + "/query", x);
        double[][] k = weights.dense(at + "/key", x);
        double[][] v = weights.dense(at + "/value", x);
        int hidden = weights.config().hiddenSize();
        double[][] context = new double[x.length][hidden];
        for (int first = 0; first < hidden; first += d) {
            for (int l = 0; l < x.length; l++) {
                double[] scores = new double[x.length];
                for (int r = 0; r < x.length; r++) {
                    scores[r] = score(head(q[l], first), head(k[r], first), places[l], places[r]) / Math.sqrt(d);
                }
                double[] probabilities = PlainMath.softmax(scores);
                for (int r = 0; r < x.length; r++) {
                    for (int f = first; f < first + d; f++) {
                        context[l][f] += probabilities[r] * v[r][f];
                    }
                }
            }
        }
        return context;
    }

    private double score(double[] q, double[] k, int from, int to) {
        return switch (kind) {
            case ABSOLUTE -> dot(q, k);
            case RELATIVE_KEY -> dot(q, k) + dot(q, distance(from - to));
            case RELATIVE_KEY_QUERY -> dot(q, k) + dot(q, distance(from - to)) + dot(k, distance(from - to));
            case ROTARY -> dot(turned(q, from), turned(k, to));
        };
    }

    /** The vector of a distance; that of 0 stands in the middle of its table. */
    private double[] distance(int distance) {
        int row = distance + weights.config().maxPositionEmbeddings() - 1;
        return head(weights.get(at + "/distance_embedding"), row * d);
    }

    /** The numbers 2i and 2i+1 as a complex number, times exp(√−1 · place · 10000^(−2i/D)) (Su et al. 2021, equation 34). */
    private double[] turned(double[] x, int place) {
        double[] y = new double[d];
        for (int i = 0; i < d / 2; i++) {
            double angle = place * Math.pow(10000, -2.0 * i / d);
            y[2 * i] = x[2 * i] * Math.cos(angle) - x[2 * i + 1] * Math.sin(angle);
            y[2 * i + 1] = x[2 * i] * Math.sin(angle) + x[2 * i + 1] * Math.cos(angle);
        }
        return y;
    }

    private double[] head(double[] x, int first) {
        return Arrays.copyOfRange(x, first, first + d);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
