package org.graphbert.corpus.wiki;

/**
 * Characters that stand for something while an article is worked on. All are Unicode's noncharacters U+FDD0 to U+FDEF,
 * which no text has to say anything; what an article holds of them becomes a space.
 */
final class Marks {

    /** Something within a sentence was left out here: a template, a formula, a reference. */
    static final char LEFT_OUT = '\uFDEF';
    /** A paragraph ends here. */
    static final char PARAGRAPH = '\uFDEE';

    private static final char FIRST = '\uFDD0';
    /** What means something to wikitext, and is text within nowiki. */
    private static final String MARKUP = "[]{}'<>|=*#:;_-~!";

    private Marks() {}

    /** The text without marks of ours. */
    static String withoutMarks(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isMark(text.charAt(i))) {
                StringBuilder clean = new StringBuilder(text);
                for (int j = i; j < clean.length(); j++) {
                    if (isMark(clean.charAt(j))) {
                        clean.setCharAt(j, ' ');
                    }
                }
                return clean.toString();
            }
        }
        return text;
    }

    /** Appends text whose markup means nothing; {@link #restore} gives it back. */
    static void appendVerbatim(StringBuilder out, String text, int from, int to) {
        for (int i = from; i < to; i++) {
            int markup = MARKUP.indexOf(text.charAt(i));
            out.append(markup < 0 ? text.charAt(i) : (char) (FIRST + markup));
        }
    }

    /** The text with the characters that marks made by {@link #appendVerbatim} stand for. */
    static String restore(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            int markup = text.charAt(i) - FIRST;
            if (markup >= 0 && markup < MARKUP.length()) {
                out = out == null ? new StringBuilder(text) : out;
                out.setCharAt(i, MARKUP.charAt(markup));
            }
        }
        return out == null ? text : out.toString();
    }

    /** Whether it is no mark of ours. */
    static boolean isText(int codePoint) {
        return codePoint < FIRST || codePoint > LEFT_OUT;
    }

    private static boolean isMark(char c) {
        return !isText(c);
    }
}
