package org.graphbert.config;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What holds for variables of certain names.
 *
 * @param pattern a regular expression that is found in the name
 * @param learningRate times the run's; null for 1
 * @param weightDecay instead of the run's; null for the run's
 */
public record VariableRule(String pattern, Double learningRate, Double weightDecay) {

    public VariableRule {
        if (pattern == null) {
            throw Failure.usage("variable_rules: a rule has no pattern; expected pattern: REGEX and learning_rate: X or weight_decay: X");
        }
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw Failure.usage("variable_rules: pattern '%s' is not a regular expression: %s", pattern, e.getDescription());
        }
        notNegative(pattern, "learning_rate", learningRate);
        notNegative(pattern, "weight_decay", weightDecay);
    }

    private static void notNegative(String pattern, String key, Double value) {
        if (value != null && !(value >= 0 && Double.isFinite(value))) {
            throw Failure.usage("variable_rules, pattern '%s': %s is %s, expected a finite number from 0", pattern, key, value);
        }
    }
}
