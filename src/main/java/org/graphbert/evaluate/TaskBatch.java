package org.graphbert.evaluate;

import java.util.Arrays;
import java.util.List;

/**
 * Examples as a model takes them, padded to the longest, row-major. B examples, K rows of an example (the most that one has).
 *
 * @param texts B of them
 * @param labels [B·K]; empty where targets are numbers
 * @param values [B·K]; empty where targets are classes
 * @param weights [B·K] 0 for a row that an example does not have
 * @param examples [B] the number of each among all that there are
 */
public record TaskBatch(PaddedQueries texts, int[] labels, float[] values, float[] weights, int[] examples) {

    public TaskBatch {
        if (examples.length != texts.batch() || weights.length % Math.max(1, texts.batch()) != 0) {
            throw new IllegalArgumentException(
                    weights.length + " weights and " + examples.length + " numbers of " + texts.batch() + " texts");
        }
    }

    /**
     * Pads examples.
     *
     * @param numbers which they are among all that there are
     */
    static TaskBatch of(List<TaskExample> examples, int[] numbers) {
        int b = examples.size();
        int k = examples.stream().mapToInt(example -> example.weights().length).max().orElse(0);
        boolean classes = examples.stream().anyMatch(example -> example.labels().length > 0);
        TaskBatch batch = new TaskBatch(
                PaddedQueries.of(examples.stream().map(TaskExample::text).toList()),
                new int[classes ? b * k : 0],
                new float[classes ? 0 : b * k],
                new float[b * k],
                numbers);
        for (int i = 0; i < b; i++) {
            TaskExample example = examples.get(i);
            System.arraycopy(example.labels(), 0, batch.labels, classes ? i * k : 0, example.labels().length);
            System.arraycopy(example.values(), 0, batch.values, classes ? 0 : i * k, example.values().length);
            System.arraycopy(example.weights(), 0, batch.weights, i * k, example.weights().length);
        }
        return batch;
    }

    public int size() {
        return examples.length;
    }

    /** K. */
    public int rows() {
        return weights.length / size();
    }

    /** What its loss is divided by. */
    public double weight() {
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        return sum;
    }

    /** Positions that hold a token. */
    public long tokens() {
        return Arrays.stream(texts.inputMask()).sum();
    }
}
