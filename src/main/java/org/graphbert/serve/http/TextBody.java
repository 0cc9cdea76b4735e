package org.graphbert.serve.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.graphbert.config.Json;

/**
 * The body of a question in words: one, {@code {"text": ..., "top_k": 3}}, or a list of them, {@code {"instances": [{"text":
 * ...}, ...], "top_k": 3}}, as predict has it.
 *
 * @param listed whether it came as a list, and is answered so
 * @param instances what is asked, one object each
 * @param options what stands beside them
 */
record TextBody(boolean listed, List<ObjectNode> instances, ObjectNode options) {

    private static final String INSTANCES = "instances";
    private static final int MOST_INSTANCES = 1024;
    /** Of one text: far beyond what any model takes, and little enough to be split into tokens at once. */
    private static final int MOST_CHARACTERS = 200_000;
    private static final int SHOWN = 40;

    /**
     * Reads a body.
     *
     * @param question as it stands in the path
     * @param texts the keys of an instance
     * @param options the keys that stand beside it
     * @throws RestError (400) if it is no JSON object of these keys
     */
    static TextBody read(byte[] body, Object question, Set<String> texts, Set<String> options) {
        ObjectNode object = object(body, texts);
        Set<String> keys = new HashSet<>(options);
        if (!object.has(INSTANCES)) {
            keys.addAll(texts);
            Json.requireKnown(question, object, keys);
            return new TextBody(false, List.of(object), object);
        }
        keys.add(INSTANCES);
        Json.requireKnown(question, object, keys);
        JsonNode list = object.get(INSTANCES);
        if (!list.isArray() || list.isEmpty() || list.size() > MOST_INSTANCES) {
            throw new RestError(RestError.BAD_REQUEST, "\"instances\" is %s, expected a list of 1 to %,d objects",
                    list.isArray() ? String.format("a list of %,d", list.size()) : shown(list.toString()), MOST_INSTANCES);
        }
        List<ObjectNode> instances = new ArrayList<>();
        for (JsonNode instance : list) {
            if (!(instance instanceof ObjectNode one)) {
                throw new RestError(RestError.BAD_REQUEST, "instance %d is %s, expected an object with %s", instances.size(),
                        shown(instance.toString()), sorted(texts));
            }
            Json.requireKnown("instance " + instances.size(), one, texts);
            instances.add(one);
        }
        return new TextBody(true, instances, object);
    }

    private static ObjectNode object(byte[] body, Set<String> texts) {
        try {
            if (Json.MAPPER.readTree(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw PredictBody.parseError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new RestError(RestError.BAD_REQUEST, "the body is no JSON object; expected one with %s", sorted(texts));
    }

    private static String sorted(Set<String> keys) {
        return String.join(", ", keys.stream().sorted().toList());
    }

    /** The text of each instance. */
    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (ObjectNode instance : instances) {
            texts.add(text(instance, key));
        }
        return texts;
    }

    /** The two texts of each instance; where the second may be missing and is, the first alone. */
    List<List<String>> pairs(String first, String second, boolean optional) {
        List<List<String>> pairs = new ArrayList<>();
        for (ObjectNode instance : instances) {
            pairs.add(optional && !instance.has(second)
                    ? List.of(text(instance, first)) : List.of(text(instance, first), text(instance, second)));
        }
        return pairs;
    }

    /** A text that stands in an object. */
    static String text(ObjectNode object, String key) {
        JsonNode node = object.get(key);
        if (node == null) {
            throw new RestError(RestError.BAD_REQUEST, "found no \"%s\"; expected a text", key);
        }
        if (!node.isTextual()) {
            throw new RestError(RestError.BAD_REQUEST, "\"%s\" is %s, expected a text", key, shown(node.toString()));
        }
        String text = node.textValue();
        if (text.length() > MOST_CHARACTERS) {
            throw new RestError(RestError.BAD_REQUEST, "\"%s\" has %,d characters, expected at most %,d", key, text.length(), MOST_CHARACTERS);
        }
        return text;
    }

    static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
