package org.graphbert.evaluate;

import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;

/** A model that answers, from a checkpoint or from an export. B examples, S positions, P predictions, V vocabulary. */
public interface Scorer extends AutoCloseable {

    /**
     * One unpadded example.
     *
     * @param inputIds [S]
     * @param segmentIds [S]
     * @param maskedPositions [P] the positions to predict; may be empty
     */
    record Query(int[] inputIds, int[] segmentIds, int[] maskedPositions) {}

    /** For each query, for each of its masked positions, the logits over the vocabulary: [B][P][V]. */
    float[][][] maskedLm(List<Query> queries);

    /**
     * For each query the probability that its second segment follows the first.
     *
     * @throws Failure if the model has no pair head
     */
    double[] isNext(List<Query> queries);

    /** The longest sequence, 0 if not known. */
    int maxLength();

    /** Refuses a question about pairs to a model that has no head for them. */
    static void requirePairHead(ModelConfig config) {
        if (!config.options().pairHead()) {
            throw Failure.usage("this model has no head for pairs of sentences (pair_head false in its configuration); "
                    + "ask a model that has one");
        }
    }

    @Override
    void close();
}
