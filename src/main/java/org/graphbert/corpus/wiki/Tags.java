package org.graphbert.corpus.wiki;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The second step: HTML. References, tables, headings and the readings above words go with what is in them; of other
 * tags the contents stay, and what is no tag that HTML knows stays as it is. One pass finds the pairs, another copies.
 */
final class Tags {

    private static final String REFERENCE = "ref";
    private static final String CODE = "code";
    private static final Set<String> LEFT_OUT = Set.of(
            REFERENCE, "references", "table", "rt", "rp", "rtc", "h1", "h2", "h3", "h4", "h5", "h6", "style", "script", "del");
    private static final Set<String> BLOCKS = Set.of(
            "p", "div", "blockquote", "li", "ul", "ol", "dl", "dt", "dd", "center", "tr", "td", "th", "caption", "poem", "hr");
    private static final Set<String> INLINE = Set.of("b", "i", "u", "s", "em", "strong", "small", "big", "sup", "sub", "span",
            "font", "ins", "abbr", "cite", "q", "tt", "var", "kbd", "samp", "dfn", "bdi", "bdo", "wbr", "rb", "ruby", "nobr",
            "noinclude", "onlyinclude", "section", "time", "data", "mark", "strike", "nowiki", "tbody", "thead", CODE);

    private final String text;
    private final List<Tag> tags = new ArrayList<>();
    /** For each tag, the number of the one that closes it; 0 if none does. */
    private int[] closing;

    private Tags(String text) {
        this.text = text;
    }

    /** The text without tags. */
    static String strip(String text) {
        if (text.indexOf('<') < 0) {
            return text;
        }
        Tags tags = new Tags(text);
        tags.find();
        return tags.copy();
    }

    private void find() {
        Map<String, Deque<Integer>> open = new HashMap<>();
        List<int[]> pairs = new ArrayList<>();
        int paragraphEnd = 0;
        int next;
        for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', next)) {
            next = at + 1;
            if (paragraphEnd >= 0 && paragraphEnd < at) {
                open.remove(REFERENCE); // one that is not closed in its paragraph was forgotten
                paragraphEnd = text.indexOf("\n\n", at);
            }
            Tag tag = Tag.at(text, at);
            if (tag == null || !isKnown(tag.name())) {
                continue;
            }
            next = tag.to();
            if (tag.closes()) {
                Deque<Integer> same = open.get(tag.name());
                if (same != null && !same.isEmpty()) {
                    pairs.add(new int[] {same.pop(), tags.size()});
                }
            } else if (!tag.empty() && (LEFT_OUT.contains(tag.name()) || tag.name().equals(CODE))) {
                open.computeIfAbsent(tag.name(), name -> new ArrayDeque<>()).push(tags.size());
            }
            tags.add(tag);
        }
        closing = new int[tags.size()];
        pairs.forEach(pair -> closing[pair[0]] = pair[1]);
    }

    private static boolean isKnown(String name) {
        return LEFT_OUT.contains(name) || BLOCKS.contains(name) || INLINE.contains(name) || name.equals("br");
    }

    private String copy() {
        StringBuilder out = new StringBuilder(text.length());
        int copied = 0;
        for (int i = 0; i < tags.size(); i++) {
            Tag tag = tags.get(i);
            if (tag.from() < copied) {
                continue; // within what was left out
            }
            out.append(text, copied, tag.from());
            copied = tag.to();
            Tag close = closing[i] == 0 ? null : tags.get(closing[i]);
            if (tag.name().equals("br")) {
                out.append(' ');
            } else if (BLOCKS.contains(tag.name())) {
                out.append(Marks.PARAGRAPH);
            } else if (tag.name().equals(CODE)) {
                if (close != null && text.substring(tag.to(), close.from()).indexOf('\n') >= 0) {
                    out.append(Marks.PARAGRAPH);
                    copied = close.to();
                }
            } else if (LEFT_OUT.contains(tag.name()) && !tag.closes()) {
                out.append(Marks.LEFT_OUT);
                if (close != null) {
                    copied = close.to();
                } else if (tag.name().equals(REFERENCE) && !tag.empty()) {
                    int lineEnd = text.indexOf('\n', copied);
                    copied = lineEnd < 0 ? text.length() : lineEnd;
                }
            }
        }
        return out.append(text, copied, text.length()).toString();
    }
}
