package org.graphbert.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The first difference between what a data set was made from and what is asked for now. */
final class Difference {

    private Difference() {}

    /** A phrase such as "recipe.seed is 12345, asked for 7", or null if both would give the same data. */
    static String between(Manifest.Request existing, Manifest.Request asked) {
        if (existing.inputs().size() != asked.inputs().size()) {
            return "it was made from " + existing.inputs().size() + " input files, asked for " + asked.inputs().size();
        }
        for (int i = 0; i < asked.inputs().size(); i++) {
            Manifest.Input was = existing.inputs().get(i);
            Manifest.Input is = asked.inputs().get(i);
            // The contents count, not the names: a data set stays good when its inputs move.
            if (was.bytes() != is.bytes() || !was.sha256().equals(is.sha256())) {
                return "input " + is.file() + " has other contents than " + was.file() + " had";
            }
        }
        Recipe was = existing.recipe();
        Recipe is = asked.recipe();
        // Apart from the others, as a manifest leaves UTF-8 out.
        return Stream.of(
                        between("tokenizer", existing.tokenizer(), asked.tokenizer()),
                        between("recipe.encoding", was.encoding(), is.encoding()),
                        between("recipe", was, is))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static String between(String path, Object existing, Object asked) {
        return between(path, Manifest.JSON.<JsonNode>valueToTree(existing), Manifest.JSON.valueToTree(asked));
    }

    private static String between(String path, JsonNode existing, JsonNode asked) {
        if (!asked.isObject()) {
            return existing.equals(asked) ? null : path + " is " + existing.asText() + ", asked for " + asked.asText();
        }
        for (Map.Entry<String, JsonNode> field : asked.properties()) {
            String difference = between(path + "." + field.getKey(), existing.path(field.getKey()), field.getValue());
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }
}
