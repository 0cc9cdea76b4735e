package org.graphbert.data;

import java.util.Iterator;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;

/**
 * Training batches, shuffled over the whole data set. Every epoch is a keyed permutation of the record numbers, and the
 * epochs follow each other without a seam: element i of step s stands at position s·B + i, in epoch position / size.
 * So each batch is a function of (seed, step), computed in constant time; a batch may span two epochs. Safe to share
 * between threads.
 */
public final class Loader {

    private final DataSet data;
    private final int batchSize;
    private final long seed;
    private final Masking remasking;

    private Loader(DataSet data, int batchSize, long seed, Masking remasking) {
        if (batchSize < 1) {
            throw Failure.usage("--batch-size is %d, expected at least 1", batchSize);
        }
        this.data = data;
        this.batchSize = batchSize;
        this.seed = seed;
        this.remasking = remasking;
    }

    /** Static masking: records as they were prepared. */
    public static Loader of(DataSet data, int batchSize, long seed) {
        return new Loader(data, batchSize, seed, null);
    }

    /**
     * Dynamic masking: each record is masked anew in each epoch, from its original tokens, by a generator keyed by
     * (seed, epoch, record).
     *
     * @throws Failure (usage) if the masking chooses more tokens than the records have room for
     */
    public Loader withDynamicMasking(Masking masking) {
        if (masking.maxPredictions() > data.maxPredictions()) {
            throw Failure.usage("dynamic masking of up to %d tokens, but the records of %s have room for %d",
                    masking.maxPredictions(), data.path(), data.maxPredictions());
        }
        return new Loader(data, batchSize, seed, masking);
    }

    /** The batch of a step, steps counting from 0. */
    public Batch batch(long step) {
        return batch(step, 0, batchSize);
    }

    /** Elements from to from + count - 1 of the batch of a step: a worker's or a micro-batch's share. */
    public Batch batch(long step, int from, int count) {
        if (step < 0 || from < 0 || count < 1 || from + count > batchSize) {
            throw new IllegalArgumentException(
                    "elements " + from + " to " + (from + count - 1) + " of step " + step + ", batch size " + batchSize);
        }
        Example[] examples = new Example[count];
        long[] records = new long[count];
        for (int i = 0; i < count; i++) {
            long position = Math.addExact(Math.multiplyExact(step, (long) batchSize), from + i);
            long epoch = position / data.size();
            records[i] = new Permutation(data.size(), Rng.hash(seed, epoch)).at(position % data.size());
            Example example = data.example(records[i]);
            examples[i] = remasking == null ? example : remasking.remask(example, seed, epoch, records[i]);
        }
        return Batches.of(examples, records);
    }

    /** How many epochs have passed when so many steps are done. */
    public double epochs(long steps) {
        return (double) steps * batchSize / data.size();
    }

    /** The batches from a step on, without end, loaded ahead by a thread of their own; to be closed. */
    public Prefetch start(long firstStep) {
        return new Prefetch(this, firstStep);
    }

    /** For evaluation: each record exactly once, in order, as it was prepared; the last batch may be smaller. */
    public static Iterator<Batch> sequential(DataSet data, int batchSize) {
        return of(data, batchSize, 0).sequential();
    }

    private Iterator<Batch> sequential() {
        return new Batches.Sequential(data, batchSize);
    }
}
