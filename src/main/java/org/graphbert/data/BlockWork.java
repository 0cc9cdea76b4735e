package org.graphbert.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.graphbert.text.Tokenizer;

/**
 * What is done to the units of a block for records of one length, on any thread: with the whole block's tokens to draw
 * from, each is paired, masked and encoded for each duplicate.
 */
final class BlockWork {

    private final Tokenizer tokenizer;
    private final Recipe recipe;
    private final Pairs pairs;
    private final Masking masking;

    BlockWork(Tokenizer tokenizer, Recipe recipe) {
        this.tokenizer = tokenizer;
        this.recipe = recipe;
        pairs = Pairs.of(recipe.pairs(), tokenizer);
        masking = Masking.of(recipe.masks(), tokenizer);
    }

    /**
     * The framed records of one copy of a unit.
     *
     * @param block decides the shard
     * @param frames TFRecord frames in the order of the file
     * @param tally counts of these records
     */
    record Records(long block, List<Framed> frames, Tally tally) {}

    /** How many documents of a block are left out for want of others: a single one has none to draw from. */
    long skipped(BlockTokens tokens) {
        return tokens.size() < recipe.pairs().task().leastDocuments() ? tokens.size() : 0;
    }

    /**
     * Pairs, masks and encodes a copy of a unit. The records are shuffled within it, for trainers that read files in
     * order.
     */
    Records records(Block block, BlockTokens tokens, int unit, int duplicate) {
        Rng rng = Rng.keyed(recipe.seed(), block.part().ordinal(), duplicate, block.number(), unit);
        Tally tally = new Tally(recipe.pairs().maxSeqLength(), 0);
        List<Framed> frames = new ArrayList<>();
        if (skipped(tokens) == 0) {
            tally.passedOver += pairs.of(tokens, tokens.first(unit), tokens.first(unit + 1), rng, pair -> {
                Masked masked = masking.mask(pair.tokens(tokenizer.special()), rng);
                tally.record(pair, masked);
                Example example =
                        Example.of(pair, masked, recipe.pairs().maxSeqLength(), recipe.masks().maxPredictions());
                frames.add(new Framed(ExampleEncoder.frame(example), example.length()));
            });
        }
        for (int i = frames.size() - 1; i > 0; i--) {
            Collections.swap(frames, i, rng.below(i + 1));
        }
        return new Records(block.number(), frames, tally);
    }
}
