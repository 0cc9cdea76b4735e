package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.graphbert.config.Batch;
import org.graphbert.evaluate.PaddedQueries;
import org.graphbert.evaluate.TaskBatch;
import org.graphbert.graph.TaskHead;

/** A task's head in plain Java: its rows of logits of a text without padding, and its loss over a batch. */
record PlainHead(TaskHead head) {

    /** [rows][logits], as the encoder leaves the text's tokens. */
    double[][] rows(PlainBert plain, double[][] output) {
        if (head.pooled()) {
            return new double[][] {plain.output("", plain.pooled(output))};
        }
        if (head instanceof TaskHead.Classes || head instanceof TaskHead.Value) {
            double[] mean = IntStream.range(0, output[0].length)
                    .mapToDouble(i -> Arrays.stream(output).mapToDouble(token -> token[i]).average().orElseThrow())
                    .toArray();
            return new double[][] {plain.output("", mean)};
        }
        String path = head instanceof TaskHead.Tags ? "cls/tags/" : "cls/squad/";
        double[][] byToken = Arrays.stream(output).map(x -> plain.output(path, x)).toArray(double[][]::new);
        return head instanceof TaskHead.Tags ? byToken : transposed(byToken);
    }

    private static double[][] transposed(double[][] of) {
        return IntStream.range(0, of[0].length)
                .mapToObj(column -> Arrays.stream(of).mapToDouble(row -> row[column]).toArray())
                .toArray(double[][]::new);
    }

    /** Targets for the texts of a batch, with weights of several sizes; where there is no token, a weight of 0. */
    TaskBatch targets(Batch batch, Random random) {
        PaddedQueries texts = new PaddedQueries(batch.size(), batch.sequenceLength(), 0,
                batch.inputIds(), batch.inputMask(), batch.segmentIds(), new int[0]);
        int k = (int) head.rows(batch.sequenceLength());
        int[] labels = new int[head.regression() ? 0 : batch.size() * k];
        float[] values = new float[head.regression() ? batch.size() * k : 0];
        float[] weights = new float[batch.size() * k];
        for (PlainText text : PlainText.of(batch)) {
            for (int row = 0; row < k; row++) {
                int i = text.row() * k + row;
                boolean there = !(head instanceof TaskHead.Tags) || text.token(row) >= 0;
                weights[i] = there ? random.nextInt(4) / 2f : 0;
                if (head.regression()) {
                    values[i] = (float) random.nextGaussian();
                } else if (head instanceof TaskHead.Classes classes) {
                    labels[i] = random.nextInt(classes.classes());
                } else if (head instanceof TaskHead.Tags tags) {
                    labels[i] = random.nextInt(tags.tags());
                } else {
                    labels[i] = text.at()[random.nextInt(text.length())];
                }
            }
        }
        weights[0] = head instanceof TaskHead.Tags && PlainText.of(batch).get(0).token(0) < 0 ? 0 : 1;
        return new TaskBatch(texts, labels, values, weights, IntStream.range(0, batch.size()).toArray());
    }

    /** Some of the examples of a batch. */
    static TaskBatch part(TaskBatch whole, int from, int to) {
        PaddedQueries texts = whole.texts();
        int s = texts.length();
        int k = whole.rows();
        return new TaskBatch(
                new PaddedQueries(to - from, s, 0,
                        Arrays.copyOfRange(texts.inputIds(), from * s, to * s),
                        Arrays.copyOfRange(texts.inputMask(), from * s, to * s),
                        Arrays.copyOfRange(texts.segmentIds(), from * s, to * s),
                        new int[0]),
                whole.labels().length == 0 ? new int[0] : Arrays.copyOfRange(whole.labels(), from * k, to * k),
                whole.values().length == 0 ? new float[0] : Arrays.copyOfRange(whole.values(), from * k, to * k),
                Arrays.copyOfRange(whole.weights(), from * k, to * k),
                Arrays.copyOfRange(whole.examples(), from, to));
    }

    /** Σ weight · loss / Σ weight. */
    double loss(PlainBert plain, Batch batch, TaskBatch targets) {
        plain.begin();
        List<PlainText> texts = PlainText.of(batch);
        List<double[][]> rows = plain.rows(batch, this::rows);
        double sum = 0;
        for (int t = 0; t < texts.size(); t++) {
            for (int row = 0; row < rows.get(t).length; row++) {
                int i = at(texts.get(t), row, targets.rows());
                double[] logits = rows.get(t)[row];
                sum += targets.weights()[i] * (head.regression()
                        ? Math.pow(logits[0] - targets.values()[i], 2)
                        : PlainMath.crossEntropy(logits, label(texts.get(t), targets.labels()[i])));
            }
        }
        return sum / targets.weight();
    }

    /** Where a row of a text stands among those of its batch. */
    private int at(PlainText text, int row, int k) {
        return text.row() * k + (head instanceof TaskHead.Tags ? text.at()[row] : row);
    }

    private int label(PlainText text, int label) {
        return head instanceof TaskHead.Span ? text.token(label) : label;
    }

    /**
     * Requires of a graph's logits that they are the plain ones.
     *
     * @param found [B·K, C], flat
     */
    void compareLogits(Batch batch, List<double[][]> expected, float[] found, double tolerance, String what) {
        List<PlainText> texts = PlainText.of(batch);
        int k = (int) head.rows(batch.sequenceLength());
        int c = found.length / batch.size() / k;
        double largest = expected.stream().flatMap(Arrays::stream).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
        for (int t = 0; t < texts.size(); t++) {
            for (int row = 0; row < expected.get(t).length; row++) {
                double[] logits = expected.get(t)[row];
                for (int j = 0; j < logits.length; j++) {
                    int column = head instanceof TaskHead.Span ? texts.get(t).at()[j] : j;
                    assertEquals(logits[j], found[at(texts.get(t), row, k) * c + column], tolerance * largest,
                            what + "text " + t + ", row " + row + ", logit " + j);
                }
            }
        }
    }
}
