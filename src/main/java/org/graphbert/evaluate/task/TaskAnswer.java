package org.graphbert.evaluate.task;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a model says of an example.
 *
 * @param text for people
 * @param json the same with all that is known of it
 */
public record TaskAnswer(String text, @JsonValue ObjectNode json) {}
