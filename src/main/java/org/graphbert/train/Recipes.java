package org.graphbert.train;

import org.graphbert.config.ModelConfig;

/**
 * Peak learning rates by model size, where a run names none: google-research/bert's for base and above; smaller models
 * bear, and on small budgets need, more. How much was found by trying with BERT's AdamW, which does not correct its
 * moments' bias and therefore takes steps up to twice as long in the first thousand: at 1e-3 bert-mini collapses to the
 * unigram distribution, with bias correction it learns well.
 */
final class Recipes {

    private static final int BASE_HIDDEN = 768;
    private static final int MEDIUM_HIDDEN = 512;

    /** Its updates have a root mean square of at most 1; BERT's AdamW takes some of 3 and more. */
    private static final double ADAFACTOR = 2;
    private static final double SGD = 0.1;

    private Recipes() {}

    /** Of an optimiser by its name in a configuration. */
    static double learningRate(ModelConfig model, String optimizer) {
        return switch (optimizer) {
            case "lamb" -> lamb(model);
            case "adafactor" -> ADAFACTOR * adamW(model);
            case "sgd" -> SGD;
            default -> adamW(model);
        };
    }

    /**
     * From base on NVIDIA's 6e-3 for batches of 65,536, brought down to batches of about 2,000 by the root of the batch, as You
     * et al. 2020 scale it.
     */
    private static double lamb(ModelConfig model) {
        if (model.hiddenSize() >= BASE_HIDDEN) {
            return 1e-3;
        }
        return model.hiddenSize() >= MEDIUM_HIDDEN ? 5e-3 : 1e-2;
    }

    private static double adamW(ModelConfig model) {
        if (model.hiddenSize() >= BASE_HIDDEN) {
            return 1e-4;
        }
        return model.hiddenSize() >= MEDIUM_HIDDEN ? 3e-4 : 5e-4;
    }

    /**
     * Of fine-tuning, with bias correction: the middle or the larger ones of those that Devlin et al. 2018 (A.3) name for
     * base and large, and Turc et al. 2019 for smaller models: a probe has few steps.
     */
    static double fineTuningRate(ModelConfig model) {
        if (model.hiddenSize() >= BASE_HIDDEN) {
            return 3e-5;
        }
        return model.hiddenSize() >= MEDIUM_HIDDEN ? 1e-4 : 3e-4;
    }
}
