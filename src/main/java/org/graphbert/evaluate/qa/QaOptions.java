package org.graphbert.evaluate.qa;

import org.graphbert.config.Failure;

/**
 * How questions are put to a model, and how its answers are read. All but {@code best} count tokens.
 *
 * @param longest of a sequence: [CLS] question [SEP] context [SEP]
 * @param stride from the beginning of a window on the context to that of the next
 * @param longestQuestion what is beyond is cut off
 * @param longestAnswer
 * @param best how many answers a question gets
 */
public record QaOptions(int longest, int stride, int longestQuestion, int longestAnswer, int best) {

    /** [CLS] and two [SEP]. */
    static final int SPECIALS = 3;

    /** @throws Failure (usage) if a number is not positive, or a long question leaves no place for the context */
    public QaOptions {
        require("--doc-stride", stride);
        require("--max-query-length", longestQuestion);
        require("--max-answer-length", longestAnswer);
        require("--n-best", best);
        if (longest <= longestQuestion + SPECIALS) {
            throw Failure.usage("--max-query-length is %d, which leaves no place for a text in sequences of %d tokens; expected %d or "
                    + "less", longestQuestion, longest, Math.max(1, longest - SPECIALS - 1));
        }
    }

    /**
     * Those of google-research/bert (run_squad.py), in sequences of this length. Where it is less than the 384 that they are
     * meant for, the stride is as much less, for windows of 128 tokens would not overlap at all.
     */
    public static QaOptions of(int longest) {
        return new QaOptions(longest, Math.max(1, Math.min(128, longest / 3)), 64, 30, 20);
    }

    private static void require(String option, int value) {
        if (value < 1) {
            throw Failure.usage("%s is %d, expected 1 or more", option, value);
        }
    }
}
