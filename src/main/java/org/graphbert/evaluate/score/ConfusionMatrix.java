package org.graphbert.evaluate.score;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How often each class was taken for each.
 *
 * @param labels the names of the classes, in their order
 * @param counts [true class][predicted class]
 */
public record ConfusionMatrix(List<String> labels, long[][] counts) {

    public ConfusionMatrix {
        labels = List.copyOf(labels);
        int classes = labels.size();
        if (counts.length != classes || IntStream.range(0, classes).anyMatch(i -> counts[i].length != classes)) {
            throw new IllegalArgumentException(counts.length + " rows of counts for " + classes + " classes, expected a square");
        }
    }

    /** Of nothing yet; {@link #add} fills it. */
    public static ConfusionMatrix of(List<String> labels) {
        return new ConfusionMatrix(labels, new long[labels.size()][labels.size()]);
    }

    /** One more of a class that was taken for one. */
    public void add(int truth, int predicted) {
        counts[truth][predicted]++;
    }

    /** How many there are. */
    public long total() {
        return IntStream.range(0, labels.size()).mapToLong(this::of).sum();
    }

    /** How many there are of a class. */
    public long of(int truth) {
        return IntStream.range(0, labels.size()).mapToLong(predicted -> counts[truth][predicted]).sum();
    }

    /** How many were taken for a class. */
    public long takenFor(int predicted) {
        return IntStream.range(0, labels.size()).mapToLong(truth -> counts[truth][predicted]).sum();
    }

    /** The share that was taken for what it is; NaN of nothing. */
    public double accuracy() {
        return (double) IntStream.range(0, labels.size()).mapToLong(i -> counts[i][i]).sum() / total();
    }

    /** A table: a row for each true class, a column for each predicted one. */
    public String text() {
        int name = width(labels.stream().mapToInt(String::length).max().orElse(0));
        StringBuilder table = new StringBuilder(" ".repeat(name));
        for (int j = 0; j < labels.size(); j++) {
            table.append(String.format("  %" + width(column(j)) + "s", "as " + labels.get(j)));
        }
        for (int i = 0; i < labels.size(); i++) {
            table.append(String.format("%n%-" + name + "s", labels.get(i)));
            for (int j = 0; j < labels.size(); j++) {
                table.append(String.format(Locale.ROOT, "  %," + width(column(j)) + "d", counts[i][j]));
            }
        }
        return table.toString();
    }

    private int column(int predicted) {
        int numbers = IntStream.range(0, labels.size())
                .map(truth -> String.format(Locale.ROOT, "%,d", counts[truth][predicted]).length())
                .max()
                .orElse(0);
        return Math.max(numbers, ("as " + labels.get(predicted)).length());
    }

    /** A format takes no width of 0. */
    private static int width(int characters) {
        return Math.max(1, characters);
    }
}
