package org.graphbert.data;

import org.graphbert.text.SpecialTokens;

/**
 * Two stretches of text for next-sentence prediction.
 *
 * @param a token ids of the first, at least one
 * @param b token ids of the second, at least one
 * @param notNext whether b comes from another document
 * @param forced whether that was for want of a following sentence (the chunk had only one)
 * @param truncated whether tokens were dropped to fit
 * @param shortTarget whether the document was cut for a shorter target length
 */
record Pair(int[] a, int[] b, boolean notNext, boolean forced, boolean truncated, boolean shortTarget) {

    /** [CLS] a [SEP] b [SEP]. */
    int[] tokens(SpecialTokens special) {
        int[] tokens = new int[length()];
        tokens[0] = special.cls();
        System.arraycopy(a, 0, tokens, 1, a.length);
        tokens[a.length + 1] = special.sep();
        System.arraycopy(b, 0, tokens, a.length + 2, b.length);
        tokens[tokens.length - 1] = special.sep();
        return tokens;
    }

    /** The first position of segment 1. */
    int secondSegment() {
        return a.length + 2;
    }

    int length() {
        return a.length + b.length + PairOptions.SPECIALS;
    }
}
