package org.graphbert.corpus.wiki;

/**
 * Mends a sentence where something was left out ({@link Marks#LEFT_OUT}), and only there: "Bonn ( ; ) is" becomes "Bonn
 * is", "where  , and" becomes "where, and". Also turns white space of any kind into single blanks.
 */
final class Repair {

    /** Brackets deeper than that are left as they are. */
    private static final int DEEPEST = 16;
    private static final String OPENING = "(（";
    private static final String CLOSING = ")）";
    /** No blank stands before these. */
    private static final String CLOSE_UP = ",.;:!?)]）】»”、。，；：！？";
    /** Of two of these with nothing between them one is too many. */
    private static final String SEPARATORS = ",;:、，；：";

    private static final boolean[] PLAIN = new boolean[128];

    static {
        for (char c = '!'; c < PLAIN.length - 1; c++) {
            PLAIN[c] = c != '(' && c != ')';
        }
    }

    private final StringBuilder out = new StringBuilder();
    private final int[] opened = new int[DEEPEST];
    private final boolean[] mended = new boolean[DEEPEST];
    private int depth;
    private int tooDeep;
    /** Whether something was left out right before the next character that is no blank. */
    private boolean gap;

    private Repair() {}

    /** The text mended, without marks; empty if no letter or digit is left. */
    static String mend(String text) {
        Repair repair = new Repair();
        for (int i = 0; i < text.length(); i++) {
            int plain = i;
            while (plain < text.length() && isPlain(text.charAt(plain))) {
                plain++;
            }
            if (plain > i && !repair.gap) {
                repair.out.append(text, i, plain);
                i = plain;
            }
            if (i < text.length()) {
                repair.add(text.charAt(i));
            }
        }
        repair.trim();
        StringBuilder out = repair.out;
        return out.codePoints().anyMatch(Character::isLetterOrDigit) ? out.toString() : "";
    }

    /** Most characters: nothing is to be done with one that follows no gap. */
    private static boolean isPlain(char c) {
        return c < PLAIN.length ? PLAIN[c] : Character.isLetter(c);
    }

    private void add(char c) {
        if (c == Marks.LEFT_OUT) {
            gap = true;
            if (depth > 0) {
                mended[depth - 1] = true;
            }
        } else if (Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c)) {
            if (out.length() > 0 && last() != ' ') {
                out.append(' ');
            }
        } else if (!isInvisible(c)) {
            if (gap) {
                close(c);
            }
            character(c);
        }
    }

    /** Before a character that follows a gap. */
    private void close(char c) {
        gap = false;
        if (CLOSE_UP.indexOf(c) >= 0 || out.length() == 0) {
            trim();
            if (SEPARATORS.indexOf(c) >= 0 || c == '.' || c == '。') {
                while (out.length() > 0 && SEPARATORS.indexOf(last()) >= 0) {
                    out.setLength(out.length() - 1);
                    trim();
                }
            }
            gap = out.length() == 0 && CLOSE_UP.indexOf(c) >= 0; // a sentence does not begin with a comma
        }
    }

    private void character(char c) {
        if (gap) {
            return;
        }
        if (OPENING.indexOf(c) >= 0) {
            if (depth < DEEPEST) {
                opened[depth] = out.length();
                mended[depth++] = false;
            } else {
                tooDeep++;
            }
        } else if (CLOSING.indexOf(c) >= 0 && tooDeep > 0) {
            tooDeep--;
        } else if (CLOSING.indexOf(c) >= 0 && depth > 0) {
            depth--;
            if (mended[depth]) {
                mendBrackets(opened[depth], c);
                return;
            }
        }
        out.append(c);
    }

    /** Of "(; [pronounced] ; born 1950)" the parts that still say something stay. */
    private void mendBrackets(int from, char closing) {
        char opening = out.charAt(from);
        String[] parts = out.substring(from + 1).split("(?=[;；])");
        out.setLength(from);
        StringBuilder kept = new StringBuilder();
        for (String part : parts) {
            String said = withoutSeparators(part);
            if (!said.isEmpty()) {
                kept.append(kept.length() > 0 ? part.charAt(0) + " " : "").append(said);
            }
        }
        if (kept.length() > 0) {
            out.append(opening).append(kept).append(closing);
        } else {
            trim();
            if (closing == ')' && out.length() > 0) {
                out.append(' ');
            }
            gap = true;
            if (depth > 0) {
                mended[depth - 1] = true;
            }
        }
    }

    /** A part of what stands in brackets without commas around it; empty if it only announces what was left out. */
    private static String withoutSeparators(String part) {
        int from = 0;
        int to = part.length();
        while (from < to && (part.charAt(from) == ' ' || SEPARATORS.indexOf(part.charAt(from)) >= 0 || part.charAt(from) == '/')) {
            from++;
        }
        boolean announces = false;
        while (to > from && (part.charAt(to - 1) == ' ' || SEPARATORS.indexOf(part.charAt(to - 1)) >= 0 || part.charAt(to - 1) == '/')) {
            announces |= part.charAt(to - 1) == ':' || part.charAt(to - 1) == '：';
            to--;
        }
        String said = part.substring(from, to);
        if (announces) {
            int comma = Math.max(said.lastIndexOf(','), said.lastIndexOf('，')); // "born 1950, pronounced:"
            said = comma < 0 ? "" : said.substring(0, comma).strip();
        }
        return said.matches("(locally |also |or |usually )*(pronounced|pronunciation|listen|IPA|or|and|lit\\.)?") ? "" : said;
    }

    private char last() {
        return out.charAt(out.length() - 1);
    }

    private void trim() {
        while (out.length() > 0 && last() == ' ') {
            out.setLength(out.length() - 1);
        }
    }

    /** Soft hyphens, marks of direction and the like, which only a browser needs; joiners change how words look. */
    private static boolean isInvisible(char c) {
        return c == '\u00AD' || c == '\u200B' || c == '\u200E' || c == '\u200F' || c == '\u2060' || c == '\uFEFF'
                || c >= '\u202A' && c <= '\u202E';
    }
}
