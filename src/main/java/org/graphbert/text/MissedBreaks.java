package org.graphbert.text;

import java.util.BitSet;

/**
 * Places where a sentence may end although Unicode's rules see none: before a number, before a list's letter or a bullet
 * that a small letter follows ("b) next"), before a name such as iPhone, behind an ellipsis character, behind a closing
 * mark that stands apart as in French, behind a reference mark, before a dash that begins a speech, and where the space
 * behind a full stop was forgotten.
 */
final class MissedBreaks {

    private static final String BULLETS = "\u2022\u2023\u25E6\u25AA\u25CF\u2043";
    /** A shorter word before a full stop and a number is an abbreviation more often than a sentence's last. */
    private static final int SHORTEST_WORD = 4;
    private static final int LONGEST_LIST_LABEL = 4;
    private static final int YEAR_DIGITS = 4;

    private MissedBreaks() {}

    static void add(String text, BitSet candidates) {
        char[] characters = text.toCharArray();
        for (int i = 0; i < characters.length - 1; i++) {
            char c = characters[i];
            if (c == '.' || c == '!' || c == '?' || c == '\u2026') {
                look(text, i, candidates);
            }
        }
    }

    private static void look(String text, int terminator, BitSet candidates) {
        int closed = terminator + 1;
        while (closed < text.length() && Punctuation.isClosing(text.charAt(closed))) {
            closed++;
        }
        int reference = ReferenceMarks.skip(text, closed);
        if (reference > closed) {
            int next = skipSpaces(text, reference);
            if (next > reference && next < text.length() && isBeginning(text.charAt(next))) {
                candidates.set(next);
            }
            return;
        }
        int next = skipSpaces(text, closed);
        if (next == text.length()) {
            return;
        }
        if (next == closed) {
            if (closed == terminator + 1 && text.charAt(terminator) == '.' && Character.isUpperCase(text.charAt(next))) {
                candidates.set(next);
            }
        } else if (isApartClosing(text, next)) {
            candidates.set(skipSpaces(text, next + 1));
        } else if (text.charAt(terminator) == '\u2026' && isBeginning(text.charAt(next))
                || isLabel(text, next)
                || isCapitalLater(text, next)
                || Character.isDigit(text.charAt(next)) && (isLongWord(text, terminator) || isYear(text, terminator))
                || closed == terminator + 1 && isSpeech(text, terminator, next)) {
            candidates.set(next);
        }
    }

    /** A mark that closes a quotation, with spaces before and behind it. */
    private static boolean isApartClosing(String text, int i) {
        return "\u00BB\u203A\u201D\"".indexOf(text.charAt(i)) >= 0
                && (i + 1 == text.length() || Punctuation.isSpace(text.charAt(i + 1)));
    }

    private static boolean isBeginning(char c) {
        return Character.isUpperCase(c) || Punctuation.isOpening(c);
    }

    /** A name such as iPhone. */
    private static boolean isCapitalLater(String text, int i) {
        return i + 1 < text.length() && Character.isLowerCase(text.charAt(i)) && Character.isUpperCase(text.charAt(i + 1));
    }

    /** Whether "b)", "iv)", "12)" or a bullet stands there. */
    private static boolean isLabel(String text, int from) {
        if (BULLETS.indexOf(text.charAt(from)) >= 0) {
            return true;
        }
        int i = text.charAt(from) == '(' ? from + 1 : from;
        int label = i;
        while (i < text.length() && i - label < LONGEST_LIST_LABEL && Character.isLetterOrDigit(text.charAt(i))) {
            i++;
        }
        if (i == label || i + 1 >= text.length() || text.charAt(i) != ')' || !Punctuation.isSpace(text.charAt(i + 1))) {
            return false;
        }
        return i - label == 1 || text.substring(label, i).matches("[0-9]+|[ivx]+");
    }

    /** Whether a dash and a capital stand there, as before each speech of a French or Spanish dialogue; not behind "...". */
    private static boolean isSpeech(String text, int terminator, int dash) {
        if (!Punctuation.isDash(text.charAt(dash)) || text.charAt(terminator) == '\u2026'
                || terminator > 0 && text.charAt(terminator - 1) == '.') {
            return false;
        }
        int next = dash + 1;
        while (next < text.length() && (Punctuation.isSpace(text.charAt(next)) || Punctuation.isOpening(text.charAt(next)))) {
            next++;
        }
        return next < text.length() && Character.isUpperCase(text.charAt(next));
    }

    /** Whether a word of four digits, from 1000 to 2999, ends there. */
    private static boolean isYear(String text, int end) {
        int start = end - YEAR_DIGITS;
        if (start < 1 || text.charAt(start) != '1' && text.charAt(start) != '2' || text.charAt(start - 1) != ' ') {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (!Character.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLongWord(String text, int end) {
        int start = end;
        while (start > 0 && Character.isLowerCase(text.charAt(start - 1))) {
            start--;
        }
        return end - start >= SHORTEST_WORD;
    }

    private static int skipSpaces(String text, int from) {
        int i = from;
        while (i < text.length() && Punctuation.isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }
}
