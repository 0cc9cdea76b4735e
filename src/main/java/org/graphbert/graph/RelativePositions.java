package org.graphbert.graph;

import java.util.List;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * Relative positions: a learnt vector of D for each distance l − r from a key's position r to the query's l, whose product
 * with the query, and in the second kind with the key too, adds to the score (Shaw et al. 2018; Huang et al. 2020, methods
 * 3 and 4). The row within the sequence is the position: within a packed pair its differences are the same. B batch,
 * N heads, S sequence, R positions that ask (S, or some), M the longest sequence, D head width.
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
     * @param q [B, N, R, D] the queries, divided by √D already
     * @param k [B, N, S, D] the keys
     * @return [B, N, R, S] a row for each query
     */
    static <T extends TFloating> Operand<TFloat32> scores(
            Place<T> self, Operand<T> q, Operand<T> k, Sight sight) {
        Ops tf = self.tf();
        ModelConfig config = self.config();
        Sizes sizes = sight.sizes();
        int m = config.maxPositionEmbeddings();
        int d = config.headSize();
        Operand<TFloat32> table = self.weight("distance_embedding", 2L * m - 1, d);             // [2M-1, D]
        Operand<TInt32> first = tf.math.sub(tf.constant(m), sizes.length());
        Operand<TInt32> count = tf.math.sub(tf.math.mul(sizes.length(), tf.constant(2)), tf.constant(1));
        Operand<TFloat32> near = tf.slice(
                table, tf.stack(List.of(first, tf.constant(0))), tf.stack(List.of(count, tf.constant(d)))); // [2S-1, D]

        // For a query l the distances fall with r: from l to l - S + 1.
        Operand<TFloat32> falling = tf.reverse(near, tf.array(0));                              // [2S-1, D]
        Operand<TFloat32> byQuery = sight.asking() == null
                ? skewed(tf, products(self, q, falling), sizes, config)                   // [B, N, l, r]
                : picked(tf, products(self, q, falling), sight, config);                  // [B, N, l, r]
        if (config.options().positions() == PositionEmbedding.RELATIVE_KEY) {
            return byQuery;
        }
        // For a key r they rise with l: from -r to S - 1 - r. The keys are not divided by √D.
        Operand<TFloat32> scaled = tf.math.mul(near, tf.constant((float) (1 / Math.sqrt(d))));  // [2S-1, D]
        Operand<TFloat32> byKey = skewed(tf, products(self, k, scaled), sizes, config);   // [B, N, r, l]
        return tf.math.add(byQuery, ofThoseWhoAsk(tf, byKey, sight, config));                   // [B, N, l, r]
    }

    /** [B, N, S, S], a row for each key → [B, N, R, S], a row for each position that asks. */
    private static Operand<TFloat32> ofThoseWhoAsk(Ops tf, Operand<TFloat32> byKey, Sight sight, ModelConfig config) {
        if (sight.asking() == null) {
            return tf.linalg.transpose(byKey, tf.array(0, 1, 3, 2));                            // [B, N, l, r]
        }
        Operand<TInt32> heads = tf.constant(config.numAttentionHeads());
        Operand<TInt32> s = sight.sizes().length();
        Operand<TFloat32> byPosition = tf.reshape(
                tf.linalg.transpose(byKey, tf.array(0, 3, 1, 2)),
                tf.stack(List.of(tf.constant(-1), tf.math.mul(heads, s))));                     // [B·S, N·S]
        Operand<TFloat32> asked = tf.reshape(
                sight.askingOf(tf, byPosition),
                tf.stack(List.of(sight.askingSizes().batch(), sight.askingSizes().length(), heads, s))); // [B, R, N, S]
        return tf.linalg.transpose(asked, tf.array(0, 2, 1, 3));                                // [B, N, R, S]
    }

    /**
     * The products of each query or key with the vectors, and a 0 behind them.
     *
     * @param x [B, N, R, D]
     * @param vectors [2S-1, D]
     * @return [B·N·R, 2S]
     */
    private static <T extends TFloating> Operand<TFloat32> products(
            Place<T> self, Operand<T> x, Operand<TFloat32> vectors) {
        Ops tf = self.tf();
        int d = self.config().headSize();
        Operand<TFloat32> zeros = tf.constant(new float[1][d]);                                 // [1, D]
        Operand<TFloat32> even = tf.concat(List.of(vectors, zeros), tf.constant(0));            // [2S, D]
        Operand<T> flat = tf.reshape(x, tf.array(-1, d));                                       // [B·N·R, D]
        Operand<T> product = tf.linalg.matMul(flat, self.narrow(even), MatMul.transposeB(true)); // [B·N·R, 2S]
        return self.widen(product);                                                             // [B·N·R, 2S]
    }

    /**
     * Of the products of queries that stand anywhere those with the S vectors from S − 1 − l on, l the query's position,
     * number by number: few ask.
     *
     * @param products [B·N·R, 2S]
     * @return [B, N, R, S]
     */
    private static Operand<TFloat32> picked(Ops tf, Operand<TFloat32> products, Sight sight, ModelConfig config) {
        Operand<TInt32> heads = tf.constant(config.numAttentionHeads());
        Operand<TInt32> s = sight.sizes().length();
        Operand<TInt32> b = sight.askingSizes().batch();
        Operand<TInt32> r = sight.askingSizes().length();
        Operand<TInt32> keys = tf.range(tf.constant(0), s, tf.constant(1));                     // [S]
        Operand<TInt32> first = tf.math.sub(tf.math.sub(s, tf.constant(1)), sight.asking().positions()); // [B, R]
        // From here on in int64, whose arithmetic a GPU does itself: as many places as scores.
        Operand<TInt64> columns =
                tf.math.add(tf.expandDims(wide(tf, first), tf.constant(2)), wide(tf, keys));    // [B, R, S]
        Operand<TInt32> lines = tf.range(
                tf.constant(0), tf.math.mul(tf.math.mul(b, heads), r), tf.constant(1));         // [B·N·R]
        Operand<TInt64> starts = wide(tf, tf.reshape(
                tf.math.mul(lines, tf.math.mul(s, tf.constant(2))),
                tf.stack(List.of(b, heads, r, tf.constant(1)))));                               // [B, N, R, 1]
        Operand<TInt64> places = tf.math.add(starts, tf.expandDims(columns, tf.constant(1)));   // [B, N, R, S]
        return tf.gather(tf.reshape(products, tf.array(-1)), places, tf.constant(0));           // [B, N, R, S]
    }

    private static Operand<TInt64> wide(Ops tf, Operand<TInt32> x) {
        return tf.dtypes.cast(x, TInt64.class);
    }

    /**
     * Row i of the result is the products of x_i with the S vectors from S − 1 − i on.
     *
     * @param products [B·N·S, 2S]
     * @return [B, N, S, S]
     */
    private static Operand<TFloat32> skewed(Ops tf, Operand<TFloat32> products, Sizes sizes, ModelConfig config) {
        Operand<TInt32> one = tf.constant(1);
        Operand<TInt32> s = sizes.length();
        Operand<TInt32> lines = tf.math.mul(sizes.batch(), tf.constant(config.numAttentionHeads()));
        Operand<TInt32> twice = tf.math.mul(s, tf.constant(2));
        Operand<TInt32> odd = tf.math.sub(twice, one);

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
