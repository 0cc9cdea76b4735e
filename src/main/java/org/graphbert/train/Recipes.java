package org.graphbert.train;

import org.graphbert.config.ModelConfig;

/**
 * Peak learning rates by model size, where a run names none: google-research/bert's for base and above; smaller models
 * bear, and on small budgets need, more.
 */
final class Recipes {

    private static final int BASE_HIDDEN = 768;
    private static final int MEDIUM_HIDDEN = 512;

    private Recipes() {}

    static double learningRate(ModelConfig model) {
        if (model.hiddenSize() >= BASE_HIDDEN) {
            return 1e-4;
        }
        return model.hiddenSize() >= MEDIUM_HIDDEN ? 5e-4 : 1e-3;
    }
}
