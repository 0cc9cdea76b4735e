package org.graphbert.corpus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.JsonReason;

/** The documents of JSON lines: an object a line, one of its fields the text, a paragraph for each line of it. */
final class JsonDocuments implements FileDocuments {

    /** A line of JSON has at most 64 MiB; the text in it is not to be refused for less. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
            .build();

    private static final int LONGEST_LINE = TextDocuments.LONGEST_LINE;

    private final Path file;
    private final String field;
    private final TextLines lines;
    private String text = "";
    private int next;
    private long empty;
    private long cutLines;

    JsonDocuments(Path file, Charset encoding, String field) {
        this.file = file;
        this.field = field;
        lines = TextLines.open(file, encoding);
    }

    /** @throws Failure (data) that names the file and the line, if it is no object or lacks the text */
    @Override
    public boolean advance() {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                text = text(line);
                next = 0;
                skipBlank();
                if (next < text.length()) {
                    return true;
                }
                empty++;
            }
        }
        return false;
    }

    @Override
    public String line() {
        if (next >= text.length()) {
            return null;
        }
        int end = text.indexOf('\n', next);
        end = end < 0 ? text.length() : end;
        if (end - next > LONGEST_LINE) {
            end = placeToCut(next + LONGEST_LINE);
            cutLines++;
        }
        String line = text.substring(next, end).strip();
        next = end;
        skipBlank();
        return line;
    }

    @Override
    public long bytesRead() {
        return lines.bytesRead();
    }

    @Override
    public long cutLines() {
        return cutLines;
    }

    @Override
    public long empty() {
        return empty;
    }

    @Override
    public void close() {
        lines.close();
    }

    private void skipBlank() {
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
    }

    private int placeToCut(int end) {
        for (int i = end; i > end - LONGEST_LINE / 2; i--) {
            if (Character.isWhitespace(text.charAt(i - 1))) {
                return i;
            }
        }
        return Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
    }

    private String text(String line) {
        List<String> fields = new ArrayList<>();
        String found = null;
        try (JsonParser parser = JSON.createParser(line)) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                throw failure("found %s, expected a JSON object a line", kind(first));
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                fields.add(parser.currentName());
                JsonToken value = parser.nextToken();
                if (!field.equals(parser.currentName())) {
                    parser.skipChildren();
                } else if (value == JsonToken.VALUE_STRING) {
                    found = parser.getText();
                } else {
                    throw failure("the field '%s' is %s, expected a string with the text; --text-field names another", field,
                            kind(value));
                }
            }
            if (parser.nextToken() != null) {
                throw failure("more follows the object, expected one JSON object a line");
            }
        } catch (JsonProcessingException e) {
            String reason = JsonReason.of(e);
            String hint = InputFormat.of(line.strip()) == InputFormat.XML
                    ? "; if it is a Wikipedia dump, make text of it with graphbert corpus, without --text-field"
                    : reason.startsWith("Unexpected end-of-input") ? "; an object must stand on one line" : "";
            throw Failure.data("%s, line %,d%s: not JSON (%s: %s), expected an object a line%s", file,
                    lines.lineNumber(), JsonReason.column(e), InputFormat.beginning(line.strip()), reason, hint);
        } catch (IOException e) {
            throw new AssertionError("a string can be read", e);
        }
        if (found == null) {
            throw missing(fields);
        }
        return found;
    }

    private Failure missing(List<String> fields) {
        if (fields.isEmpty()) {
            return failure("the object has no fields, expected the text in '%s'", field);
        }
        String hint = Json.nearest(field, fields)
                .map(nearest -> "did you mean --text-field " + nearest + "?")
                .orElse("name the one that holds the text with --text-field");
        return failure("no field '%s', found %s; %s", field, String.join(", ", fields), hint);
    }

    private Failure failure(String format, Object... arguments) {
        return Failure.data("%s, line %,d: %s", file, lines.lineNumber(), String.format(format, arguments));
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_ARRAY -> "an array";
            case START_OBJECT -> "an object";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            default -> token.asString() == null ? token.name().toLowerCase(Locale.ROOT) : token.asString();
        };
    }
}
