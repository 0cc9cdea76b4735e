package org.graphbert.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads values of their kinds out of a configuration; a value of another kind is refused under its key.
 *
 * @param where the file, for messages
 */
record ConfigReader(Object where, ObjectNode node) {

    String text(String key, String otherwise) {
        return value(key, otherwise, JsonNode::isTextual, "text", JsonNode::asText);
    }

    boolean flag(String key, boolean otherwise) {
        return value(key, otherwise, JsonNode::isBoolean, "true or false", JsonNode::asBoolean);
    }

    int integer(String key, int otherwise) {
        return value(key, otherwise, found -> found.canConvertToInt() && found.isIntegralNumber(), "a whole number",
                JsonNode::asInt);
    }

    /** YAML 1.1 takes 1e-12 (no point) for a string, so a string that is a number is one. */
    double number(String key, double otherwise) {
        return value(key, otherwise, found -> !Double.isNaN(found.asDouble(Double.NaN)), "a number", JsonNode::asDouble);
    }

    private <T> T value(
            String key, T otherwise, Predicate<JsonNode> fits, String expected, Function<JsonNode, T> convert) {
        JsonNode found = node.get(key);
        if (found == null) {
            return otherwise;
        }
        if (!fits.test(found)) {
            throw Failure.usage("%s: %s is %s, expected %s", where, key, found, expected);
        }
        return convert.apply(found);
    }
}
