package org.graphbert.data;

import java.util.Iterator;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;

/**
 * Training batches, shuffled over the whole data set. Every epoch is a keyed permutation of the sequences, and the epochs
 * follow each other without a seam: element i of step s stands at position s·B + i, in epoch position / size. No batch is
 * dropped and none is short: the last one of an epoch is filled up from the next epoch. So each batch is a function of
 * (seed, step), computed in constant time. Safe to share between threads.
 *
 * <p>A sequence is a record, or with {@link #packed} as many records as have room in it.
 */
public final class Loader {

    private final DataSet data;
    private final int batchSize;
    private final long seed;
    private final Masking remasking;
    private final Packs packs;
    private final boolean paired;

    private Loader(DataSet data, int batchSize, long seed, Masking remasking, Packs packs) {
        if (batchSize < 1) {
            throw Failure.usage("--batch-size is %d, expected at least 1", batchSize);
        }
        this.data = data;
        this.batchSize = batchSize;
        this.seed = seed;
        this.remasking = remasking;
        this.packs = packs;
        paired = PairTask.of(data) != PairTask.NONE;
    }

    /** Static masking: records as they were prepared. */
    public static Loader of(DataSet data, int batchSize, long seed) {
        return new Loader(data, batchSize, seed, null, null);
    }

    /**
     * Dynamic masking: each record is masked anew in each epoch, from its original tokens, by a generator keyed by
     * (seed, epoch, record).
     *
     * @throws Failure (usage) if the masking chooses more tokens than the records have room for
     */
    public Loader withDynamicMasking(Masking masking) {
        if (packs != null) {
            throw new IllegalStateException("the masking decides how many predictions are packed; choose it first");
        }
        if (masking.maxPredictions() > data.maxPredictions()) {
            throw Failure.usage("dynamic masking of up to %d tokens, but the records of %s have room for %d",
                    masking.maxPredictions(), data.path(), data.maxPredictions());
        }
        return new Loader(data, batchSize, seed, masking, null);
    }

    /**
     * Several records a sequence, so that hardly a position is padding. A sequence has no more predictions than a full
     * record calls for. What goes together is decided here, once; the records of google-research/bert, whose lengths and
     * predictions no index holds, are all read for it.
     */
    public Loader packed() {
        Optional<MaskOptions> masks = remasking != null
                ? Optional.of(remasking.options())
                : data.manifest().map(m -> m.request().recipe().masks());
        int room = masks.map(m -> MaskOptions.room(m.rate(), data.maxSeqLength())).orElse(0);
        return new Loader(data, batchSize, seed, remasking,
                Packs.of(data, masks.map(m -> (IntUnaryOperator) m::wanted).orElse(null),
                        Math.max(room, data.maxPredictions())));
    }

    /** The number of sequences: of an epoch's elements. */
    public long sequences() {
        return packs == null ? data.size() : packs.count();
    }

    /** P, the room for predictions of a sequence. */
    public int predictions() {
        return packs == null ? data.maxPredictions() : packs.predictions();
    }

    /** K, the places for pairs in a packed sequence; 0 where a sequence is a record. */
    public int places() {
        return packs == null ? 0 : packs.places();
    }

    /** The share of a packed epoch's positions that hold padding. */
    public double padding() {
        return padding(packs.count());
    }

    /** The share that padding would have without packing. */
    public double unpackedPadding() {
        return padding(data.size());
    }

    private double padding(long sequences) {
        return 1 - (double) packs.tokens() / ((double) sequences * data.maxSeqLength());
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
        Example[][] examples = new Example[count][];
        long[][] records = new long[count][];
        for (int i = 0; i < count; i++) {
            long position = Math.addExact(Math.multiplyExact(step, (long) batchSize), from + i);
            long epoch = position / sequences();
            long sequence = order(epoch).at(position % sequences());
            records[i] = packs == null ? new long[] {sequence} : packs.records(sequence);
            examples[i] = examples(records[i], epoch);
        }
        return packs == null
                ? Batches.of(flat(examples), Stream.of(records).flatMapToLong(LongStream::of).toArray(), paired)
                : PackedBatches.of(data.path(), examples, records, packs.predictions(), packs.places(), paired);
    }

    private Example[] examples(long[] records, long epoch) {
        Example[] examples = new Example[records.length];
        for (int i = 0; i < records.length; i++) {
            Example example = read(records[i]);
            examples[i] = remasking == null ? example : remasking.remask(example, seed, epoch, records[i]);
        }
        return examples;
    }

    /** A record, whose number goes with what may be wrong with it. */
    private Example read(long record) {
        try {
            return data.example(record);
        } catch (Failure damaged) {
            throw Failure.data("%s (record %,d of %s)", damaged.getMessage(), record, data.path(), damaged);
        }
    }

    private static Example[] flat(Example[][] examples) {
        return Stream.of(examples).flatMap(Stream::of).toArray(Example[]::new);
    }

    /** How many records the training sequences from one up to, but not with, another hold. */
    public long examples(long from, long to) {
        if (packs == null) {
            return to - from;
        }
        long sum = 0;
        for (long begin = from; begin < to; ) {
            long epoch = begin / sequences();
            long end = Math.min(to, (epoch + 1) * sequences());
            if (end - begin == sequences()) {
                sum += data.size();
            } else {
                Permutation order = order(epoch);
                for (long position = begin; position < end; position++) {
                    sum += packs.records(order.at(position % sequences())).length;
                }
            }
            begin = end;
        }
        return sum;
    }

    private Permutation order(long epoch) {
        return new Permutation(sequences(), Rng.hash(seed, epoch));
    }

    /** How many epochs have passed when so many steps are done. */
    public double epochs(long steps) {
        return (double) steps * batchSize / sequences();
    }

    /** The batches from a step on, without end, loaded ahead by a thread of their own; to be closed. */
    public Prefetch start(long firstStep) {
        return start(firstStep, 0, batchSize);
    }

    /** The same of elements from to from + count - 1 of each batch: a worker's share; of the others nothing is read. */
    public Prefetch start(long firstStep, int from, int count) {
        return new Prefetch(step -> batch(step, from, count), firstStep);
    }

    /** For evaluation: each record exactly once, in order, as it was prepared; the last batch may be smaller. */
    public static Iterator<Batch> sequential(DataSet data, int batchSize) {
        return of(data, batchSize, 0).sequential();
    }

    private Iterator<Batch> sequential() {
        return new Batches.Sequential(data, batchSize);
    }
}
