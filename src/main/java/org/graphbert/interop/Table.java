package org.graphbert.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows to read: each column is as wide as its widest cell. */
public final class Table {

    private static final String GAP = "  ";

    private final boolean[] right;
    private final List<String[]> rows = new ArrayList<>();

    /** @param headers of the columns; numbers, which are set to the right, are marked by a > in front */
    public Table(String... headers) {
        right = new boolean[headers.length];
        String[] names = headers.clone();
        for (int i = 0; i < names.length; i++) {
            right[i] = names[i].startsWith(">");
            names[i] = right[i] ? names[i].substring(1) : names[i];
        }
        rows.add(names);
    }

    /** Adds a row, a cell a column; null is an empty cell. */
    public void row(Object... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + right.length + " columns");
        }
        String[] row = new String[cells.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = cells[i] == null ? "" : cells[i].toString();
        }
        rows.add(row);
    }

    /** Appends an empty line, one for the headers and one for each row; nothing where there is no row. */
    public void appendTo(StringBuilder out) {
        if (rows.size() == 1) {
            return;
        }
        out.append(System.lineSeparator());
        int[] widths = new int[right.length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : GAP).append(right[i] ? padding + row[i] : row[i] + padding);
            }
            out.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
    }

    /** A count as cells have it; empty for null. */
    public static String count(Long count) {
        return count == null ? null : String.format(Locale.ROOT, "%,d", count);
    }

    /** A magnitude as cells have it, with six significant digits; empty for null. */
    public static String magnitude(Double magnitude) {
        return magnitude == null ? null : magnitude == 0 ? "0" : String.format(Locale.ROOT, "%.6g", magnitude);
    }
}
