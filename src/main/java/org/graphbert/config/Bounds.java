package org.graphbert.config;

import java.util.List;

/** What the numbers of a configuration are held to; what is beyond is refused under its key. */
final class Bounds {

    private Bounds() {}

    static void atLeastOne(String key, long value) {
        if (value < 1) {
            throw Failure.usage("%s is %d, expected at least 1", key, value);
        }
    }

    static void tensor(String name, long rows, long columns) {
        if (rows * columns > Integer.MAX_VALUE) {
            throw Failure.usage("%s is %,d by %,d, more than the %,d elements that a tensor takes here",
                    name, rows, columns, Integer.MAX_VALUE);
        }
    }

    static void oneOf(String key, String value, List<String> expected) {
        if (!expected.contains(value)) {
            throw Failure.usage("%s is '%s', expected one of %s", key, value, String.join(", ", expected));
        }
    }

    static void probability(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw Failure.usage("%s is %s, expected a probability from 0 to below 1", key, value);
        }
    }
}
