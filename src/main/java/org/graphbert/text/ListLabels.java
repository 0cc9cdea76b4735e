package org.graphbert.text;

/** The numbers and letters that items of a list begin with. */
final class ListLabels {

    private static final int LONGEST_NUMBER = 3;

    private ListLabels() {}

    /** A paragraph or an item that begins "1. First" or "II. Methods" has its number in the sentence, not before it. */
    static boolean isNumber(String text, int start, int word, int end) {
        for (int i = start; i < word; i++) {
            if (!Punctuation.isSpace(text.charAt(i)) && !Punctuation.isOpening(text.charAt(i))) {
                return false;
            }
        }
        int digits = 0;
        int letters = 0;
        boolean roman = true;
        for (int i = word; i < end; i++) {
            char c = text.charAt(i);
            if (c == '.') {
                digits = i + 1 < end ? 0 : digits;
            } else if (Character.isDigit(c)) {
                digits++;
            } else {
                letters++;
                roman &= "IVXivx".indexOf(c) >= 0;
            }
        }
        return letters == 0 ? digits > 0 && digits <= LONGEST_NUMBER : digits == 0 && (roman || letters == 1);
    }

    /** Whether a list's label such as "b)" stands there. */
    static boolean isLetter(String text, int at) {
        int i = at;
        while (i < text.length() && Character.isLetterOrDigit(text.charAt(i))) {
            i++;
        }
        return i < text.length() && text.charAt(i) == ')';
    }
}
