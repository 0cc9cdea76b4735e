package org.graphbert.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How long a run trains: exactly one of these is set. Examples, tokens and epochs become the smallest number of steps that
 * reaches them.
 *
 * @param steps optimiser steps
 * @param examples records: pairs of segments
 * @param tokens positions of the sequences, padding too
 * @param epochs passes over the data; not with phases
 * @param budget of wall-clock time, e.g. 45m, 2h or 1h30m: the schedule adapts so that its decay ends on time
 */
public record Duration(Long steps, Long examples, Long tokens, Double epochs, String budget) {

    private static final Pattern TIME = Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?");
    private static final long[] SECONDS = {86_400, 3_600, 60, 1};

    public Duration {
        Map<String, Object> set = new LinkedHashMap<>();
        set.put("steps", steps);
        set.put("examples", examples);
        set.put("tokens", tokens);
        set.put("epochs", epochs);
        set.put("budget", budget);
        set.values().removeIf(Objects::isNull);
        if (set.isEmpty()) {
            throw Failure.usage("no duration: set steps, examples, tokens, epochs or budget");
        }
        if (set.size() > 1) {
            throw Failure.usage("two durations: %s; set one of them",
                    set.entrySet().stream().map(e -> e.getKey() + " is " + e.getValue()).collect(Collectors.joining(" and ")));
        }
        atLeastOne("steps", steps);
        atLeastOne("examples", examples);
        atLeastOne("tokens", tokens);
        if (epochs != null && !(epochs > 0 && Double.isFinite(epochs))) {
            throw Failure.usage("epochs is %s, expected a number above 0", epochs);
        }
        if (budget != null) {
            seconds(budget);
        }
    }

    /** So many optimiser steps. */
    public static Duration ofSteps(long steps) {
        return new Duration(steps, null, null, null, null);
    }

    /** Whether time is counted, and not steps. */
    public boolean timed() {
        return budget != null;
    }

    /** The budget in seconds. */
    public long budgetSeconds() {
        return seconds(budget);
    }

    private static void atLeastOne(String key, Long value) {
        if (value != null) {
            Bounds.atLeastOne(key, value);
        }
    }

    private static long seconds(String text) {
        Matcher matcher = TIME.matcher(text);
        long seconds = 0;
        if (matcher.matches()) {
            for (int i = 0; i < SECONDS.length; i++) {
                if (matcher.group(i + 1) != null && matcher.group(i + 1).length() <= 6) {
                    seconds += SECONDS[i] * Long.parseLong(matcher.group(i + 1));
                }
            }
        }
        if (seconds < 1) {
            throw Failure.usage("budget is '%s', expected a time such as 45m, 2h or 1h30m", text);
        }
        return seconds;
    }
}
