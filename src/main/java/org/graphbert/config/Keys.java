package org.graphbert.config;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A record's components as the keys of a configuration file, in snake case, with values of their types. The keys of a record
 * in it that is {@link JsonUnwrapped} stand among its own.
 */
final class Keys {

    private Keys() {}

    /** The keys of a record, in order. */
    static List<String> of(Class<? extends Record> type) {
        return components(type).map(Keys::key).toList();
    }

    private static Stream<RecordComponent> components(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents()).flatMap(component -> component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)
                ? components(component.getType().asSubclass(Record.class))
                : Stream.of(component));
    }

    /** Refuses keys that are not known, naming the nearest one that is; in the records of a list too. */
    static void requireKnown(Object where, ObjectNode object, Class<? extends Record> type) {
        Json.requireKnown(where, object, new TreeSet<>(of(type)));
        for (RecordComponent component : components(type).toList()) {
            JsonNode value = object.get(key(component));
            if (component.getType() == List.class && value != null && value.isArray()) {
                for (int i = 0; i < value.size(); i++) {
                    if (value.get(i) instanceof ObjectNode element) {
                        requireKnown(where + ": " + key(component) + ", number " + (i + 1), element, elements(component));
                    }
                }
            }
        }
    }

    /** Refuses values that are not of a component's type. */
    static void requireTypes(Object where, ObjectNode object, Class<? extends Record> type) {
        for (RecordComponent component : components(type).toList()) {
            JsonNode value = object.get(key(component));
            if (value == null || value.isNull() && !component.getType().isPrimitive()) {
                continue;
            }
            if (component.getType() == List.class) {
                requireElements(where, component, value);
            } else {
                requireType(where, component, value);
            }
        }
    }

    private static void requireElements(Object where, RecordComponent component, JsonNode value) {
        for (int i = 0; i == 0 || i < value.size(); i++) {
            if (!value.isArray() || value.isEmpty() || !(value.get(i) instanceof ObjectNode element)) {
                throw Failure.usage("%s: %s is %s, expected a list of {%s}", where, key(component), value,
                        String.join(", ", of(elements(component))));
            }
            requireTypes(where + ": " + key(component) + ", number " + (i + 1), element, elements(component));
        }
    }

    private static void requireType(Object where, RecordComponent component, JsonNode value) {
        Class<?> type = component.getType();
        boolean fits;
        String expected;
        if (type == String.class) {
            fits = value.isTextual();
            expected = "text";
        } else if (type == boolean.class || type == Boolean.class) {
            fits = value.isBoolean();
            expected = "true or false";
        } else if (type == double.class || type == Double.class) {
            // YAML 1.1 takes 1e-4 (no point) for a string; the conversion reads it as the number it is.
            fits = value.isNumber() || !Double.isNaN(value.asDouble(Double.NaN));
            expected = "a number";
        } else {
            boolean small = type == int.class || type == Integer.class;
            fits = value.isIntegralNumber() && (small ? value.canConvertToInt() : value.canConvertToLong());
            expected = "a whole number";
        }
        if (!fits) {
            throw Failure.usage("%s: %s is %s, expected %s", where, key(component), value, expected);
        }
    }

    private static Class<? extends Record> elements(RecordComponent list) {
        ParameterizedType type = (ParameterizedType) list.getGenericType();
        return ((Class<?>) type.getActualTypeArguments()[0]).asSubclass(Record.class);
    }

    private static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
