package org.graphbert.graph;

import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;

/**
 * Floating-point operations of the matrix products, two for each multiplication with its addition. What is element-wise
 * does not count, nor does the product that looks segment embeddings up. Letters as in {@link Encoder}.
 */
public final class Flops {

    /** A backward pass makes two products of each forward one: by what it is of, and by its weights. */
    private static final int FORWARD_AND_BACKWARD = 3;

    private Flops() {}

    /** A forward pass with the heads over B sequences of S positions, P predictions and one pair each. */
    public static double inference(ModelConfig config, long batch, long length, long predictions) {
        return forward(config, batch, length, length, predictions, 1);
    }

    /** A training step over sequences of one pair each: forward and backward. */
    public static double trainingStep(ModelConfig config, long batch, long length, long predictions) {
        return trainingStep(config, batch, length, predictions, 1);
    }

    /**
     * A training step over packed sequences, of K places for pairs each. In the last layer only those positions ask that
     * the heads look at.
     */
    public static double trainingStep(ModelConfig config, long batch, long length, long predictions, long places) {
        long asking = predictions + (config.options().pairHead() ? places : 0);
        return FORWARD_AND_BACKWARD * forward(config, batch, length, asking, predictions, places);
    }

    private static double forward(
            ModelConfig config, long batch, long length, long lastAsking, long predictions, long places) {
        EncoderOptions options = config.options();
        double h = config.hiddenSize();
        double e = config.embeddingSize();
        double embeddings = options.embeddingSize() == null ? 0 : length * e * h;
        double layers = (config.numHiddenLayers() - 1) * layer(config, length, length) + layer(config, length, lastAsking);
        double maskedLm = predictions * (h * e + e * config.vocabSize());
        double pairs = options.pairHead() ? places * (h * h + h * NextSentenceHead.CLASSES) : 0;
        return 2 * batch * (embeddings + layers + maskedLm + pairs);
    }

    /** Multiplications of one layer for one sequence, in which some positions ask. */
    private static double layer(ModelConfig config, double length, double asking) {
        EncoderOptions options = config.options();
        double h = config.hiddenSize();
        double keysAndValues = 2 * length * h * h;
        double queriesAndOutput = 2 * asking * h * h;
        double scoresAndContexts = 2 * asking * length * h + distances(options.positions(), length, asking) * length * h;
        double feedForward = (options.gatedFeedForward() ? 3 : 2) * asking * h * config.intermediateSize();
        return keysAndValues + queriesAndOutput + scoresAndContexts + feedForward;
    }

    /** Those who ask, and keys, that have a product with the vectors of all distances, of which there are two for each key. */
    private static double distances(PositionEmbedding positions, double length, double asking) {
        return switch (positions) {
            case ABSOLUTE, ROTARY -> 0;
            case RELATIVE_KEY -> 2 * asking;
            case RELATIVE_KEY_QUERY -> 2 * (asking + length);
        };
    }
}
