package org.graphbert.corpus.wiki;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The first step: what wikitext does not look into. Comments go, and so do formulas of more than a few letters, code, galleries, maps and scores;
 * what {@code nowiki} holds stays as it is. One pass; a search that found nothing is not repeated.
 */
final class Verbatim {

    private static final String COMMENT = "<!--";
    private static final String COMMENT_END = "-->";
    private static final String NOWIKI = "nowiki";
    /** Within a sentence. */
    private static final Set<String> INLINE = Set.of("math", "chem", "ce", "hiero", "maplink");
    /** Blocks of their own. */
    private static final Set<String> BLOCKS = Set.of("syntaxhighlight", "source", "pre", "timeline", "gallery", "score", "graph",
            "imagemap", "mapframe", "templatedata", "inputbox", "categorytree", "templatestyles", "indicator", "includeonly");

    /** Of all these names; most tags are references, and need no closer look. */
    private static final String INITIALS = "nmchspgtiNMCHSPGTI";

    private final String text;
    private final StringBuilder out;
    private final Map<String, Integer> neverClosedFrom = new HashMap<>();
    private int copied;

    private Verbatim(String text) {
        this.text = text;
        out = new StringBuilder(text.length());
    }

    /** The text without all that. */
    static String strip(String text) {
        return text.indexOf('<') < 0 ? text : new Verbatim(text).strip();
    }

    private String strip() {
        for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', Math.max(at + 1, copied))) {
            if (text.startsWith(COMMENT, at)) {
                comment(at);
            } else if (at + 1 < text.length() && INITIALS.indexOf(text.charAt(at + 1)) >= 0) {
                Tag tag = Tag.at(text, at);
                if (tag != null && isOpaque(tag.name())) {
                    element(tag);
                }
            }
        }
        return out.append(text, copied, text.length()).toString();
    }

    private static boolean isOpaque(String name) {
        return name.equals(NOWIKI) || INLINE.contains(name) || BLOCKS.contains(name);
    }

    /** A comment alone on its line takes the line with it; one that is not closed takes the rest of its line. */
    private void comment(int at) {
        int end = neverClosedFrom.containsKey(COMMENT) ? -1 : text.indexOf(COMMENT_END, at + COMMENT.length());
        out.append(text, copied, at);
        if (end < 0) {
            neverClosedFrom.put(COMMENT, at);
            copied = lineEnd(at);
            return;
        }
        copied = end + COMMENT_END.length();
        int behind = copied;
        while (behind < text.length() && text.charAt(behind) == ' ') {
            behind++;
        }
        int before = out.length();
        while (before > 0 && out.charAt(before - 1) == ' ') {
            before--;
        }
        if (behind < text.length() && text.charAt(behind) == '\n' && (before == 0 || out.charAt(before - 1) == '\n')) {
            out.setLength(before);
            copied = behind + 1;
        }
    }

    private void element(Tag tag) {
        out.append(text, copied, tag.from());
        copied = tag.to();
        Tag close = tag.empty() ? null : closing(tag);
        if (close != null) {
            copied = close.to();
        }
        if (tag.name().equals("math") && close != null && Formula.isPlain(text.substring(tag.to(), close.from()))) {
            Marks.appendVerbatim(out, Formula.text(text.substring(tag.to(), close.from())));
        } else if (!tag.name().equals(NOWIKI)) {
            out.append(INLINE.contains(tag.name()) ? Marks.LEFT_OUT : Marks.PARAGRAPH);
        } else if (close != null) {
            Marks.appendVerbatim(out, Entities.decode(text.substring(tag.to(), close.from())));
        }
    }

    /** Its end; null if another one begins before, or nothing ends it: then only the tag goes. */
    private Tag closing(Tag tag) {
        if (neverClosedFrom.containsKey(tag.name())) {
            return null;
        }
        for (int at = text.indexOf('<', tag.to()); at >= 0; at = text.indexOf('<', at + 1)) {
            if (text.regionMatches(true, at + 1, tag.name(), 0, tag.name().length())
                    || text.startsWith("/", at + 1) && text.regionMatches(true, at + 2, tag.name(), 0, tag.name().length())) {
                Tag next = Tag.at(text, at);
                if (next != null && next.name().equals(tag.name()) && !next.empty()) {
                    return next.closes() ? next : null;
                }
            }
        }
        neverClosedFrom.put(tag.name(), tag.from());
        return null;
    }

    private int lineEnd(int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }
}
