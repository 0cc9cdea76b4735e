package org.graphbert.evaluate.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.graphbert.evaluate.NumberedLines;

/** The rows of a table with named columns, in their order; the file's name says how it is written. */
sealed interface TableRows extends AutoCloseable permits DelimitedRows, JsonRows {

    /**
     * A row.
     *
     * @param line of its file, from 1; its first, if it has several
     * @param values by column; one that has no value is not there
     */
    record Row(long line, Map<String, String> values) {}

    /**
     * Opens a table: .csv is CSV (RFC 4180), .jsonl, .ndjson or .json an object a line, anything else has columns separated by
     * tabs, with nothing quoted. Any of them may be packed.
     *
     * @throws org.graphbert.config.Failure (data) if the file does not exist or is empty
     */
    static TableRows open(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|bz2|zst)$", "");
        NumberedLines lines = NumberedLines.open(file);
        try {
            return name.matches(".*\\.(jsonl|ndjson|json)")
                    ? new JsonRows(lines)
                    : new DelimitedRows(lines, name.endsWith(".csv") ? DelimitedRows.Delimiter.COMMA : DelimitedRows.Delimiter.TAB);
        } catch (RuntimeException e) {
            lines.close();
            throw e;
        }
    }

    /** What the header names; of JSON, the fields of the first object. */
    List<String> columns();

    /** The columns as a failure shows them, such as {@code the header 'label<TAB>text'}. */
    String shown();

    /**
     * The next row, or null behind the last.
     *
     * @throws org.graphbert.config.Failure (data) with the number of the line, if it is not as the format has it
     */
    Row next();

    @Override
    void close();
}
