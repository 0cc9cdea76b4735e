package org.graphbert.evaluate;

import java.util.Arrays;
import java.util.List;

/**
 * Queries of several lengths as one padded batch, row-major.
 *
 * @param batch B
 * @param length S, the longest
 * @param predictions P, the most of one query
 */
public record PaddedQueries(
        int batch, int length, int predictions, int[] inputIds, int[] inputMask, int[] segmentIds, int[] positions) {

    public static PaddedQueries of(List<Scorer.Query> queries) {
        int b = queries.size();
        int s = queries.stream().mapToInt(q -> q.inputIds().length).max().orElse(0);
        int p = predictions(queries);
        PaddedQueries padded = new PaddedQueries(
                b, s, p, new int[b * s], new int[b * s], new int[b * s], new int[b * p]);
        for (int i = 0; i < b; i++) {
            Scorer.Query query = queries.get(i);
            int n = query.inputIds().length;
            System.arraycopy(query.inputIds(), 0, padded.inputIds, i * s, n);
            System.arraycopy(query.segmentIds(), 0, padded.segmentIds, i * s, n);
            Arrays.fill(padded.inputMask, i * s, i * s + n, 1);
            System.arraycopy(query.maskedPositions(), 0, padded.positions, i * p, query.maskedPositions().length);
        }
        return padded;
    }

    /** P, the most of one query. */
    static int predictions(List<Scorer.Query> queries) {
        return queries.stream().mapToInt(query -> query.maskedPositions().length).max().orElse(0);
    }

    /** Flat vectors [B, S, H] cut into each query's own: [B][its S · H]. */
    public float[][] unpad(List<Scorer.Query> queries, float[] vectors) {
        int h = vectors.length / (batch * length);
        float[][] result = new float[batch][];
        for (int i = 0; i < batch; i++) {
            int from = i * length * h;
            result[i] = Arrays.copyOfRange(vectors, from, from + queries.get(i).inputIds().length * h);
        }
        return result;
    }

    /** P(IsNext) for each row of flat logits [B, 2]. */
    public static double[] isNext(float[] logits) {
        double[] probabilities = new double[logits.length / 2];
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = 1 / (1 + Math.exp(logits[2 * i + 1] - logits[2 * i]));
        }
        return probabilities;
    }
}
