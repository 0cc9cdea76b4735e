package org.graphbert.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * Where the quotations and brackets of a paragraph begin and end. One of up to {@value #LONG} characters is part of the
 * sentence around it or a sentence itself, so that no sentence ends inside; a longer one, a speech, is cut like any other
 * text, because a sentence that fills a whole record teaches nothing about which sentence is next. A mark that has no
 * partner, as before each paragraph of a long speech but the last, encloses nothing.
 */
final class Quotations {

    /** Some 70 tokens: over half of a record of 128. */
    static final int LONG = 300;

    private static final Quotations NONE = new Quotations("");

    /** Words that begin with an apostrophe, not with a quotation mark. */
    private static final Set<String> ELISIONS = Set.of(
            "tis", "twas", "twere", "twill", "twould", "tisn", "twasn", "em", "til", "till", "cause", "n", "bout", "round",
            "gainst", "cos", "cuz", "neath", "midst", "tween", "im", "er", "ere", "e", "un", "ud", "ave", "ad", "s", "m",
            "d", "ll", "re", "ve", "t");

    private enum Kind {
        DOUBLE, GUILLEMETS, SINGLE, ANGLE, ROUND, SQUARE, CORNER, WHITE_CORNER
    }

    private final String text;
    private int[] opened = new int[4];
    private Kind[] kinds = new Kind[4];
    private int depth;
    private int[] starts = new int[4];
    private int[] ends = new int[4];
    private int size;

    private Quotations(String text) {
        this.text = text;
    }

    static Quotations of(String text) {
        Quotations quotations = new Quotations(text);
        char[] characters = text.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            char c = characters[i];
            // Before all else, for speed: letters, digits and spaces are none.
            if (c > 'z' || c < '0' && c != ' ' || c == '[' || c == ']') {
                quotations.look(i);
            }
        }
        return quotations.size == 0 ? NONE : quotations;
    }

    /** Whether the position lies within one that is not long. */
    boolean enclose(int position) {
        for (int i = 0; i < size; i++) {
            if (starts[i] < position && position <= ends[i] && ends[i] - starts[i] <= LONG) {
                return true;
            }
        }
        return false;
    }

    /** Whether the character there closes one. */
    boolean closesAt(int index) {
        for (int i = 0; i < size; i++) {
            if (ends[i] == index) {
                return true;
            }
        }
        return false;
    }

    private void look(int i) {
        switch (text.charAt(i)) {
            case '"' -> straight(i, Kind.DOUBLE);
            case '\u201C' -> turned(i, Kind.DOUBLE, depth > 0 && text.charAt(opened[depth - 1]) == '\u201E');
            case '\u201D' -> turned(i, Kind.DOUBLE, true);
            case '\u201E' -> open(i, Kind.DOUBLE);
            case '\u00AB' -> turned(i, Kind.GUILLEMETS, false);
            case '\u00BB' -> turned(i, Kind.GUILLEMETS, true);
            case '\u2039' -> turned(i, Kind.ANGLE, false);
            case '\u203A' -> turned(i, Kind.ANGLE, true);
            case '\'' -> single(i, true);
            case '\u2019' -> single(i, false);
            case '\u201A' -> open(i, Kind.SINGLE);
            case '\u2018' -> {
                if (depth > 0 && text.charAt(opened[depth - 1]) == '\u201A') {
                    close(i, Kind.SINGLE);
                } else {
                    open(i, Kind.SINGLE);
                }
            }
            case '(' -> open(i, Kind.ROUND);
            case ')' -> close(i, Kind.ROUND);
            case '[' -> open(i, Kind.SQUARE);
            case ']' -> close(i, Kind.SQUARE);
            case '\u300C' -> open(i, Kind.CORNER);
            case '\u300D' -> close(i, Kind.CORNER);
            case '\u300E' -> open(i, Kind.WHITE_CORNER);
            case '\u300F' -> close(i, Kind.WHITE_CORNER);
            default -> { }
        }
    }

    /** A mark that looks the same on both sides: what stands around it tells, and where that does not, its turn. */
    private void straight(int i, Kind kind) {
        boolean before = outsideBefore(i);
        boolean behind = outsideBehind(i);
        if (before == behind ? !isOpen(kind) : before) {
            open(i, kind);
        } else {
            close(i, kind);
        }
    }

    /** A mark with a direction, which some languages use the other way round, as German books do guillemets. */
    private void turned(int i, Kind kind, boolean closing) {
        boolean before = outsideBefore(i);
        boolean behind = outsideBehind(i);
        if (before == behind ? closing : behind) {
            close(i, kind);
        } else {
            open(i, kind);
        }
    }

    /** An apostrophe more often than a mark. */
    private void single(int i, boolean opens) {
        if (opens && outsideBefore(i)) {
            int end = i + 1;
            while (end < text.length() && Character.isLetter(text.charAt(end))) {
                end++;
            }
            if (end > i + 1 && !ELISIONS.contains(text.substring(i + 1, end).toLowerCase(Locale.ROOT))) {
                open(i, Kind.SINGLE);
            }
        } else if (isOpen(Kind.SINGLE) && outsideBehind(i) && !isPossessive(i)) {
            close(i, Kind.SINGLE);
        }
    }

    /** As in "the boys' dog.'": behind an s, if a mark that closes comes yet. */
    private boolean isPossessive(int i) {
        if (i == 0 || text.charAt(i - 1) != 's') {
            return false;
        }
        for (int j = i + 1; j < text.length() && j <= i + LONG; j++) {
            char c = text.charAt(j);
            if (c == '\u2018') {
                return false;
            }
            if (c == text.charAt(i) && ".,!?\u2026".indexOf(text.charAt(j - 1)) >= 0 && outsideBehind(j)) {
                return true;
            }
        }
        return false;
    }

    private boolean outsideBefore(int i) {
        return i == 0 || !Character.isLetterOrDigit(text.charAt(i - 1)) && ".,!?;:\u2026".indexOf(text.charAt(i - 1)) < 0;
    }

    private boolean outsideBehind(int i) {
        return i + 1 == text.length() || !Character.isLetterOrDigit(text.charAt(i + 1));
    }

    private boolean isOpen(Kind kind) {
        for (int i = 0; i < depth; i++) {
            if (kinds[i] == kind) {
                return true;
            }
        }
        return false;
    }

    private void open(int i, Kind kind) {
        if (depth == opened.length) {
            opened = Arrays.copyOf(opened, 2 * depth);
            kinds = Arrays.copyOf(kinds, 2 * depth);
        }
        opened[depth] = i;
        kinds[depth++] = kind;
    }

    private void close(int i, Kind kind) {
        for (int open = depth - 1; open >= 0; open--) {
            if (kinds[open] == kind) {
                if (size == starts.length) {
                    starts = Arrays.copyOf(starts, 2 * size);
                    ends = Arrays.copyOf(ends, 2 * size);
                }
                starts[size] = opened[open];
                ends[size++] = i;
                depth = open;
                return;
            }
        }
    }
}
