package org.graphbert.corpus.wiki;

/**
 * The fourth step: what a reader sees of brackets. Walks the text once, jumping over what is left out; nothing is copied
 * more often than once for each template that shows its argument, and no deeper than {@link #DEEPEST}.
 */
final class Renderer {

    /** As in MediaWiki. */
    private static final int DEEPEST = 40;
    private static final int LONGEST_SWITCH = 40;

    private final String text;
    private final Brackets brackets;
    private final Site site;
    private int depth;

    Renderer(String text, Site site) {
        this.text = text;
        this.site = site;
        brackets = new Brackets(text);
    }

    /** All of it. */
    String render() {
        StringBuilder out = new StringBuilder(text.length());
        render(0, text.length(), out);
        return out.toString();
    }

    Site site() {
        return site;
    }

    String text() {
        return text;
    }

    /** A stretch that holds brackets with what closes them, or not. */
    String render(int from, int to) {
        StringBuilder out = new StringBuilder();
        render(from, to, out);
        return out.toString();
    }

    /** Where an {@code =} or a {@code |} stands in a stretch, but for those within brackets; {@code to} if nowhere. */
    int find(char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == wanted) {
                return i;
            }
            if (brackets.end(i) > 0 && brackets.end(i) <= to) {
                i = brackets.end(i) - 1;
            }
        }
        return to;
    }

    private void render(int from, int to, StringBuilder out) {
        if (depth == DEEPEST) {
            return;
        }
        depth++;
        int i = from;
        while (i < to) {
            Brackets.Kind kind = brackets.kind(i);
            if (kind == null) {
                i = character(i, to, out);
            } else if (brackets.end(i) > 0 && brackets.end(i) <= to) {
                int end = brackets.end(i);
                closed(kind, i + kind.width, end - kind.width, out);
                i = end;
            } else {
                i = unclosed(kind, i, to);
            }
        }
        depth--;
    }

    private void closed(Brackets.Kind kind, int from, int to, StringBuilder out) {
        switch (kind) {
            case TEMPLATE -> Templates.render(new Template(this, from, to), out);
            case PARAMETER -> {
                int bar = find('|', from, to);
                if (bar < to) {
                    render(bar + 1, to, out);
                }
            }
            case TABLE -> out.append(Marks.PARAGRAPH);
            case VARIANTS -> variants(from, to, out);
            case LINK -> link(from, to, out);
            case ADDRESS -> {
                int blank = from;
                while (blank < to && text.charAt(blank) != ' ') {
                    blank++;
                }
                if (blank < to) {
                    render(blank + 1, to, out);
                } else {
                    out.append(Marks.LEFT_OUT);
                }
            }
        }
    }

    /** Skips what was forgotten to be closed: of a template, table or file its line, and the rows below it. */
    private int unclosed(Brackets.Kind kind, int at, int to) {
        int behind = Math.min(to, at + kind.width);
        return switch (kind) {
            case VARIANTS, ADDRESS -> behind;
            case LINK -> site.isFile(prefix(behind, to)) ? lineEnd(behind, to) : behind;
            case TEMPLATE, PARAMETER, TABLE -> {
                int end = lineEnd(behind, to);
                while (end + 1 < to && (text.charAt(end + 1) == '|' || kind == Brackets.Kind.TABLE && text.charAt(end + 1) == '!')) {
                    end = lineEnd(end + 1, to);
                }
                yield end;
            }
        };
    }

    /** The end of the line, or of the bracket that reaches beyond it. */
    private int lineEnd(int from, int to) {
        int i = from;
        while (i < to && text.charAt(i) != '\n') {
            i = brackets.end(i) > 0 ? brackets.end(i) : i + 1;
        }
        return Math.min(i, to);
    }

    /** An ordinary character: brackets left over in twos go, and so do __SWITCHES__. Returns the next place. */
    private int character(int at, int to, StringBuilder out) {
        char c = text.charAt(at);
        boolean twice = at + 1 < to && text.charAt(at + 1) == c;
        if (twice && (c == '}' || c == ']')) {
            return at + 2;
        }
        if (twice && c == '_') {
            int end = at + 2;
            while (end < to && end - at < LONGEST_SWITCH && Character.isUpperCase(text.charAt(end))) {
                end++;
            }
            if (end > at + 2 && text.startsWith("__", end)) {
                return end + 2;
            }
        }
        out.append(c);
        return at + 1;
    }

    private void link(int from, int to, StringBuilder out) {
        int bar = find('|', from, to);
        String target = render(from, bar).strip().replace('_', ' ');
        boolean shown = target.startsWith(":");
        String prefix = prefix(from, bar);
        boolean pronunciation = Site.key(target).startsWith("help:ipa");
        if (!shown && (site.isFile(prefix) || site.isLanguage(prefix)) || pronunciation) {
            out.append(Marks.LEFT_OUT);
        } else if (shown || !site.isCategory(prefix)) {
            int before = out.length();
            if (bar < to) {
                render(bar + 1, to, out);
            }
            if (out.length() == before) {
                String plain = site.withoutPrefix(shown ? target.substring(1) : target);
                out.append(bar < to ? Links.withoutDetail(plain) : Links.withoutSection(plain));
            }
        }
    }

    /** What stands before a colon near the beginning, in lower case; empty if none does. */
    private String prefix(int from, int to) {
        int most = 40;
        for (int i = from; i < Math.min(to, from + most); i++) {
            char c = text.charAt(i);
            if (c == ':') {
                return Site.key(text.substring(from, i));
            }
            if (c == '|' || c == '[' || c == '{' || c == '\n') {
                break;
            }
        }
        return "";
    }

    /** Of -{zh-hans:…;zh-hant:…}- the first, of -{…}- all, of -{H|…}- and -{T|…}-, which only define, nothing. */
    private void variants(int from, int to, StringBuilder out) {
        int bar = find('|', from, to);
        int begin = from;
        if (bar < to) {
            String flags = text.substring(from, bar);
            if (flags.contains("H") || flags.contains("T")) {
                return;
            }
            begin = bar + 1;
        }
        int end = find(';', begin, to);
        int colon = find(':', begin, end);
        boolean choice = colon < end && text.substring(begin, colon).strip().matches("[a-z]{2,3}(-[a-z]+)*");
        render(choice ? colon + 1 : begin, choice ? end : to, out);
    }
}
