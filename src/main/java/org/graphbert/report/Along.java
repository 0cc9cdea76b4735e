package org.graphbert.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;

/** What curves are drawn over. */
public enum Along {
    STEP("step"),
    TOKENS("tokens"),
    TIME("seconds");

    private final String key;

    Along(String key) {
        this.key = key;
    }

    /** In metrics.jsonl. */
    String key() {
        return key;
    }

    /** A unit in which the numbers are short: what it is called, and how many of the key's are one. */
    Unit unit(double largest) {
        return switch (this) {
            case STEP -> new Unit("step", 1);
            case TOKENS -> largest >= 2e9 ? new Unit("tokens (billions)", 1e9)
                    : largest >= 2e6 ? new Unit("tokens (millions)", 1e6) : new Unit("tokens", 1);
            case TIME -> largest >= 2 * 3600 ? new Unit("hours", 3600)
                    : largest >= 2 * 60 ? new Unit("minutes", 60) : new Unit("seconds", 1);
        };
    }

    record Unit(String name, double size) {}

    /**
     * By its name.
     *
     * @throws Failure (usage) if there is none of that name
     */
    public static Along of(String name) {
        return Arrays.stream(values()).filter(along -> along.toString().equals(name)).findFirst().orElseThrow(
                () -> Failure.usage("--x is %s, expected one of %s", name,
                        Arrays.stream(values()).map(Along::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
