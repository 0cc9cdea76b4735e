package org.graphbert.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** HTML as it is written: tags and classes are this program's, and every text that comes from outside is escaped. */
final class Markup {

    private static final Set<String> BLOCKS =
            Set.of("div", "table", "tr", "p", "h1", "h2", "h3", "header", "footer", "figure");

    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Opens an element of a class, or of none if that is empty. */
    Markup open(String tag, String cssClass) {
        out.append('<').append(tag);
        if (!cssClass.isEmpty()) {
            out.append(" class=\"").append(cssClass).append('"');
        }
        out.append('>');
        open.push(tag);
        return this;
    }

    /** Closes the innermost element. */
    Markup close() {
        String tag = open.pop();
        out.append("</").append(tag).append('>');
        // A line's end is a space where text goes on, and nothing between blocks.
        if (BLOCKS.contains(tag)) {
            out.append('\n');
        }
        return this;
    }

    /** Text, escaped. */
    Markup text(String text) {
        out.append(Html.escape(text));
        return this;
    }

    /** An element with nothing but text in it. */
    Markup element(String tag, String cssClass, String text) {
        return open(tag, cssClass).text(text).close();
    }

    /** What is markup already, and this program's own. */
    Markup raw(String markup) {
        out.append(markup);
        return this;
    }

    /** A row of a table. */
    Markup row(String tag, String... cells) {
        open("tr", "");
        for (String cell : cells) {
            element(tag, "", cell);
        }
        return close();
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("not closed: " + open);
        }
        return out.toString();
    }
}
