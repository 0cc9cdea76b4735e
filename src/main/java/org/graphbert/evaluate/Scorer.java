package org.graphbert.evaluate;

import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.text.SpecialTokens;

/** A model that answers, from a checkpoint or from an export. B examples, S positions, P predictions, V vocabulary. */
public interface Scorer extends AutoCloseable {

    /**
     * One unpadded example.
     *
     * @param inputIds [S]
     * @param segmentIds [S]
     * @param maskedPositions [P] the positions to predict; may be empty
     */
    record Query(int[] inputIds, int[] segmentIds, int[] maskedPositions) {

        /** [CLS] a [SEP], or [CLS] a [SEP] b [SEP] with b in a segment of its own; nothing of it is to be predicted. */
        public static Query of(SpecialTokens special, int[]... texts) {
            int length = 1 + Arrays.stream(texts).mapToInt(text -> text.length + 1).sum();
            int[] ids = new int[length];
            int[] segments = new int[length];
            ids[0] = special.cls();
            int end = 1;
            for (int i = 0; i < texts.length; i++) {
                int n = texts[i].length;
                System.arraycopy(texts[i], 0, ids, end, n);
                ids[end + n] = special.sep();
                Arrays.fill(segments, end, end + n + 1, i);
                end += n + 1;
            }
            return new Query(ids, segments, new int[0]);
        }

        /** The same for a model that knows so many segments: with one alone, all is in it. */
        public Query in(int knownSegments) {
            return knownSegments > 1 ? this : new Query(inputIds, new int[inputIds.length], maskedPositions);
        }
    }

    /**
     * For each query, for each of its masked positions, the likeliest tokens: [B][P].
     *
     * @param count how many at most
     * @param allowed [V] 0 for a token that may be named, −∞ for one that may not; probabilities are among all tokens
     */
    Likely[][] likeliest(List<Query> queries, int count, float[] allowed);

    /**
     * For each query the probability that its second segment follows the first.
     *
     * @throws Failure if the model has no pair head
     */
    double[] isNext(List<Query> queries);

    /**
     * For each layer asked for, for each query the vectors of its tokens: [layers][B][S · H].
     *
     * @param layers from 0, the embeddings, to the number of layers, the last one's output
     * @throws Failure if this has not all of them
     */
    float[][][] hiddenStates(List<Query> queries, int[] layers);

    /** The shape of the model. */
    ModelConfig config();

    /** The longest sequence. */
    default int maxLength() {
        return config().maxPositionEmbeddings();
    }

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
