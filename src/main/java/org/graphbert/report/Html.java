package org.graphbert.report;

/** Text inside HTML and SVG. */
final class Html {

    private Html() {}

    /**
     * Data as text of an element or of a quoted attribute: nothing in it is markup, and what XML has no character for
     * becomes U+FFFD.
     */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
            }
        });
        return out.toString();
    }

    /** XML's characters, without the controls that browsers frown on (XML 1.0, production 2). */
    private static boolean allowed(int c) {
        return c == '\t' || c == '\n' || c == '\r'
                || c >= 0x20 && c <= 0xD7FF && (c < 0x7F || c > 0x9F)
                || c >= 0xE000 && c <= 0xFFFD
                || c >= 0x10000 && c <= 0x10FFFF;
    }
}
