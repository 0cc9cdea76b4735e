package org.graphbert.corpus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;

/** What a file holds, told by its first line that is not blank, whatever its name. */
public enum InputFormat {
    TEXT,
    /** An object a line. */
    JSON_LINES,
    /** A Wikipedia dump, or another kind that its reader will refuse. */
    XML;

    /** In whatever case: HTML's are often in lower case. */
    private static final List<String> XML_BEGINNINGS = List.of("<?xml", "<mediawiki", "<!--", "<!DOCTYPE");

    private static final JsonFactory JSON = new JsonFactory();
    /** What the field with the text is often called. */
    private static final List<String> USUAL_FIELDS = List.of("text", "content", "body", "document", "article");

    /** Looks into a file; an empty one is text. */
    static InputFormat of(Path file, Charset encoding) {
        return of(firstLine(file, encoding));
    }

    /** The first line that is not blank, stripped and perhaps cut short; empty if there is none. */
    private static String firstLine(Path file, Charset encoding) {
        try (TextLines lines = TextLines.open(file, encoding, TextDocuments.LONGEST_LINE)) {
            return lines.lines().filter(line -> !line.isBlank()).findFirst().map(String::strip).orElse("");
        }
    }

    /** By the first line, stripped; it may be cut short. */
    static InputFormat of(String line) {
        if (XML_BEGINNINGS.stream().anyMatch(begin -> line.regionMatches(true, 0, begin, 0, begin.length()))) {
            return XML;
        }
        return fields(line).isEmpty() ? TEXT : JSON_LINES;
    }

    /**
     * Refuses what would be trained on as if it were prose.
     *
     * @throws Failure (data) that says what to do instead
     */
    public static void requireText(Path file, Charset encoding) {
        requireText(file, firstLine(file, encoding));
    }

    /**
     * The same for a file that is being read.
     *
     * @param line the first line, stripped; it may be cut short
     * @throws Failure (data) that says what to do instead
     */
    static void requireText(Path file, String line) {
        switch (of(line)) {
            case TEXT -> { }
            case XML -> throw Failure.data("%s: looks like XML (%s), expected text; if it is a Wikipedia dump, make text of it "
                    + "first: graphbert corpus --input %s --output FILE", file, beginning(line), file);
            case JSON_LINES -> {
                List<String> fields = fields(line);
                String likely = USUAL_FIELDS.stream().filter(fields::contains).findFirst().orElse(fields.get(0));
                throw Failure.data("%s: looks like JSON lines (the first has the fields %s), expected text; name the field that "
                        + "holds the text, such as --text-field %s", file, String.join(", ", fields), likely);
            }
        }
    }

    /** The start of a line, for a message. */
    static String beginning(String line) {
        int most = 40;
        return line.length() <= most ? line : line.substring(0, most) + "...";
    }

    /** The fields of the object that a line is, or begins with; none for any other line. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        if (!line.startsWith("{") && !line.startsWith("[")) {
            return fields;
        }
        try (JsonParser parser = JSON.createParser(line)) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY) {
                token = parser.nextToken();
            }
            while (token == JsonToken.START_OBJECT && parser.nextToken() == JsonToken.FIELD_NAME) {
                fields.add(parser.currentName());
                parser.nextToken();
                parser.skipChildren();
            }
        } catch (IOException e) {
            // Cut short, or no JSON: what has been found is what there is.
        }
        return fields;
    }
}
