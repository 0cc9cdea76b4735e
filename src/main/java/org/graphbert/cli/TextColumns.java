package org.graphbert.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.JsonReason;

/**
 * Lines with a text each, or with two: JSON objects, if the first line is one, or columns separated by tabs. What a person
 * types may have ||| in place of the tab, as google-research/bert's extract_features.py has it. Where no columns are named, a
 * line is a text as it stands, and one of a pair has two columns, or two keys, first and second.
 */
final class TextColumns {

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

    private TextColumns(List<String> names, boolean headed) {
        this.names = names;
        this.headed = headed;
    }

    /**
     * Of lines with so many texts.
     *
     * @param names of the columns in a header line, or keys of JSON; null for none
     * @param texts one or two
     */
    static TextColumns of(List<String> names, int texts) {
        if (names != null && names.size() != texts) {
            throw Failure.usage("--columns has %d name%s, expected %s", names.size(), names.size() == 1 ? "" : "s",
                    texts == 1 ? "one, such as text" : "two, such as premise,hypothesis");
        }
        return new TextColumns(names != null ? names : KEYS.subList(0, texts), names != null);
    }

    /** Whether a line is a text as it stands. */
    boolean plain() {
        return !headed && names.size() == 1;
    }

    /** The texts of a line; null for an empty line or the header. */
    List<String> read(String line) {
        if (line.isBlank()) {
            return null;
        }
        if (plain()) {
            return List.of(line);
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
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            texts.add(cells.get(columns[i]));
        }
        return texts;
    }

    /** The texts that a person typed; null for an empty line. */
    List<String> typed(String line) {
        if (line.isBlank()) {
            return null;
        }
        if (names.size() == 1) {
            return List.of(line);
        }
        String[] pair = line.split(line.contains(TAB) ? TAB : BARS, -1);
        if (pair.length != 2) {
            throw Failure.usage("found %d sentence%s, expected two with ||| between them", pair.length, pair.length == 1 ? "" : "s");
        }
        return List.of(pair[0].strip(), pair[1].strip());
    }

    /** Arguments, so many each. */
    List<List<String>> grouped(List<String> texts) {
        int size = names.size();
        if (texts.size() % size != 0) {
            throw Failure.usage("%d text%s, expected pairs: first, second, first, second", texts.size(), texts.size() == 1 ? "" : "s");
        }
        List<List<String>> grouped = new ArrayList<>();
        for (int i = 0; i < texts.size(); i += size) {
            grouped.add(texts.subList(i, i + size));
        }
        return grouped;
    }

    private void header(List<String> cells) {
        header = cells;
        width = cells.size();
        for (int i = 0; i < names.size(); i++) {
            columns[i] = cells.indexOf(names.get(i));
            if (columns[i] < 0) {
                throw Failure.data("found the columns %s, expected a header with %s", String.join(", ", cells), names.get(i));
            }
        }
    }

    private List<String> ofJson(String line) {
        JsonNode object;
        try {
            object = Json.MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw Failure.data("not JSON: %s", JsonReason.of(e), e);
        }
        List<String> texts = new ArrayList<>();
        for (String name : names) {
            JsonNode value = object.path(name);
            if (!value.isTextual()) {
                throw Failure.data("found no text under \"%s\"; name the key%s with --columns", name, names.size() == 1 ? "" : "s");
            }
            texts.add(value.asText());
        }
        return texts;
    }
}
