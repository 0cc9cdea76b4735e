package org.graphbert.evaluate.score;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How well classes were told apart; the figures are scikit-learn's of the same names.
 *
 * @param confusion of K classes
 * @param positive the class that {@link #binary} is about, -1 for none
 */
public record ClassificationScores(ConfusionMatrix confusion, int positive) {

    public ClassificationScores {
        if (positive < -1 || positive >= confusion.labels().size()) {
            throw new IllegalArgumentException("class " + positive + " of " + confusion.labels().size());
        }
    }

    /**
     * Of N predictions.
     *
     * @param gold [N] the classes that are right
     * @param predicted [N]
     */
    public static ClassificationScores of(int[] gold, int[] predicted, List<String> labels) {
        return new ClassificationScores(confusion(gold, predicted, labels), -1);
    }

    /**
     * Of N predictions, one class of which is what is looked for.
     *
     * @param gold [N] the classes that are right
     * @param predicted [N]
     * @param positive one of the labels
     */
    public static ClassificationScores of(int[] gold, int[] predicted, List<String> labels, String positive) {
        if (!labels.contains(positive)) {
            throw new IllegalArgumentException("'" + positive + "' is none of " + labels);
        }
        return new ClassificationScores(confusion(gold, predicted, labels), labels.indexOf(positive));
    }

    private static ConfusionMatrix confusion(int[] gold, int[] predicted, List<String> labels) {
        if (gold.length != predicted.length) {
            throw new IllegalArgumentException(predicted.length + " predictions of " + gold.length + " examples");
        }
        ConfusionMatrix confusion = ConfusionMatrix.of(labels);
        IntStream.range(0, gold.length).forEach(i -> confusion.add(gold[i], predicted[i]));
        return confusion;
    }

    /** The class against all others. */
    public Ratios of(int k) {
        return new Ratios(confusion.counts()[k][k], confusion.takenFor(k), confusion.of(k));
    }

    /** The positive class against all others. */
    public Ratios binary() {
        if (positive < 0) {
            throw new IllegalStateException("no class is the positive one");
        }
        return of(positive);
    }

    /** The share that is right; NaN of none. */
    public double accuracy() {
        return confusion.accuracy();
    }

    /** The mean over the classes that are right or predicted at least once. */
    public double macro(ToDoubleFunction<Ratios> ratio) {
        return present().mapToObj(this::of).mapToDouble(ratio).average().orElse(0);
    }

    /** The mean over the classes, by how often each is right. */
    public double weighted(ToDoubleFunction<Ratios> ratio) {
        long total = confusion.total();
        return total == 0 ? 0 : present().mapToObj(this::of).mapToDouble(of -> of.gold() * ratio.applyAsDouble(of)).sum() / total;
    }

    /**
     * Matthews' correlation coefficient, of any number of classes (R_K of Gorodkin 2004), from -1 to 1; 0 where only one class
     * is right or only one was predicted.
     */
    public double matthews() {
        double n = confusion.total();
        double correct = 0;
        double both = 0;
        double goldSquares = 0;
        double predictedSquares = 0;
        for (int k = 0; k < confusion.labels().size(); k++) {
            double gold = confusion.of(k);
            double predicted = confusion.takenFor(k);
            correct += confusion.counts()[k][k];
            both += gold * predicted;
            goldSquares += gold * gold;
            predictedSquares += predicted * predicted;
        }
        double variances = (n * n - goldSquares) * (n * n - predictedSquares);
        return variances == 0 ? 0 : (correct * n - both) / Math.sqrt(variances);
    }

    /** By name, the accuracy first; with a positive class precision, recall and f1 are that class's. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", accuracy());
        if (positive >= 0) {
            metrics.put("f1", binary().f1());
            metrics.put("precision", binary().precision());
            metrics.put("recall", binary().recall());
        }
        metrics.put("f1_macro", macro(Ratios::f1));
        metrics.put("f1_micro", all().f1());
        metrics.put("f1_weighted", weighted(Ratios::f1));
        metrics.put("precision_macro", macro(Ratios::precision));
        metrics.put("recall_macro", macro(Ratios::recall));
        metrics.put("matthews", matthews());
        return metrics;
    }

    private Ratios all() {
        return present().mapToObj(this::of).reduce(new Ratios(0, 0, 0), Ratios::plus);
    }

    private IntStream present() {
        return IntStream.range(0, confusion.labels().size()).filter(k -> confusion.of(k) + confusion.takenFor(k) > 0);
    }
}
