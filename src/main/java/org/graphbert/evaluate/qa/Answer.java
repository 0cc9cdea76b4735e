package org.graphbert.evaluate.qa;

import java.util.Optional;

/**
 * An answer that is a stretch of its context.
 *
 * @param text as the file has it
 * @param start offset of its first UTF-16 unit in the context; -1 if it is not there, and then it can be scored, not learned
 */
public record Answer(String text, int start) {

    /** How far from where it should be an answer is looked for, in UTF-16 units. */
    private static final int NEAR = 20;
    /** Of an answer that is not in its context. */
    static final int NOWHERE = -1;

    /** Whether it can be learned. */
    public boolean isFound() {
        return start != NOWHERE;
    }

    /** Where it ends: behind its last UTF-16 unit. */
    public int end() {
        return start + text.length();
    }

    /** Whether it is in the context where its file says. */
    static Optional<Answer> exact(String context, String text, int codePoints) {
        int start = units(context, codePoints);
        return start >= 0 && !text.isBlank() && context.startsWith(text, start)
                ? Optional.of(new Answer(text, start)) : Optional.empty();
    }

    /** The answer a little off, the nearest first; as it should have been where offsets count bytes or UTF-16 units before it. */
    static Optional<Answer> near(String context, String text, int codePoints) {
        String stripped = text.strip();
        int expected = Math.max(0, Math.min(context.length(), units(context, codePoints) < 0 ? codePoints : units(context, codePoints)));
        for (int off = 0; off <= NEAR && !stripped.isEmpty(); off++) {
            for (int start : new int[] {expected - off, expected + off}) {
                if (start >= 0 && context.startsWith(stripped, start)) {
                    return Optional.of(new Answer(stripped, start));
                }
            }
        }
        return Optional.empty();
    }

    /** The offset in UTF-16 units, -1 if there is no such place. */
    private static int units(String context, int codePoints) {
        return codePoints < 0 || codePoints > context.codePointCount(0, context.length())
                ? NOWHERE : context.offsetByCodePoints(0, codePoints);
    }
}
