package org.graphbert.data;

import java.util.Arrays;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;

/**
 * Chooses tokens for masked-language-model prediction (Devlin et al. 2018, 3.1, Task 1; create_masked_lm_predictions in
 * google-research/bert's create_pretraining_data.py): of the chosen 80% become [MASK], 10% a random entry of the whole
 * vocabulary (special tokens included, as there), 10% stay. [CLS] and [SEP] are never chosen.
 *
 * <p>One departure: a word piece right behind [SEP], whose beginning was truncated away, counts as a word of its own; the
 * reference glues it to the word before [SEP].
 */
public final class Masking {

    private final MaskOptions options;
    private final Tokenizer tokenizer;
    private final SpecialTokens special;

    private Masking(MaskOptions options, Tokenizer tokenizer) {
        this.options = options;
        this.tokenizer = tokenizer;
        special = tokenizer.special();
    }

    /** Masking with the words, special tokens and vocabulary of a tokenizer. */
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

    /** Masks [CLS] a [SEP] b [SEP]; the argument stays as it is. */
    Masked mask(int[] tokens, Rng rng) {
        int[] wordStarts = new int[tokens.length]; // first positions of the words, or of the pieces
        int[] wordEnds = new int[tokens.length];
        int words = words(tokens, wordStarts, wordEnds);
        int wanted = options.wanted(tokens.length);
        int[] positions = new int[wanted];
        int chosen = 0;
        for (int w = 0; w < words && chosen < wanted; w++) {
            // A shuffle that goes no further than it is needed.
            int draw = w + rng.below(words - w);
            int start = wordStarts[draw];
            int end = wordEnds[draw];
            wordStarts[draw] = wordStarts[w];
            wordEnds[draw] = wordEnds[w];
            if (chosen + end - start <= wanted) { // a word that would exceed the number is passed over
                for (int p = start; p < end; p++) {
                    positions[chosen++] = p;
                }
            }
        }
        positions = Arrays.copyOf(positions, chosen);
        Arrays.sort(positions);
        return replace(tokens, positions, rng);
    }

    /**
     * Masks a record anew from its original tokens, as a function of (seed, epoch, record) alone: dynamic masking
     * (Liu et al. 2019, RoBERTa, 4.1).
     */
    public Example remask(Example example, long seed, long epoch, long record) {
        Masked masked = mask(example.originalTokens(), Rng.keyed(seed, epoch, record));
        return example.with(masked);
    }

    private Masked replace(int[] tokens, int[] positions, Rng rng) {
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
                ids[positions[i]] = rng.below(tokenizer.size());
                atRandom++;
            }
        }
        return new Masked(ids, positions, labels, byMask, atRandom);
    }

    /** Fills in [start, end) of what may be chosen together and returns how many there are. */
    private int words(int[] tokens, int[] starts, int[] ends) {
        int words = 0;
        boolean insideWord = false;
        for (int p = 0; p < tokens.length; p++) {
            if (tokens[p] == special.cls() || tokens[p] == special.sep()) {
                insideWord = false;
            } else if (options.unit() == MaskUnit.WHOLE_WORD && insideWord && !tokenizer.startsWordBehind(tokens[p - 1], tokens[p])) {
                ends[words - 1] = p + 1;
            } else {
                starts[words] = p;
                ends[words] = p + 1;
                words++;
                insideWord = true;
            }
        }
        return words;
    }
}
