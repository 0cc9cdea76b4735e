package org.graphbert.text;

/**
 * Marks in square brackets directly behind a sentence's full stop, as in "the end.[1][note 2] Then": they belong to the
 * sentence before them.
 */
final class ReferenceMarks {

    /** Characters between the brackets: "citation needed" is one, a sentence in brackets is none. */
    private static final int LONGEST = 20;

    private ReferenceMarks() {}

    /** Behind the marks that begin there; the same index if none does. */
    static int skip(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == '[') {
            int close = at + 1;
            while (close < text.length() && close <= at + LONGEST && isWithin(text.charAt(close))) {
                close++;
            }
            if (close == at + 1 || close == text.length() || text.charAt(close) != ']') {
                return at;
            }
            at = close + 1;
        }
        return at;
    }

    /** Where the marks begin that end there behind a sentence's mark; the same index if none does. */
    static int skipBack(String text, int start, int end) {
        int at = end;
        while (at > start && text.charAt(at - 1) == ']') {
            int open = at - 2;
            while (open > start && isWithin(text.charAt(open)) && at - open < LONGEST + 2) {
                open--;
            }
            if (open <= start || text.charAt(open) != '[' || open == at - 2) {
                return end;
            }
            at = open;
        }
        return at > start && at < end && endsSentence(text, start, at) ? at : end;
    }

    private static boolean endsSentence(String text, int start, int end) {
        int closed = end;
        while (closed > start && Punctuation.isClosing(text.charAt(closed - 1))) {
            closed--;
        }
        return closed > start && Punctuation.isMark(text.charAt(closed - 1));
    }

    private static boolean isWithin(char c) {
        return Character.isLetterOrDigit(c) || c == ' ' || c == ',' || c == '-' || c == '\u2013';
    }
}
