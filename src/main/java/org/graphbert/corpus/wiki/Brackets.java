package org.graphbert.corpus.wiki;

import java.util.Arrays;

/**
 * The third step: which bracket closes which. Two passes over the text with a stack of places, no recursion: the first
 * for templates and tables, which weigh more, the second for links within them. A bracket that is not closed is given up
 * at the next heading (templates, tables), paragraph (links, and templates that began within a line) or line (addresses),
 * so that it cannot take an article with it.
 */
final class Brackets {

    /** What opens at a place. */
    enum Kind {
        /** <code>{{name|…}}</code> */
        TEMPLATE(2),
        /** <code>{{{name|…}}}</code> */
        PARAMETER(3),
        /** <code>{|</code> to <code>|}</code>, each at the beginning of a line */
        TABLE(2),
        /** <code>-{…}-</code>, which chooses between scripts of a language */
        VARIANTS(2),
        /** <code>[[…]]</code> */
        LINK(2),
        /** <code>[https://… …]</code> */
        ADDRESS(1);

        /** How many characters open it; as many close it. */
        final int width;

        Kind(int width) {
            this.width = width;
        }
    }

    private static final Kind[] KINDS = Kind.values();
    private static final String[] SCHEMES = {"http://", "https://", "//", "ftp://", "mailto:", "news:", "irc://", "sftp://"};

    private final String text;
    /** For each place, 1 + the ordinal of the kind that opens there. */
    private final byte[] kinds;
    /** For each place where something opens, the place behind what closes it; 0 if nothing does. */
    private final int[] ends;
    private int[] stack = new int[64];
    private int depth;
    private final int[] open = new int[KINDS.length];

    Brackets(String text) {
        this.text = text;
        kinds = new byte[text.length()];
        ends = new int[text.length()];
        matchBraces();
        matchLinks();
    }

    /** What opens at a place, or null. */
    Kind kind(int at) {
        return kinds[at] == 0 ? null : KINDS[kinds[at] - 1];
    }

    /** The place behind what closes it; 0 if nothing does. */
    int end(int at) {
        return ends[at];
    }

