package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Batch;
import org.graphbert.distribute.Collectives;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Losses;
import org.graphbert.graph.Reachable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/**
 * The losses and hits of a micro-batch with what they are means of, summed over all replicas: the metrics of a step are then
 * the same wherever they are read, also where a process has only some of the replicas.
 *
 * @param counts float64 [4], to be fed: the replica's own prediction weights, pairs, examples and tokens
 * @param all float64 [4 + L], the counts and behind them the L losses and hits, over all replicas
 */
record GlobalSums(Operand<TFloat64> counts, Operand<TFloat64> all) {

    private static final int COUNTS = 4;

    /** In double: the tokens of a large batch are more than a float counts. */
    static GlobalSums create(Ops tf, Collectives collectives, Losses losses) {
        Operand<TFloat64> counts =
                tf.withName("counts").placeholder(TFloat64.class, Placeholder.shape(Shape.of(COUNTS)));  // [4]
        Operand<TFloat64> sums = tf.dtypes.cast(tf.stack(losses.all()), TFloat64.class);                 // [L]
        Operand<TFloat64> own = tf.concat(List.of(counts, sums), tf.constant(0));                        // [4 + L]
        return new GlobalSums(counts, collectives.sum(tf, "sums", own));
    }

    /**
     * Adds what a replica is fed.
     *
     * @param paired whether the model learns pairs
     */
    void feed(Feed feed, Batch own, boolean paired) {
        feed.add(counts, TFloat64.vectorOf(own.weight(), paired ? own.pairs() : 0, own.examples(), own.tokens()));
    }

    /** What was fetched, in words. */
    static Sums of(TFloat64 fetched) {
        List<Double> losses = new ArrayList<>();
        for (long i = COUNTS; i < fetched.size(); i++) {
            losses.add(fetched.getDouble(i));
        }
        boolean paired = losses.size() > 2 && fetched.getDouble(1) > 0;
        return new Sums(
                losses.get(0),
                losses.get(1),
                fetched.getDouble(0),
                paired ? losses.get(2) : 0,
                paired ? losses.get(3) : 0,
                (long) fetched.getDouble(1),
                (long) fetched.getDouble(2),
                (long) fetched.getDouble(3));
    }

    /** The same in a copy of the graph. */
    GlobalSums in(Reachable part) {
        return new GlobalSums(part.of(counts), part.of(all));
    }
}
