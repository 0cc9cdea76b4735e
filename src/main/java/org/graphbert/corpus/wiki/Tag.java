package org.graphbert.corpus.wiki;

import java.util.Locale;

/**
 * A tag of HTML, or of one of MediaWiki's extensions.
 *
 * @param name in lower case
 * @param from where it begins
 * @param to behind its {@code >}
 * @param closes whether it is {@code </name>}
 * @param empty whether it is {@code <name/>}
 */
record Tag(String name, int from, int to, boolean closes, boolean empty) {

    private static final int LONGEST_NAME = 20;

    /** The tag that begins at a {@code <}, or null where none does. */
    static Tag at(String text, int from) {
        boolean closes = from + 1 < text.length() && text.charAt(from + 1) == '/';
        int name = from + (closes ? 2 : 1);
        int end = name;
        while (end < text.length() && end - name <= LONGEST_NAME && isNameCharacter(text.charAt(end))) {
            end++;
        }
        if (end == name || Character.isDigit(text.charAt(name))) {
            return null;
        }
        int to = end;
        while (to < text.length() && text.charAt(to) != '>') {
            if (text.charAt(to) == '<') {
                return null; // each stretch between two of them is looked at once
            }
            to++;
        }
        if (to == text.length() || to > end && isNameCharacter(text.charAt(end))) {
            return null;
        }
        return new Tag(text.substring(name, end).toLowerCase(Locale.ROOT), from, to + 1, closes, text.charAt(to - 1) == '/');
    }

    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
