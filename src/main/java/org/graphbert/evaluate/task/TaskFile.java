package org.graphbert.evaluate.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.ExampleFile;
import org.graphbert.evaluate.LabelledText;

/**
 * A file of labelled texts, or of pairs of them: a table with named columns, as {@link TableRows} reads it. Packed files
 * (gzip, bzip2, zstd) are unpacked.
 *
 * @param columns of the texts, as the table names them
 * @param label the label's column, null if there is none
 * @param examples in their order; without labels if there is no such column
 */
public record TaskFile(Path path, List<String> columns, String label, List<LabelledText> examples)
        implements ExampleFile {

    private static final String HEADER = "'label' and the names of one or two columns of text";

    public TaskFile {
        columns = List.copyOf(columns);
        examples = List.copyOf(examples);
    }

    /** Reads a file with labels, whose columns are told by their names; see {@link #read(Path, TaskColumns)}. */
    public static TaskFile read(Path file) {
        return read(file, TaskColumns.FOUND);
    }

    /**
     * Reads a whole file with labels.
     *
     * @throws Failure (data) that names the file and the line, if a column is not there or cannot be told, a line has too few
     *     or too many columns, a label or a text is empty, a label has a tab or a line break, or it is not UTF-8; or if there is no example
     */
    public static TaskFile read(Path file, TaskColumns columns) {
        return read(file, columns, true);
    }

    /**
     * Reads a whole file, without labels if it has none: texts to be predicted. Its first line names the columns too.
     *
     * @throws Failure as {@link #read(Path, TaskColumns)} does, but for the label's column
     */
    public static TaskFile readUnlabelled(Path file, TaskColumns columns) {
        return read(file, columns, false);
    }

    @Override
    public boolean labelled() {
        return label != null;
    }

    @Override
    public int count() {
        return examples.size();
    }

    /**
     * The labels as numbers, for regression.
     *
     * @return [N], in the examples' order
     * @throws Failure (data) with the line, if one is no finite number, or none of float32
     */
    public double[] numbers() {
        return examples.stream().mapToDouble(this::number).toArray();
    }

    private double number(LabelledText example) {
        double number;
        try {
            number = Double.parseDouble(example.label());
        } catch (NumberFormatException e) {
            number = Double.NaN;
        }
        if (!Float.isFinite((float) number)) {
            throw Failure.data("%s: line %,d: the label '%s' is %s, expected one; mend or remove the line, or learn classes", path,
                    example.line(), example.label(), Double.isFinite(number) ? "no number that a model computes with (float32)" : "no number");
        }
        return number;
    }

    private static TaskFile read(Path file, TaskColumns wanted, boolean needsLabel) {
        try (TableRows rows = TableRows.open(file)) {
            if (rows.columns().stream().distinct().count() < rows.columns().size()) {
                throw Failure.data("%s: line 1: found %s, expected each name once", file, rows.shown());
            }
            TaskColumns columns = wanted.in(file, rows, needsLabel);
            if (columns.texts().isEmpty() || needsLabel && columns.label() == null) {
                throw Failure.data("%s: line 1: found %s, expected %s; name others with --label-column and --text-column",
                        file, rows.shown(), needsLabel ? HEADER : "the names of one or two columns of text");
            }
            List<LabelledText> examples = new ArrayList<>();
            for (TableRows.Row row = rows.next(); row != null; row = rows.next()) {
                String label = columns.label() == null ? null : label(file, row, columns.label());
                TableRows.Row of = row;
                examples.add(new LabelledText(row.line(), label,
                        columns.texts().stream().map(text -> value(file, of, text)).toList()));
            }
            if (examples.isEmpty()) {
                throw Failure.data("%s: has a header and no example, expected an example a line", file);
            }
            return new TaskFile(file, columns.texts(), columns.label(), examples);
        }
    }

    /** Labels go into tables and lists of a line each, where what is quoted in CSV and JSON would be two columns, or two lines. */
    private static String label(Path file, TableRows.Row row, String column) {
        String label = value(file, row, column);
        if (label.chars().anyMatch(c -> c == '\t' || c == '\n' || c == '\r')) {
            throw Failure.data("%s: line %,d: the label '%s' has a tab or a line break in it, expected none; put a space there",
                    file, row.line(), label.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r"));
        }
        return label;
    }

    private static String value(Path file, TableRows.Row row, String column) {
        String value = row.values().get(column);
        if (value == null || value.isBlank()) {
            throw Failure.data("%s: line %,d: its %s is %s; mend or remove the line",
                    file, row.line(), column, value == null ? "missing" : "empty");
        }
        return value;
    }
}
