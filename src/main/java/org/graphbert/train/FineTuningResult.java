package org.graphbert.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;

/**
 * What a training came to.
 *
 * @param seed that it had
 * @param steps that it took
 * @param bestStep the one with the best weights, by the metric on dev
 * @param dev scores of these weights, by name
 * @param test the same on the test file; null without one, or where it has no labels
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FineTuningResult(long seed, long steps, long bestStep, Map<String, Double> dev, Map<String, Double> test) {}
