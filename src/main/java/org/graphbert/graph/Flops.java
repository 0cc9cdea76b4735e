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
        return inference(config, batch, length, predictions, 1);
    }

    /** A training step over sequences of one pair each: forward and backward. */
    public static double trainingStep(ModelConfig config, long batch, long length, long predictions) {
        return trainingStep(config, batch, length, predictions, 1);
    }

    /** A training step over packed sequences, of K places for pairs each. */
    public static double trainingStep(ModelConfig config, long batch, long length, long predictions, long places) {
        return FORWARD_AND_BACKWARD * inference(config, batch, length, predictions, places);
    }

    private static double inference(ModelConfig config, long batch, long length, long predictions, long places) {
        EncoderOptions options = config.options();
        double h = config.hiddenSize();
        double e = config.embeddingSize();
        double rows = (double) batch * length;
        double embeddings = options.embeddingSize() == null ? 0 : rows * e * h;
        double projections = 4 * h * h;                                          // queries, keys, values, output
        double attention = (2 + distances(options.positions())) * length * h;    // scores and contexts
        double feedForward = (options.gatedFeedForward() ? 3 : 2) * h * config.intermediateSize();
        double encoder = rows * config.numHiddenLayers() * (projections + attention + feedForward);
        double maskedLm = (double) batch * predictions * (h * e + e * config.vocabSize());
        double pairs = options.pairHead() ? batch * places * (h * h + h * NextSentenceHead.CLASSES) : 0;
        return 2 * (embeddings + encoder + maskedLm + pairs);
    }

    /** Products with the vectors of distances are as wide as two of those with the keys, {@link RelativePositions}. */
    private static int distances(PositionEmbedding positions) {
        return switch (positions) {
            case ABSOLUTE, ROTARY -> 0;
            case RELATIVE_KEY -> 2;
            case RELATIVE_KEY_QUERY -> 4;
        };
    }
}
