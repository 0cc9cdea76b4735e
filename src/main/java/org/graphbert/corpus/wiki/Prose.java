package org.graphbert.corpus.wiki;

import java.util.ArrayList;
import java.util.List;

/**
 * The last step: lines to paragraphs. Lines that follow each other are one paragraph. Headings go, and with some of them
 * their section ({@link Sections}). An item of a list, or an indented line, stays as a paragraph of its own if it reads as
 * prose: {@link #WORDS_OF_PROSE} words or more (or {@link #IDEOGRAPHS_OF_PROSE} ideographs or kana) that end as a sentence
 * does. What is left of broken tables goes.
 */
final class Prose {

    private static final int WORDS_OF_PROSE = 8;
    private static final int IDEOGRAPHS_OF_PROSE = 16;
    private static final String LIST_MARKS = "*#:;";
    private static final String SENTENCE_ENDS = ".!?…。！？";
    private static final String BEHIND_SENTENCE_ENDS = "\"'”’»)]）」』";

    private final List<String> paragraphs = new ArrayList<>();
    private final StringBuilder paragraph = new StringBuilder();
    /** The level of the heading whose section is left out; 0 outside of one. */
    private int leftOut;
    private boolean afterDebris;

    private Prose() {}

    /** The paragraphs of text without brackets and tags. */
    static List<String> paragraphs(String text) {
        Prose prose = new Prose();
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '\n') {
                prose.line(text.substring(from, i));
                from = i + 1;
            } else if (text.charAt(i) == Marks.PARAGRAPH) {
                prose.line(text.substring(from, i));
                prose.endParagraph();
                from = i + 1;
            }
        }
        prose.endParagraph();
        return prose.paragraphs;
    }

    private void line(String line) {
        int level = line.startsWith("=") ? Sections.level(line) : 0;
        if (level > 0) {
            endParagraph();
            if (leftOut == 0 || level <= leftOut) {
                leftOut = Sections.isLeftOut(line) ? level : 0;
            }
            return;
        }
        if (leftOut > 0) {
            return;
        }
        String stripped = line.strip();
        boolean debris = stripped.startsWith("|") || stripped.startsWith("{|")
                || stripped.startsWith("!") && (afterDebris || stripped.contains("!!"));
        afterDebris = debris;
        if (debris || isBlank(stripped)) {
            endParagraph();
        } else if (LIST_MARKS.indexOf(stripped.charAt(0)) >= 0) {
            endParagraph();
            item(stripped);
        } else if (stripped.startsWith("----")) {
            endParagraph();
            line(stripped.replaceFirst("^-+", ""));
        } else {
            paragraph.append(paragraph.length() > 0 ? " " : "").append(Quotes.strip(stripped));
        }
    }

    private void item(String line) {
        int begin = 0;
        while (begin < line.length() && (LIST_MARKS.indexOf(line.charAt(begin)) >= 0)) {
            begin++;
        }
        String text = line.substring(begin).strip();
        if (line.substring(0, begin).indexOf(';') >= 0) { // "; term : what it means"
            int colon = text.indexOf(" : ");
            text = colon < 0 ? "" : text.substring(colon + 3).strip();
        }
        boolean hint = text.startsWith("''") && !text.startsWith("'''") && text.endsWith("''"); // ":''For the film, see …''"
        String plain = clean(Quotes.strip(text));
        if (!hint && isProse(plain)) {
            paragraphs.add(plain);
        }
    }

    private void endParagraph() {
        if (paragraph.length() > 0) {
            String plain = clean(paragraph.toString());
            if (!plain.isEmpty()) {
                paragraphs.add(plain);
            }
            paragraph.setLength(0);
        }
    }

    private static String clean(String text) {
        return Marks.restore(Repair.mend(Entities.decode(text))).strip();
    }

    private static boolean isBlank(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) != Marks.LEFT_OUT && !Character.isWhitespace(line.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isProse(String text) {
        int end = text.length();
        while (end > 0 && BEHIND_SENTENCE_ENDS.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        if (end == 0 || SENTENCE_ENDS.indexOf(text.charAt(end - 1)) < 0) {
            return false;
        }
        int words = 1;
        int ideographs = 0;
        for (int i = 0; i < end; i++) {
            words += text.charAt(i) == ' ' ? 1 : 0;
            ideographs += text.charAt(i) >= '\u3040' ? 1 : 0;
        }
        return words >= WORDS_OF_PROSE || ideographs >= IDEOGRAPHS_OF_PROSE;
    }
}
