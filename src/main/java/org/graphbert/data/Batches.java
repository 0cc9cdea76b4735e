package org.graphbert.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.graphbert.config.Batch;

/** Batches out of records: the assembly, and the order for evaluation. */
final class Batches {

    private Batches() {}

    /**
     * Lays examples out as one batch.
     *
     * @param examples B of them, all of the data set's lengths
     * @param records their numbers
     * @param paired whether their pair labels are there to be learnt
     */
    static Batch of(Example[] examples, long[] records, boolean paired) {
        int size = examples.length;
        int length = examples[0].inputIds().length;
        int predictions = examples[0].maskedLmPositions().length;
        int[] inputIds = new int[size * length];
        int[] inputMask = new int[size * length];
        int[] segmentIds = new int[size * length];
        int[] positions = new int[size * predictions];
        int[] labels = new int[size * predictions];
        float[] weights = new float[size * predictions];
        int[] nextSentence = new int[size];
        for (int b = 0; b < size; b++) {
            Example example = examples[b];
            System.arraycopy(example.inputIds(), 0, inputIds, b * length, length);
            System.arraycopy(example.inputMask(), 0, inputMask, b * length, length);
            System.arraycopy(example.segmentIds(), 0, segmentIds, b * length, length);
            System.arraycopy(example.maskedLmPositions(), 0, positions, b * predictions, predictions);
            System.arraycopy(example.maskedLmIds(), 0, labels, b * predictions, predictions);
            System.arraycopy(example.maskedLmWeights(), 0, weights, b * predictions, predictions);
            nextSentence[b] = example.nextSentenceLabel();
        }
        return new Batch(size, length, predictions, inputIds, inputMask, segmentIds, positions, labels, weights,
                nextSentence, records, paired, null);
    }

    /** Each record once, in the order of the files. */
    static final class Sequential implements Iterator<Batch> {
        private final DataSet data;
        private final int batchSize;
        private long next;

        Sequential(DataSet data, int batchSize) {
            this.data = data;
            this.batchSize = batchSize;
        }

        @Override
        public boolean hasNext() {
            return next < data.size();
        }

        @Override
        public Batch next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int size = (int) Math.min(batchSize, data.size() - next);
            Example[] examples = new Example[size];
            long[] records = new long[size];
            for (int b = 0; b < size; b++) {
                records[b] = next++;
                examples[b] = data.example(records[b]);
            }
            return of(examples, records, PairTask.of(data) != PairTask.NONE);
        }
    }
}
