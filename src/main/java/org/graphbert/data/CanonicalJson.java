package org.graphbert.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A checksum over what a JSON value says, whatever its whitespace, the order of its keys and the notation of its numbers. */
final class CanonicalJson {

    private CanonicalJson() {}

    /** SHA-256 in hexadecimal, over {@link #text} in UTF-8. */
    static String sha256(JsonNode node) {
        return HexFormat.of().formatHex(Sha256.digest().digest(text(node).getBytes(StandardCharsets.UTF_8)));
    }

    /** Without whitespace, keys in the order of their UTF-16 units, numbers as plain decimals without needless zeros. */
    static String text(JsonNode node) {
        if (node.isObject()) {
            Map<String, JsonNode> fields = new TreeMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            return fields.entrySet().stream()
                    .map(field -> quoted(field.getKey()) + ":" + text(field.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (node.isArray()) {
            return StreamSupport.stream(node.spliterator(), false)
                    .map(CanonicalJson::text)
                    .collect(Collectors.joining(",", "[", "]"));
        }
        if (node.isNumber()) {
            return node.decimalValue().stripTrailingZeros().toPlainString();
        }
        return node.isTextual() ? quoted(node.textValue()) : node.asText();
    }

    /** No other text has the same: what ends it is escaped, and so is the escape. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
