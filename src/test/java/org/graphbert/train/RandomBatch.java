package org.graphbert.train;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Packing;

/**
 * Batches of random tokens with all that a batch may have: padding at the end and within, garbage in it, predictions of
 * unequal weights, rows without any, packed pairs of unequal numbers.
 */
final class RandomBatch {

    private final Random random;
    private final int size;
    private final int length;
    private final int predictions;
    private final int places;
    private final boolean packed;
    private final int[] mask;
    private final int[] pairIds;
    private final int[] positionIds;
    private final int[] cls;
    private final float[] pairWeights;

    private RandomBatch(Random random, int size, int length, boolean packed) {
        this.random = random;
        this.size = size;
        this.length = length;
        this.predictions = 1 + random.nextInt(4);
        this.packed = packed;
        this.places = packed ? 1 + random.nextInt(3) : 1;
        this.mask = new int[size * length];
        this.pairIds = new int[size * length];
        this.positionIds = new int[size * length];
        this.cls = new int[size * places];
        this.pairWeights = new float[size * places];
    }

    static Batch of(Random random, ModelConfig model, int size, int length, boolean packed, boolean paired) {
        return new RandomBatch(random, size, length, packed).batch(model, paired);
    }

    private Batch batch(ModelConfig model, boolean paired) {
        for (int b = 0; b < size; b++) {
            if (packed) {
                placePairs(b);
            } else {
                placeText(b);
            }
        }
        int[] positions = new int[size * predictions];
        int[] labels = new int[size * predictions];
        float[] weights = new float[size * predictions];
        for (int b = 0; b < size; b++) {
            // The last of several rows has nothing to predict.
            int count = size > 1 && b == size - 1 ? 0 : b == 0 ? predictions : random.nextInt(predictions + 1);
            predict(b, count, positions, labels, weights, model.vocabSize());
        }
        int[] next = random.ints(size * places, 0, 2).toArray();
        long[] records = IntStream.range(0, size * places).mapToLong(i -> i).toArray();
        // Padding holds garbage: it must not matter.
        return new Batch(size, length, predictions, random.ints(size * length, 0, model.vocabSize()).toArray(), mask,
                random.ints(size * length, 0, model.typeVocabSize()).toArray(), positions, labels, weights, next, records,
                paired, packed ? new Packing(places, pairIds, positionIds, cls, pairWeights) : null);
    }

    /** One text with padding behind it, and now and then a hole in it. */
    private void placeText(int b) {
        int tokens = 2 + random.nextInt(length - 1);
        Arrays.fill(mask, b * length, b * length + tokens, 1);
        if (random.nextInt(3) == 0) {
            mask[b * length + 1 + random.nextInt(tokens - 1)] = 0;
        }
    }

    /** From one to K pairs, one behind the other, and what is left as padding. */
    private void placePairs(int b) {
        int begin = 0;
        int pairs = 1 + random.nextInt(places);
        for (int k = 0; k < pairs && begin < length; k++) {
            int tokens = 1 + random.nextInt(length - begin);
            for (int s = 0; s < tokens; s++) {
                mask[b * length + begin + s] = 1;
                pairIds[b * length + begin + s] = k + 1;
                positionIds[b * length + begin + s] = s;
            }
            cls[b * places + k] = begin;
            pairWeights[b * places + k] = 1;
            begin += tokens;
        }
    }

    private void predict(int b, int count, int[] positions, int[] labels, float[] weights, int vocabulary) {
        int[] tokens = IntStream.range(0, length).filter(s -> mask[b * length + s] == 1).toArray();
        for (int p = 0; p < Math.min(count, tokens.length); p++) {
            int i = b * predictions + p;
            positions[i] = tokens[p * tokens.length / Math.min(count, tokens.length)];
            labels[i] = random.nextInt(vocabulary);
            weights[i] = random.nextInt(4) == 0 ? 0.5f : 1;
        }
    }
}
