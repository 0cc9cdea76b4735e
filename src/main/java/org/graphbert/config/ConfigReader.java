package org.graphbert.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Reads values of their kinds out of a configuration; a value of another kind is refused under its key.
 *
 * @param where the file, for messages
 */
record ConfigReader(Object where, ObjectNode node) {

    String text(String key, String otherwise) {
        JsonNode found = node.get(key);
        if (found == null) {
            return otherwise;
        }
        if (!found.isTextual()) {
            throw Failure.usage("%s: %s is %s, expected text", where, key, found);
        }
        return found.asText();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode found = node.get(key);
        if (found == null) {
            return otherwise;
        }
        if (!found.isBoolean()) {
            throw Failure.usage("%s: %s is %s, expected true or false", where, key, found);
        }
        return found.asBoolean();
    }

    int integer(String key, int otherwise) {
        JsonNode found = node.get(key);
        if (found == null) {
            return otherwise;
        }
        if (!found.canConvertToInt() || !found.isIntegralNumber()) {
            throw Failure.usage("%s: %s is %s, expected a whole number", where, key, found);
        }
        return found.asInt();
    }

    double number(String key, double otherwise) {
        JsonNode found = node.get(key);
        if (found == null) {
            return otherwise;
        }
        // YAML 1.1 takes 1e-12 (no point) for a string.
        double value = found.asDouble(Double.NaN);
        if (Double.isNaN(value)) {
            throw Failure.usage("%s: %s is %s, expected a number", where, key, found);
        }
        return value;
    }
}
