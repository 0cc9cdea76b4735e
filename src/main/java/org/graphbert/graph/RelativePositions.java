package org.graphbert.graph;

import java.util.List;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Relative positions: a learnt vector of D for each distance l − r from a key's position r to the query's l, whose product
 * with the query, and in the second kind with the key too, adds to the score (Shaw et al. 2018; Huang et al. 2020, methods
 * 3 and 4). The row within the sequence is the position: within a packed pair its differences are the same. B batch,
 * N heads, S sequence, M the longest sequence, D head width.
 *
 * <p>A product with the vectors of all 2S − 1 distances, of which each row then needs S neighbouring ones, each row's from
 * another place on: rows of 2S numbers, read as rows of 2S − 1, move on by one (Huang et al. 2018, Music Transformer,
 * section 3.4.1). So no table of S by S vectors is ever gathered, nor its gradient scattered.
 */
final class RelativePositions {

    private RelativePositions() {}

    /**
     * What the distances add to the scores, with the variable distance_embedding [2M − 1, D], row l − r + M − 1.
     *
     * @param q [B, N, S, D] the queries, divided by √D already
     * @param k [B, N, S, D] the keys
     * @return [B, N, S, S] a row for each query
     */
    static Operand<TFloat32> scores(Place self, Operand<TFloat32> q, Operand<TFloat32> k, Sizes sizes) {
        Ops tf = self.tf();
        ModelConfig config = self.config();
        int m = config.maxPositionEmbeddings();
        int d = config.headSize();
        Operand<TFloat32> table = self.weight("distance_embedding", 2L * m - 1, d);             // [2M-1, D]
        Operand<TInt32> first = tf.math.sub(tf.constant(m), sizes.length());
        Operand<TInt32> count = tf.math.sub(tf.math.mul(sizes.length(), tf.constant(2)), tf.constant(1));
        Operand<TFloat32> near = tf.slice(
                table, tf.stack(List.of(first, tf.constant(0))), tf.stack(List.of(count, tf.constant(d)))); // [2S-1, D]

        // For a query l the distances fall with r: from l to l - S + 1.
        Operand<TFloat32> byQuery = skewed(tf, q, tf.reverse(near, tf.array(0)), sizes, config); // [B, N, l, r]
        if (config.options().positions() == PositionEmbedding.RELATIVE_KEY) {
            return byQuery;
        }
        // For a key r they rise with l: from -r to S - 1 - r. The keys are not divided by √D.
        Operand<TFloat32> scaled = tf.math.mul(near, tf.constant((float) (1 / Math.sqrt(d))));  // [2S-1, D]
        Operand<TFloat32> byKey = skewed(tf, k, scaled, sizes, config);                         // [B, N, r, l]
        return tf.math.add(byQuery, tf.linalg.transpose(byKey, tf.array(0, 1, 3, 2)));          // [B, N, l, r]
    }

    /**
     * Row i of the result is x_i times the S vectors from S − 1 − i on.
     *
     * @param x [B, N, S, D]
     * @param vectors [2S-1, D]
     * @return [B, N, S, S]
     */
    private static Operand<TFloat32> skewed(
            Ops tf, Operand<TFloat32> x, Operand<TFloat32> vectors, Sizes sizes, ModelConfig config) {
        Operand<TInt32> one = tf.constant(1);
        Operand<TInt32> s = sizes.length();
        Operand<TInt32> lines = tf.math.mul(sizes.batch(), tf.constant(config.numAttentionHeads()));
        Operand<TInt32> twice = tf.math.mul(s, tf.constant(2));
        Operand<TInt32> odd = tf.math.sub(twice, one);

        Operand<TFloat32> zeros = tf.constant(new float[1][config.headSize()]);                 // [1, D]
        Operand<TFloat32> even = tf.concat(List.of(vectors, zeros), tf.constant(0));            // [2S, D]
        Operand<TFloat32> flat = tf.reshape(x, tf.array(-1, config.headSize()));                // [B·N·S, D]
        Operand<TFloat32> products = tf.linalg.matMul(flat, even, MatMul.transposeB(true));     // [B·N·S, 2S]
        Operand<TFloat32> line = tf.reshape(products, tf.stack(List.of(lines, tf.math.mul(s, twice)))); // [B·N, S·2S]
        Operand<TFloat32> moved = tf.slice(
                line, tf.stack(List.of(tf.constant(0), tf.math.sub(s, one))),
                tf.stack(List.of(lines, tf.math.mul(s, odd))));                                 // [B·N, S·(2S-1)]
        Operand<TFloat32> rows = tf.reshape(moved, tf.stack(List.of(lines, s, odd)));           // [B·N, S, 2S-1]
        Operand<TFloat32> own = tf.slice(
                rows, tf.array(0, 0, 0), tf.stack(List.of(lines, s, s)));                       // [B·N, S, S]
        return tf.reshape(own, tf.stack(List.of(sizes.batch(), tf.constant(config.numAttentionHeads()), s, s)));
    }
}
