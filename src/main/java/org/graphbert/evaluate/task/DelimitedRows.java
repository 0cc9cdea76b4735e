package org.graphbert.evaluate.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.NumberedLines;

/**
 * Rows whose values are separated by tabs or commas, behind a header line that names the columns. Blank lines behind the last
 * row are passed over: editors and other writers leave some there.
 */
final class DelimitedRows implements TableRows {

    /** What separates values. */
    enum Delimiter {
        /** Nothing is quoted. */
        TAB("<TAB>", "tabs"),
        /** RFC 4180: a value in quotes may hold commas, line ends, and quotes, each written twice. */
        COMMA(",", "commas");

        private final String shown;
        private final String plural;

        Delimiter(String shown, String plural) {
            this.shown = shown;
            this.plural = plural;
        }
    }

    private final NumberedLines lines;
    private final Delimiter delimiter;
    private final List<String> columns;
    private long line;

    DelimitedRows(NumberedLines lines, Delimiter delimiter) {
        this.lines = lines;
        this.delimiter = delimiter;
        List<String> header = values();
        if (header == null) {
            throw Failure.data("%s: is empty, expected a header line with the names of the columns, separated by %s",
                    lines.file(), delimiter.plural);
        }
        columns = header;
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public String shown() {
        return "the header '" + String.join(delimiter.shown, columns) + "'";
    }

    @Override
    public Row next() {
        List<String> values = values();
        if (values == null) {
            return null;
        }
        if (values.size() != columns.size()) {
            throw Failure.data("%s: line %,d: found %d columns, expected %d (%s), separated by %s; mend or remove the line",
                    lines.file(), line, values.size(), columns.size(), String.join(", ", columns), delimiter.plural);
        }
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            row.put(columns.get(i), values.get(i));
        }
        return new Row(line, row);
    }

    @Override
    public void close() {
        lines.close();
    }

    /** Those of the next row, or null. */
    private List<String> values() {
        String text = lines.next();
        long blank = isBlank(text) ? lines.number() : 0;
        while (isBlank(text)) {
            text = lines.next();
        }
        if (blank > 0 && text != null && delimiter == Delimiter.TAB) {
            throw Failure.data("%s: line %,d is empty, and there are rows behind it; mend or remove the line", lines.file(), blank);
        }
        line = lines.number();
        return text == null ? null : delimiter == Delimiter.TAB ? List.of(text.split("\t", -1)) : quoted(text);
    }

    private static boolean isBlank(String text) {
        return text != null && text.isBlank() && text.indexOf('\t') < 0;
    }

    private List<String> quoted(String first) {
        List<String> values = new ArrayList<>();
        String text = first;
        int at = 0;
        while (true) {
            StringBuilder value = new StringBuilder();
            if (at < text.length() && text.charAt(at) == '"') {
                int end = closing(text, at + 1);
                for (at++; end < 0; end = closing(text, 0)) {
                    value.append(text, at, text.length()).append('\n');
                    at = 0;
                    text = lines.next();
                    if (text == null) {
                        throw Failure.data("%s: line %,d: a value begins with a quote that is never closed; expected another "
                                + "quote at its end", lines.file(), line);
                    }
                }
                value.append(text, at, end);
                at = end + 1;
                if (at < text.length() && text.charAt(at) != ',') {
                    throw Failure.data("%s: line %,d: found '%c' behind a closing quote, expected a comma or the end of the line; "
                            + "a quote within quotes is written twice", lines.file(), lines.number(), text.charAt(at));
                }
                values.add(value.toString().replace("\"\"", "\""));
            } else {
                int end = text.indexOf(',', at);
                end = end < 0 ? text.length() : end;
                values.add(text.substring(at, end));
                at = end;
            }
            if (at >= text.length()) {
                return values;
            }
            at++; // the comma
        }
    }

    /** The place of the quote that closes a value, -1 if it goes on behind the line. */
    private static int closing(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                if (i + 1 == text.length() || text.charAt(i + 1) != '"') {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
