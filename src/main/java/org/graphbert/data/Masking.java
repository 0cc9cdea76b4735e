package org.graphbert.data;

import java.util.Arrays;
import org.graphbert.config.Failure;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;

/**
 * Chooses tokens for masked-language-model prediction (Devlin et al. 2018, 3.1, Task 1; create_masked_lm_predictions in
 * google-research/bert's create_pretraining_data.py): single tokens, whole words ({@link Words}) or spans of words
 * ({@link Spans}). Of the chosen tokens 80% become [MASK], 10% a random entry of the vocabulary ({@link RandomTokens}), 10%
 * stay, or what the options say. [CLS] and [SEP] are never chosen.
 */
public final class Masking {

    private static final int[] NO_SPANS = {};

    private final MaskOptions options;
    private final Tokenizer tokenizer;
    private final SpecialTokens special;
    private final RandomTokens randomTokens;

    private Masking(MaskOptions options, Tokenizer tokenizer) {
        this.options = options;
        this.tokenizer = tokenizer;
        special = tokenizer.special();
        randomTokens = RandomTokens.of(options, tokenizer);
    }

    /**
     * Masking with the words, special tokens and vocabulary of a tokenizer.
     *
     * @throws Failure (usage) if random tokens are to be ordinary ones, and the vocabulary has none
     */
    public static Masking of(MaskOptions options, Tokenizer tokenizer) {
        return new Masking(options, tokenizer);
    }

    /** The most tokens that it chooses in a record. */
    public int maxPredictions() {
        return options.maxPredictions();
    }

    /** What is chosen, and how many. */
    MaskOptions options() {
        return options;
    }

    /** Masks [CLS] a [SEP] b [SEP], or [CLS] a [SEP]; the argument stays as it is. */
    Masked mask(int[] tokens, Rng rng) {
        int wanted = options.wanted(tokens.length);
        Words words = Words.of(tokens, tokenizer, options.unit() == MaskUnit.TOKEN);
        if (options.unit() == MaskUnit.SPAN) {
            Spans spans = Spans.choose(words, wanted, rng);
            return replace(tokens, spans.positions(), spans.lengths(), rng);
        }
        return replace(tokens, choose(words, wanted, rng), NO_SPANS, rng);
    }

    private static int[] choose(Words words, int wanted, Rng rng) {
        int[] positions = new int[wanted];
        int chosen = 0;
        for (int w = 0; w < words.count() && chosen < wanted; w++) {
            // A shuffle that goes no further than it is needed.
            words.exchange(w, w + rng.below(words.count() - w));
            if (chosen + words.end(w) - words.start(w) <= wanted) { // a word that would exceed the number is passed over
                for (int p = words.start(w); p < words.end(w); p++) {
                    positions[chosen++] = p;
                }
            }
        }
        positions = Arrays.copyOf(positions, chosen);
        Arrays.sort(positions);
        return positions;
    }

    /**
     * Masks a record anew from its original tokens, as a function of (seed, epoch, record) alone: dynamic masking
     * (Liu et al. 2019, RoBERTa, 4.1).
     */
    public Example remask(Example example, long seed, long epoch, long record) {
        Masked masked = mask(example.originalTokens(), Rng.keyed(seed, epoch, record));
        return example.with(masked);
    }

    private Masked replace(int[] tokens, int[] positions, int[] spans, Rng rng) {
        int[] ids = tokens.clone();
        int[] labels = new int[positions.length];
        int byMask = 0;
        int atRandom = 0;
        for (int i = 0; i < positions.length; i++) {
            labels[i] = tokens[positions[i]];
            double fate = rng.uniform();
            if (fate < options.maskShare()) {
                ids[positions[i]] = special.mask();
                byMask++;
            } else if (fate < options.maskShare() + options.randomShare()) {
                ids[positions[i]] = randomTokens.draw(rng);
                atRandom++;
            }
        }
        return new Masked(ids, positions, labels, spans, byMask, atRandom);
    }
}
