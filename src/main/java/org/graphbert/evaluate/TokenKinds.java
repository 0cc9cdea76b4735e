package org.graphbert.evaluate;

import java.util.function.IntPredicate;
import org.graphbert.text.Tokenizer;

/**
 * Which tokens a [MASK] may be answered with: [V] of 0 for one that may be named and −∞ for one that may not. A model may have
 * more entries than its tokenizer; those have no name.
 *
 * @param any all that have a name
 * @param ordinary all but the special ones
 * @param starting those that begin a word
 * @param continuing those that go on with one
 */
public record TokenKinds(float[] any, float[] ordinary, float[] starting, float[] continuing) {

    public static TokenKinds of(Tokenizer tokenizer, int vocabSize) {
        IntPredicate ordinary = id -> !tokenizer.special().contains(id);
        return new TokenKinds(
                allowed(tokenizer, vocabSize, id -> true),
                allowed(tokenizer, vocabSize, ordinary),
                allowed(tokenizer, vocabSize, ordinary.and(tokenizer::startsWord)),
                allowed(tokenizer, vocabSize, ordinary.and(id -> !tokenizer.startsWord(id))));
    }

    private static float[] allowed(Tokenizer tokenizer, int vocabSize, IntPredicate which) {
        float[] allowed = new float[vocabSize];
        for (int id = 0; id < vocabSize; id++) {
            allowed[id] = id < tokenizer.size() && which.test(id) ? 0 : Float.NEGATIVE_INFINITY;
        }
        return allowed;
    }
}
