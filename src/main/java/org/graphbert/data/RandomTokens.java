package org.graphbert.data;

import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;

/**
 * What random replacements are drawn from, uniformly: the whole vocabulary, as in google-research/bert, or all of it but the
 * special tokens. Entries such as [unused1] are ordinary.
 */
final class RandomTokens {

    private final int[] leftOut; // ascending
    private final int count;

    private RandomTokens(int[] leftOut, int count) {
        this.leftOut = leftOut;
        this.count = count;
    }

    static RandomTokens of(MaskOptions options, Tokenizer tokenizer) {
        if (options.randomSpecial()) {
            return new RandomTokens(new int[0], tokenizer.size());
        }
        SpecialTokens special = tokenizer.special();
        int[] leftOut = IntStream.of(special.pad(), special.unk(), special.cls(), special.sep(), special.mask())
                .filter(id -> id >= 0 && id < tokenizer.size())
                .distinct()
                .sorted()
                .toArray();
        int count = tokenizer.size() - leftOut.length;
        if (count == 0 && options.randomShare() > 0) {
            throw Failure.usage("--no-random-special: the vocabulary has %d entries, all of them special; expected others to "
                    + "draw random tokens from", tokenizer.size());
        }
        return new RandomTokens(leftOut, count);
    }

    /** One draw: the ids behind a special one move up. */
    int draw(Rng rng) {
        int id = rng.below(count);
        for (int special : leftOut) {
            id += id >= special ? 1 : 0;
        }
        return id;
    }
}
