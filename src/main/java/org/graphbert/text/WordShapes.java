package org.graphbert.text;

/** What a word is by its characters alone, as {@link Abbreviations} asks. */
final class WordShapes {

    private static final int ORDINAL_DIGITS = 2;

    private WordShapes() {}

    static boolean isNumber(String word) {
        return !word.isEmpty() && Character.isDigit(word.charAt(0));
    }

    /** As they number volumes and centuries, with capitals. */
    static boolean isRoman(String word) {
        for (int i = 0; i < word.length(); i++) {
            if ("IVXL".indexOf(word.charAt(i)) < 0) {
                return false;
            }
        }
        return !word.isEmpty();
    }

    /** Letters with a full stop each, as in U.S., J. or J.-P.; not "I.", which is the pronoun more often than a name. */
    static boolean isInitials(String word) {
        if (word.equals("I.")) {
            return false;
        }
        for (int i = 0; i < word.length(); i += 2) {
            if (i > 0 && word.charAt(i) == '-') {
                i++;
            }
            if (i + 1 >= word.length() || !Character.isUpperCase(word.charAt(i)) || word.charAt(i + 1) != '.') {
                return false;
            }
        }
        return true;
    }

    /** As in "3. Oktober" and "Wilhelm II.". */
    static boolean isOrdinal(String word) {
        int length = word.length() - 1;
        boolean digits = length >= 1 && length <= ORDINAL_DIGITS;
        boolean roman = length >= 1;
        for (int i = 0; i < length; i++) {
            digits &= Character.isDigit(word.charAt(i));
            roman &= "IVX".indexOf(word.charAt(i)) >= 0;
        }
        return digits || roman;
    }
}
