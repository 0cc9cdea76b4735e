package org.graphbert.data;

import java.util.EnumSet;
import java.util.Set;
import org.graphbert.text.SpecialTokens;

/**
 * The text of a record: two stretches, or a single one.
 *
 * @param a token ids of the first, at least one; a single one may hold [SEP] between documents
 * @param b token ids of the second; none for a single text
 * @param label of the {@link PairTask}: 0 or 1, 0 for a single text
 * @param marks how it came about
 */
record Pair(int[] a, int[] b, int label, Set<Mark> marks) {

    /** What is worth counting about a pair. */
    enum Mark {
        /** B is random for want of a following sentence: the chunk had only one. */
        FORCED,
        /** B was to come from the same document, which is too short for that, and comes from another. */
        FALLBACK,
        /** A and B are the halves of a sentence, for want of a second one. */
        HALVED,
        /** The text ends within a sentence, which goes on in the next record. */
        CUT,
        /** Tokens were dropped to fit. */
        TRUNCATED,
        /** The document was cut for a shorter target length. */
        SHORT_TARGET
    }

    /** [CLS], [SEP]. */
    static final int SINGLE_SPECIALS = 2;

    /** Two stretches, truncated to fit; the set of marks is completed and kept. */
    static Pair of(Stretch a, Stretch b, int label, int most, EnumSet<Mark> marks, Rng rng) {
        if (Stretch.truncate(a, b, most, rng)) {
            marks.add(Mark.TRUNCATED);
        }
        return new Pair(a.tokens(), b.tokens(), label, marks);
    }

    /** No marks, or that of a short target. */
    static EnumSet<Mark> marks(Target target) {
        return target.isShort() ? EnumSet.of(Mark.SHORT_TARGET) : EnumSet.noneOf(Mark.class);
    }

    /** [CLS] a [SEP] b [SEP], or [CLS] a [SEP]. */
    int[] tokens(SpecialTokens special) {
        int[] tokens = new int[length()];
        tokens[0] = special.cls();
        System.arraycopy(a, 0, tokens, 1, a.length);
        tokens[a.length + 1] = special.sep();
        System.arraycopy(b, 0, tokens, secondSegment(), b.length);
        tokens[tokens.length - 1] = special.sep();
        return tokens;
    }

    /** The first position of segment 1: the length of a single text. */
    int secondSegment() {
        return a.length + SINGLE_SPECIALS;
    }

    int length() {
        return b.length == 0 ? a.length + SINGLE_SPECIALS : a.length + b.length + PairOptions.SPECIALS;
    }
}
