package org.graphbert.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.JsonReason;

/**
 * Lines with a pair of sentences each: JSON objects, if the first line is one, or columns separated by tabs. What a person
 * types may have ||| in place of the tab, as google-research/bert's extract_features.py has it.
 */
final class PairLines {

    private static final List<String> KEYS = List.of("first", "second");
    private static final String TAB = "\t";
    private static final String BARS = "\\|\\|\\|";

    private final List<String> names;
    private final boolean headed;
    /** As it was read; each further file has it again. */
    private List<String> header;
    private Boolean json;
    private final int[] columns = {0, 1};
    private int width = 2;

    /** @param names of the two columns in a header line, or keys of JSON; null for two columns without a header, and first and second */
    PairLines(List<String> names) {
        if (names != null && names.size() != 2) {
            throw Failure.usage("--columns has %d names, expected two, such as premise,hypothesis", names.size());
        }
        this.names = names == null ? KEYS : names;
        headed = names != null;
    }

    /** The pair of a line; null for an empty line or the header. */
    String[] read(String line) {
        if (line.isBlank()) {
            return null;
        }
        json = json == null ? (Boolean) line.stripLeading().startsWith("{") : json;
        if (json) {
            return ofJson(line);
        }
        List<String> cells = List.of(line.split(TAB, -1));
        if (headed && header == null) {
            header(cells);
        }
        if (cells.equals(header)) {
            return null;
        }
        if (cells.size() != width) {
            throw Failure.data("found %d column%s, expected %d separated by tabs", cells.size(), cells.size() == 1 ? "" : "s", width);
        }
        return new String[] {cells.get(columns[0]), cells.get(columns[1])};
    }

    /** The pair that a person typed; null for an empty line. */
    static String[] typed(String line) {
        String[] pair = line.split(line.contains(TAB) ? TAB : BARS, -1);
        if (!line.isBlank() && pair.length != 2) {
            throw Failure.usage("found %d sentence%s, expected two with ||| between them", pair.length, pair.length == 1 ? "" : "s");
        }
        return line.isBlank() ? null : new String[] {pair[0].strip(), pair[1].strip()};
    }

    private void header(List<String> cells) {
        header = cells;
        width = cells.size();
        for (int i = 0; i < columns.length; i++) {
            columns[i] = cells.indexOf(names.get(i));
            if (columns[i] < 0) {
                throw Failure.data("found the columns %s, expected a header with %s", String.join(", ", cells), names.get(i));
            }
        }
    }

    private String[] ofJson(String line) {
        JsonNode object;
        try {
            object = Json.MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw Failure.data("not JSON: %s", JsonReason.of(e), e);
        }
        String[] pair = new String[2];
        for (int i = 0; i < pair.length; i++) {
            JsonNode value = object.path(names.get(i));
            if (!value.isTextual()) {
                throw Failure.data("found no text under \"%s\"; name the two keys with --columns", names.get(i));
            }
            pair[i] = value.asText();
        }
        return pair;
    }
}
