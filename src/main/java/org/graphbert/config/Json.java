package org.graphbert.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Configuration files, JSON or YAML by their ending, read strictly: an unknown key is an error with a suggestion. */
public final class Json {

    /** Writes and reads records with snake_case keys. */
    public static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT);

    private static final ObjectMapper YAML = new YAMLMapper()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int LARGEST_TYPING_ERROR = 3;

    private Json() {}

    /** The object in a JSON or YAML file. */
    public static ObjectNode readObject(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw Failure.usage("%s: no such file; expected a configuration in JSON or YAML", file);
        }
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw Failure.usage("%s: not UTF-8 text; expected a configuration in JSON or YAML", file, e);
        }
        boolean yaml = file.toString().endsWith(".yaml") || file.toString().endsWith(".yml");
        try {
            JsonNode node = (yaml ? YAML : MAPPER).readTree(text);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw Failure.usage("%s: found no key: value pairs; expected a %s object", file, yaml ? "YAML" : "JSON");
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw Failure.usage("%s%s: not %s: %s", file, where, yaml ? "YAML" : "JSON", reason(e), e);
        }
    }

    /** The parser's message as one line: YAML's first says what was being read, a later one what was found there. */
    private static String reason(JsonProcessingException e) {
        List<String> lines = e.getOriginalMessage().lines().map(String::strip).toList();
        String first = lines.isEmpty() ? "" : lines.get(0);
        return lines.size() < 2 ? JsonReason.of(e) : lines.stream()
                .skip(1)
                .filter(line -> line.startsWith("found ") || line.startsWith("expected "))
                .findFirst()
                .map(found -> first + ", " + found)
                .orElse(JsonReason.of(e));
    }

    /** Refuses keys that are not known, naming the nearest one that is. */
    public static void requireKnown(Object where, ObjectNode object, Collection<String> known) {
        List<String> unknown = new ArrayList<>();
        object.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                unknown.add(key);
            }
        });
        if (unknown.isEmpty()) {
            return;
        }
        String key = unknown.get(0);
        String hint = nearest(key, known)
                .map(nearest -> "did you mean '" + nearest + "'?")
                .orElseGet(() -> "known keys: " + String.join(", ", known.stream().sorted().toList()));
        throw Failure.usage("%s: unknown key '%s'; %s", where, key, hint);
    }

    /** The key that was probably meant: the nearest one, if it is no further off than a typing error. */
    public static Optional<String> nearest(String key, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt((String k) -> distance(key, k)).thenComparing(k -> k))
                .filter(nearest -> distance(key, nearest) <= LARGEST_TYPING_ERROR);
    }

    /** A record from its keys; what its constructor refuses is thrown as it is. */
    public static <T> T convert(ObjectNode node, Class<T> type) {
        try {
            return MAPPER.convertValue(node, type);
        } catch (IllegalArgumentException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof Failure failure) {
                    throw failure;
                }
            }
            throw e;
        }
    }

    /** A record as JSON text with snake_case keys. */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A record as one line of JSON with snake_case keys. */
    public static String writeLine(Object value) {
        try {
            return MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
