package org.graphbert.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.graphbert.config.Activation;
import org.graphbert.config.Batch;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;

/**
 * A small model of any shape and any options, and a batch for it.
 *
 * @param free whether the graph leaves the sizes of a batch open
 * @param weights the seed of its weights
 */
record RandomModel(ModelConfig config, Batch batch, boolean free, long weights) {

    /**
     * That many models. Each property is dealt from a deck of its own in which every value is equally frequent, so that no
     * seed leaves out an option.
     */
    static List<RandomModel> deal(long seed, int count) {
        Random random = new Random(seed);
        Iterator<Integer> layers = deck(random, count, 1, 2, 3, 4, 5);
        Iterator<Integer> headCounts = deck(random, count, 1, 2, 3, 5);
        Iterator<Activation> activations = deck(random, count, Activation.values());
        Iterator<PositionEmbedding> positions = deck(random, count, PositionEmbedding.values());
        Iterator<Boolean> preLayerNorm = deck(random, count, true, false);
        Iterator<Boolean> gated = deck(random, count, true, false);
        Iterator<Boolean> pairHead = deck(random, count, true, true, false);
        Iterator<Boolean> factorised = deck(random, count, true, false);
        Iterator<Boolean> shared = deck(random, count, true, false);
        Iterator<Boolean> packed = deck(random, count, true, false, false);
        Iterator<Boolean> paired = deck(random, count, true, true, true, true, true, false);
        Iterator<Boolean> free = deck(random, count, true, false);
        Iterator<Integer> sizes = deck(random, count, 1, 2, 3);
        Iterator<Integer> lengths = deck(random, count, 5, 7, 9, 11);
        List<RandomModel> models = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int depth = layers.next();
            EncoderOptions options = new EncoderOptions(
                    preLayerNorm.next(),
                    positions.next(),
                    gated.next(),
                    pairHead.next(),
                    factorised.next() ? 6 + random.nextInt(8) : null,
                    shared.next() ? 1 + random.nextInt(depth) : null);
            int length = lengths.next();
            int heads = headCounts.next();
            int width = headSize(random, heads, options.positions());
            ModelConfig config = new ModelConfig(
                    15 + random.nextInt(20), // vocabulary
                    heads * width,
                    depth,
                    heads,
                    3 + random.nextInt(14), // intermediate
                    activations.next(),
                    0,
                    0,
                    length + random.nextInt(4),
                    1 + random.nextInt(3), // segments
                    0.3,
                    random.nextBoolean() ? 1e-12 : 1e-3, // large enough to be seen
                    options);
            Batch batch = RandomBatch.of(random, config, sizes.next(), length, packed.next(), paired.next());
            models.add(new RandomModel(config, batch, free.next(), random.nextLong()));
        }
        return models;
    }

    /** D, even where heads are turned in pairs; H is 6 at least, since a LayerNorm over few numbers divides by next to nothing. */
    private static int headSize(Random random, int heads, PositionEmbedding positions) {
        int d = Math.max(1 + random.nextInt(5), (6 + heads - 1) / heads);
        return positions == PositionEmbedding.ROTARY ? d + d % 2 : d;
    }

    @SafeVarargs
    private static <T> Iterator<T> deck(Random random, int count, T... values) {
        List<T> cards = new ArrayList<>();
        while (cards.size() < count) {
            cards.add(values[cards.size() % values.length]);
        }
        Collections.shuffle(cards, random);
        return cards.iterator();
    }
}
