package org.graphbert.evaluate.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.JsonReason;
import org.graphbert.evaluate.NumberedLines;

/** Rows that are JSON objects, one a line; their fields are the columns. Blank lines are skipped. */
final class JsonRows implements TableRows {

    private final NumberedLines lines;
    private final List<String> columns;
    private Row first;

    JsonRows(NumberedLines lines) {
        this.lines = lines;
        first = read();
        if (first == null) {
            throw Failure.data("%s: is empty, expected a JSON object a line", lines.file());
        }
        columns = List.copyOf(first.values().keySet());
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public String shown() {
        return "the fields '" + String.join("', '", columns) + "'";
    }

    @Override
    public Row next() {
        Row row = first == null ? read() : first;
        first = null;
        return row;
    }

    @Override
    public void close() {
        lines.close();
    }

    private Row read() {
        String line = lines.next();
        while (line != null && line.isBlank()) {
            line = lines.next();
        }
        if (line == null) {
            return null;
        }
        JsonNode object;
        try {
            object = Json.MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw Failure.data("%s: line %,d%s: not JSON (%s), expected an object a line",
                    lines.file(), lines.number(), JsonReason.column(e), JsonReason.of(e), e);
        }
        if (!object.isObject()) {
            throw Failure.data("%s: line %,d: found no JSON object, expected one a line", lines.file(), lines.number());
        }
        Map<String, String> values = new LinkedHashMap<>();
        object.properties().stream().filter(field -> field.getValue().isValueNode() && !field.getValue().isNull())
                .forEach(field -> values.put(field.getKey(), field.getValue().asText()));
        return new Row(lines.number(), values);
    }
}
