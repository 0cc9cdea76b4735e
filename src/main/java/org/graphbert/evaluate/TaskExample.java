package org.graphbert.evaluate;

/**
 * An example of a task as a model takes it: a text and the targets of its rows, as {@link org.graphbert.graph.TaskHead} has them.
 *
 * @param text unpadded
 * @param labels the classes of its rows, or none where targets are numbers
 * @param values the numbers of its rows, or none where targets are classes
 * @param weights of its rows
 */
public record TaskExample(Scorer.Query text, int[] labels, float[] values, float[] weights) {

    public TaskExample {
        if (labels.length + values.length != weights.length || labels.length > 0 && values.length > 0) {
            throw new IllegalArgumentException(
                    labels.length + " labels and " + values.length + " values of " + weights.length + " rows");
        }
    }

    /** A text with its class. */
    public static TaskExample ofClass(Scorer.Query text, int label, float weight) {
        return new TaskExample(text, new int[] {label}, new float[0], new float[] {weight});
    }

    /** A text with its number. */
    public static TaskExample ofValue(Scorer.Query text, float value) {
        return new TaskExample(text, new int[0], new float[] {value}, new float[] {1});
    }

    /**
     * A text with a class for each position; where none is known the weight is 0.
     *
     * @param labels by position; below 0 for none
     */
    public static TaskExample ofPositions(Scorer.Query text, int[] labels) {
        int[] classes = new int[labels.length];
        float[] weights = new float[labels.length];
        for (int i = 0; i < labels.length; i++) {
            classes[i] = Math.max(0, labels[i]);
            weights[i] = labels[i] < 0 ? 0 : 1;
        }
        return new TaskExample(text, classes, new float[0], weights);
    }

    /**
     * A window with the positions at which an answer begins and ends: the loss is the mean of both (run_squad.py).
     *
     * @param learned whether these are known; else the window is of no account, as the reference leaves such a question out
     */
    public static TaskExample ofSpan(Scorer.Query text, int start, int end, boolean learned) {
        float weight = learned ? 0.5f : 0;
        return new TaskExample(text, new int[] {start, end}, new float[0], new float[] {weight, weight});
    }

    /** Tokens, with [CLS] and [SEP]. */
    public int length() {
        return text.inputIds().length;
    }
}
