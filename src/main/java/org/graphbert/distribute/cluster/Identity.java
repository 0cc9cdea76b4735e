package org.graphbert.distribute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.graphbert.config.Json;

/**
 * What all workers of a cluster must have the same of: versions, data, model, configuration.
 *
 * @param facts by their names, in the order in which they are compared
 */
public record Identity(Map<String, String> facts) {

    public Identity {
        facts = new LinkedHashMap<>(facts);
    }

    /** As it is sent. */
    ObjectNode toJson() {
        return Json.MAPPER.valueToTree(facts);
    }

    static Identity of(JsonNode json) {
        Map<String, String> facts = new LinkedHashMap<>();
        json.properties().forEach(fact -> facts.put(fact.getKey(), fact.getValue().asText()));
        return new Identity(facts);
    }

    /**
     * What another has otherwise, in words; empty if nothing.
     *
     * @param whose the other's name
     */
    Optional<String> difference(String whose, Identity other) {
        for (Map.Entry<String, String> fact : facts.entrySet()) {
            String theirs = other.facts.get(fact.getKey());
            if (!fact.getValue().equals(theirs)) {
                return Optional.of(String.format("%s has %s %s, the chief has %s; all workers need the same",
                        whose, fact.getKey(), theirs == null ? "not set" : theirs, fact.getValue()));
            }
        }
        return other.facts.keySet().stream()
                .filter(name -> !facts.containsKey(name))
                .findFirst()
                .map(name -> String.format("%s has %s %s, the chief has none; all workers need the same",
                        whose, name, other.facts.get(name)));
    }
}
