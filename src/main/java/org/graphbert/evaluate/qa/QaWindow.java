package org.graphbert.evaluate.qa;

import org.graphbert.evaluate.Scorer;

/**
 * A question with a stretch of its context, as a model takes them. S positions, T tokens of the context.
 *
 * @param query [CLS], the question, [SEP], the context's tokens, [SEP]
 * @param question its number, from 0
 * @param contextPosition the position of the first of the context's tokens
 * @param firstToken its number in the context
 * @param firstEnds [T] of answers that begin at the token, the first token that they end with when read from this window: the
 *     token itself, if no window shows more context of it; otherwise those alone that go beyond the window that does
 * @param start the position of the answer's first token; 0, which is [CLS], if it is not in this window as a whole
 * @param end that of its last token, or 0
 * @param learned whether that is to be learned; not where the question has an answer that is nowhere in its context
 */
public record QaWindow(
        Scorer.Query query, int question, int contextPosition, int firstToken, int[] firstEnds, int start, int end,
        boolean learned) {

    public QaWindow {
        if (contextPosition + firstEnds.length + 1 != query.inputIds().length || start > end
                || start != 0 && start < contextPosition || end >= contextPosition + firstEnds.length) {
            throw new IllegalArgumentException("an answer from " + start + " to " + end + ", the context's " + firstEnds.length
                    + " tokens from " + contextPosition + " in " + query.inputIds().length);
        }
    }

    /** How many of the context's tokens it has. */
    public int tokens() {
        return firstEnds.length;
    }
}
