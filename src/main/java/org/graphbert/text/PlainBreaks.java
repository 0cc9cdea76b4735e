package org.graphbert.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterEnums.ECharacterCategory;
import com.ibm.icu.lang.UProperty;
import java.util.BitSet;

/**
 * The sentence breaks of Unicode Standard Annex 29 (rules SB6 to SB11) in text of Latin letters and common punctuation:
 * the same that ICU's iterator finds, in a fraction of the time, because only full stops, exclamation and question marks
 * need a look.
 */
final class PlainBreaks {

    private static final int END = '\u2100';

    /** UProperty.SENTENCE_BREAK of the characters that are handled; -1 for others. */
    private static final byte[] CLASSES = new byte[END];

    static {
        for (char c = 0; c < END; c++) {
            boolean common = c >= ' ' && c < '\u0250' && UCharacter.getType(c) != ECharacterCategory.CONTROL
                    || c >= '\u2010' && c < '\u2027'
                    || c == '\u2032' || c == '\u2033' || c == '\u2039' || c == '\u203A' || c == '\u20AC' || c == '\t';
            int sentenceBreak = UCharacter.getIntPropertyValue(c, UProperty.SENTENCE_BREAK);
            boolean terminator = isTerminator(sentenceBreak) && ".!?".indexOf(c) < 0;
            boolean ignored = sentenceBreak == UCharacter.SentenceBreak.EXTEND
                    || sentenceBreak == UCharacter.SentenceBreak.FORMAT;
            CLASSES[c] = (byte) (common && !terminator && !ignored ? sentenceBreak : -1);
        }
    }

    private PlainBreaks() {}

    /** Adds the breaks; false if the text holds other characters, and the breaks mean nothing. */
    static boolean add(String text, BitSet breaks) {
        char[] characters = text.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            char c = characters[i];
            if (c >= END || CLASSES[c] < 0) {
                return false;
            }
            if (c == '.' || c == '!' || c == '?') {
                int end = breakBehind(text, i);
                if (end >= 0) {
                    breaks.set(end);
                }
            }
        }
        breaks.set(text.length());
        return true;
    }

    /** Where the break is that the terminator makes, or -1. */
    private static int breakBehind(String text, int terminator) {
        boolean fullStop = text.charAt(terminator) == '.';
        int next = terminator + 1;
        if (fullStop && (is(text, next, UCharacter.SentenceBreak.NUMERIC)
                || is(text, next, UCharacter.SentenceBreak.UPPER) && isCased(text, terminator - 1))) {
            return -1;
        }
        while (is(text, next, UCharacter.SentenceBreak.CLOSE)) {
            next++;
        }
        while (is(text, next, UCharacter.SentenceBreak.SP)) {
            next++;
        }
        if (fullStop) {
            int i = next;
            while (i < text.length() && !isCased(text, i) && !is(text, i, UCharacter.SentenceBreak.OLETTER)
                    && !isTerminator(classOf(text, i))) {
                i++;
            }
            if (is(text, i, UCharacter.SentenceBreak.LOWER)) {
                return -1;
            }
        }
        boolean goesOn = is(text, next, UCharacter.SentenceBreak.SCONTINUE) || isTerminator(classOf(text, next));
        return goesOn ? -1 : next;
    }

    private static boolean isCased(String text, int i) {
        return is(text, i, UCharacter.SentenceBreak.UPPER) || is(text, i, UCharacter.SentenceBreak.LOWER);
    }

    private static boolean isTerminator(int sentenceBreak) {
        return sentenceBreak == UCharacter.SentenceBreak.ATERM || sentenceBreak == UCharacter.SentenceBreak.STERM;
    }

    private static boolean is(String text, int i, int sentenceBreak) {
        return classOf(text, i) == sentenceBreak;
    }

    private static int classOf(String text, int i) {
        return i < 0 || i >= text.length() || text.charAt(i) >= END ? -1 : CLASSES[text.charAt(i)];
    }
}