    private void matchBraces() {
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '\n' -> {
                    if (text.startsWith("==", i + 1) || text.startsWith("\n", i + 1) && isWithinSentence()) {
                        giveUp(0);
                    } else if (text.startsWith("\n", i + 1) && open[Kind.VARIANTS.ordinal()] > 0 && top() == Kind.VARIANTS) {
                        pop();
                    }
                }
                case '{' -> i = openBraces(i) - 1;
                case '}' -> i = closeBraces(i) - 1;
                case '|' -> {
                    if (text.startsWith("}", i + 1) && atLineStart(i) && closesTable(i)) {
                        popTo(Kind.TABLE);
                        close(i + 2);
                        i++;
                    }
                }
                case '-' -> {
                    if (text.startsWith("{", i + 1) && !text.startsWith("{{", i + 1)) {
                        push(i, Kind.VARIANTS);
                        i++;
                    }
                }
                default -> { }
            }
        }
        giveUp(0);
    }

    /** Whether a template is open that began within a line: it does not reach beyond the paragraph. */
    private boolean isWithinSentence() {
        return depth > 0 && kind(stack[0]) == Kind.TEMPLATE && !atLineStart(stack[0]);
    }

    private int openBraces(int at) {
        int end = run(at, '{');
        int i = at;
        while (end - i >= 2) {
            Kind kind = end - i == 3 ? Kind.PARAMETER : Kind.TEMPLATE;
            push(i, kind);
            i += kind.width;
        }
        if (end - at == 1 && text.startsWith("|", end) && !text.startsWith("|}", end) && atLineStart(at)) {
            push(at, Kind.TABLE);
            return end + 1;
        }
        return end;
    }

    private int closeBraces(int at) {
        int end = run(at, '}');
        int i = at;
        while (end - i >= 2 && open[Kind.TEMPLATE.ordinal()] + open[Kind.PARAMETER.ordinal()] > 0) {
            while (top() != Kind.TEMPLATE && top() != Kind.PARAMETER) {
                pop();
            }
            if (top() == Kind.PARAMETER && end - i == 2) {
                kinds[stack[depth - 1]] = 0; // {{{name}} is a brace, and a template
                stack[depth - 1]++;
                kinds[stack[depth - 1]] = (byte) (1 + Kind.TEMPLATE.ordinal());
                open[Kind.PARAMETER.ordinal()]--;
                open[Kind.TEMPLATE.ordinal()]++;
            }
            i += top().width;
            close(i);
        }
        if (end - i == 1 && text.startsWith("-", end) && depth > 0 && top() == Kind.VARIANTS) {
            close(end + 1);
            return end + 1;
        }
        return end;
    }

    /** Whether <code>|}</code> at the beginning of a line ends a table: <code>|}}</code> may end a template instead. */
    private boolean closesTable(int at) {
        if (open[Kind.TABLE.ordinal()] == 0) {
            return false;
        }
        int braces = run(at + 1, '}') - (at + 1);
        int templates = open[Kind.TEMPLATE.ordinal()] + open[Kind.PARAMETER.ordinal()];
        return braces == 1 || top() == Kind.TABLE && (braces != 2 || templates == 0);
    }

    private void matchLinks() {
        int[] regionEnds = new int[64];
        int[] regionFloors = new int[64];
        int regions = 0;
        int floor = 0;
        int lineStart = 0;
        int bracket = -1; // the last that is text, and still open
        for (int i = 0; i < text.length(); i++) {
            while (regions > 0 && i >= regionEnds[regions - 1]) {
                giveUp(floor); // links do not reach out of a template
                floor = regionFloors[--regions];
            }
            if (ends[i] > 0 && kinds[i] != 0 && kind(i).ordinal() < Kind.LINK.ordinal()) {
                if (regions == regionEnds.length) {
                    regionEnds = Arrays.copyOf(regionEnds, 2 * regions);
                    regionFloors = Arrays.copyOf(regionFloors, 2 * regions);
                }
                regionEnds[regions] = ends[i] - kind(i).width;
                regionFloors[regions++] = floor;
                floor = depth;
                i += kind(i).width - 1;
                continue;
            }
            char c = text.charAt(i);
            if (c == '\n') {
                lineStart = i + 1;
                if (text.startsWith("\n", lineStart)) {
                    giveUp(floor);
                }
            } else if (c == '[') {
                if (text.startsWith("[", i + 1)) {
                    push(i, Kind.LINK);
                    i++;
                } else if (isAddress(i + 1)) {
                    push(i, Kind.ADDRESS);
                } else {
                    bracket = i;
                }
            } else if (c == ']') {
                while (depth > floor && top() == Kind.ADDRESS && stack[depth - 1] < lineStart) {
                    pop();
                }
                if (depth > floor && top() == Kind.ADDRESS) {
                    close(i + 1);
                } else if (depth > floor && bracket > stack[depth - 1] && !text.startsWith("]]", i + 2)) {
                    bracket = -1; // [[Help:IPA|[wɜːd]]]: the first of three
                } else if (depth > floor && text.startsWith("]", i + 1)) {
                    close(i + 2);
                    i++;
                }
            }
        }
        giveUp(0);
    }

    private boolean isAddress(int at) {
        for (String scheme : SCHEMES) {
            if (text.startsWith(scheme, at)) {
                return true;
            }
        }
        return false;
    }

    private int run(int at, char c) {
        int end = at;
        while (end < text.length() && text.charAt(end) == c) {
            end++;
        }
        return end;
    }

    /** Only blanks, or the colons of an indentation, stand before it on its line; looks at a few of them. */
    private boolean atLineStart(int at) {
        int most = 12;
        int i = at - 1;
        while (i >= 0 && at - i < most && (text.charAt(i) == ' ' || text.charAt(i) == '\t' || text.charAt(i) == ':')) {
            i--;
        }
        return i < 0 || text.charAt(i) == '\n' || text.charAt(i) == Marks.PARAGRAPH;
    }

    private void push(int at, Kind kind) {
        if (depth == stack.length) {
            stack = Arrays.copyOf(stack, 2 * depth);
        }
        stack[depth++] = at;
        kinds[at] = (byte) (1 + kind.ordinal());
        open[kind.ordinal()]++;
    }

    private Kind top() {
        return kind(stack[depth - 1]);
    }

    private void close(int end) {
        ends[stack[depth - 1]] = end;
        pop();
    }

    private void pop() {
        open[top().ordinal()]--;
        depth--;
    }

    private void popTo(Kind kind) {
        while (top() != kind) {
            pop();
        }
    }

    private void giveUp(int floor) {
        while (depth > floor) {
            pop();
        }
    }
}
