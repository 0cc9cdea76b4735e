package org.graphbert.text;

/** The characters that stand between words, as sentences are found by them. */
final class Punctuation {

    // Most quotation marks open in one language and close in another.
    private static final String OPENING = "\"'([{\u2018\u201C\u201E\u201A\u00AB\u2039\u00BF\u00A1*_";
    private static final String CLOSING = "\"')]}\u2019\u2018\u201D\u201C\u00BB\u00AB\u203A\u2039*_";

    private Punctuation() {}

    /** The index behind the last character before {@code end} that is no white space. */
    static int skipBack(String text, int start, int end) {
        int last = end;
        while (last > start && isSpace(text.charAt(last - 1))) {
            last--;
        }
        return last;
    }

    /** No-break spaces too, which {@link String#strip} leaves. */
    static boolean isSpace(char c) {
        if (c > ' ' && c < '\u0080' || isDashOrQuote(c)) {
            return false;
        }
        return c == ' ' || Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    static boolean isOpening(char c) {
        return OPENING.indexOf(c) >= 0;
    }

    static boolean isClosing(char c) {
        return CLOSING.indexOf(c) >= 0;
    }

    /** General punctuation behind which nothing ends. */
    static boolean isDashOrQuote(char c) {
        return c >= '\u2010' && c <= '\u201F';
    }

    /** Whether a word begins behind it. */
    static boolean parts(char c) {
        return isSpace(c) || isOpening(c) || isDash(c);
    }

    static boolean isDash(char c) {
        return c >= '\u2012' && c <= '\u2015';
    }

    static boolean isMark(char c) {
        return c == '.' || c == '!' || c == '?' || c == '\u2026';
    }
}
