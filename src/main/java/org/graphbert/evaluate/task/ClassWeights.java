package org.graphbert.evaluate.task;

import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;

/** How much an example of each class counts in the loss. */
final class ClassWeights {

    private static final String BALANCED = "balanced";

    private ClassWeights() {}

    /**
     * The weights that were asked for.
     *
     * @param asked balanced, so that each class counts as much as any other: examples / (classes · examples of the class), as
     *     scikit-learn has it; or label=weight,...; null for 1 each
     * @param counts examples of each label
     */
    static float[] of(String asked, List<String> labels, long[] counts) {
        float[] weights = new float[labels.size()];
        Arrays.fill(weights, 1);
        if (asked == null) {
            return weights;
        }
        if (asked.equals(BALANCED)) {
            double all = Arrays.stream(counts).sum();
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) (all / (weights.length * counts[i]));
            }
            return weights;
        }
        for (String part : asked.split(",")) {
            int at = part.lastIndexOf('=');
            String label = part.substring(0, Math.max(0, at)).strip();
            if (at < 0 || !labels.contains(label)) {
                throw Failure.usage("--class-weights: found '%s', expected balanced, or LABEL=WEIGHT with commas between, of the labels %s",
                        part, ClassificationTask.shown(labels));
            }
            weights[labels.indexOf(label)] = weight(label, part.substring(at + 1).strip());
        }
        if (Arrays.equals(weights, new float[weights.length])) {
            throw Failure.usage("--class-weights: found '%s', which leaves nothing to learn, expected a weight above 0 for a label", asked);
        }
        return weights;
    }

    private static float weight(String label, String text) {
        float weight;
        try {
            weight = Float.parseFloat(text);
        } catch (NumberFormatException e) {
            weight = Float.NaN;
        }
        if (!(weight >= 0 && Float.isFinite(weight))) {
            throw Failure.usage("--class-weights: the weight of '%s' is '%s', expected a finite number from 0", label, text);
        }
        return weight;
    }
}
