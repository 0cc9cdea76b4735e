package org.graphbert.graph;

import org.graphbert.config.ModelConfig;

/**
 * Floating-point operations of the matrix products, two for each multiplication with its addition; what is element-wise
 * does not count. Letters as in {@link Encoder}.
 */
public final class Flops {

    /** A backward pass makes two products of each forward one. */
    private static final int FORWARD_AND_BACKWARD = 3;

    private Flops() {}

    /** A forward pass with both heads over B sequences of S positions and P predictions. */
    public static double inference(ModelConfig config, long batch, long length, long predictions) {
        double h = config.hiddenSize();
        double rows = (double) batch * length;
        double projections = 4 * h * h;
        double attention = 2 * length * h;
        double feedForward = 2 * h * config.intermediateSize();
        double encoder = rows * config.numHiddenLayers() * (projections + attention + feedForward);
        double maskedLm = (double) batch * predictions * (h * h + h * config.vocabSize());
        double nextSentence = batch * (h * h + h * NextSentenceHead.CLASSES);
        return 2 * (encoder + maskedLm + nextSentence);
    }

    /** A training step: forward and backward. */
    public static double trainingStep(ModelConfig config, long batch, long length, long predictions) {
        return FORWARD_AND_BACKWARD * inference(config, batch, length, predictions);
    }
}
