package org.graphbert.evaluate;

import java.util.Arrays;
import java.util.List;
import org.graphbert.graph.Feed;
import org.graphbert.graph.LikeliestTokens;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The likeliest tokens at one masked position, the likeliest first.
 *
 * @param ids of the tokens
 * @param logProbabilities ln p of each, among all tokens of the vocabulary
 */
public record Likely(int[] ids, float[] logProbabilities) {

    /**
     * Asks a graph for them.
     *
     * @param runner to which the queries have been fed, padded
     * @param count how many at most
     * @param allowed [V] 0 for a token that may be named, −∞ for one that may not
     * @return [B][P of the query]
     */
    public static Likely[][] run(
            Session.Runner runner, LikeliestTokens tokens, List<Scorer.Query> queries, int count, float[] allowed) {
        int k = Math.min(count, allowed.length);
        int places = PaddedQueries.predictions(queries);
        try (Feed feed = new Feed()
                        .floats(tokens.allowed(), Shape.of(allowed.length), allowed)
                        .ints(tokens.count(), Shape.scalar(), new int[] {k});
                Result result = feed.to(runner).fetch(tokens.ids()).fetch(tokens.logProbabilities()).run()) {
            int[] ids = new int[queries.size() * places * k];
            ((TInt32) result.get(0)).asRawTensor().data().asInts().read(ids);
            float[] logs = new float[ids.length];
            ((TFloat32) result.get(1)).asRawTensor().data().asFloats().read(logs);
            Likely[][] likely = new Likely[queries.size()][];
            for (int i = 0; i < likely.length; i++) {
                likely[i] = new Likely[queries.get(i).maskedPositions().length];
                for (int p = 0; p < likely[i].length; p++) {
                    likely[i][p] = cut(ids, logs, (i * places + p) * k, k);
                }
            }
            return likely;
        }
    }

    private static Likely cut(int[] ids, float[] logs, int from, int k) {
        int end = from;
        while (end < from + k && logs[end] > Float.NEGATIVE_INFINITY) { // behind them stand those that may not be named
            end++;
        }
        return new Likely(Arrays.copyOfRange(ids, from, end), Arrays.copyOfRange(logs, from, end));
    }
}
