package org.graphbert.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What the user lets a command compute on. */
public enum DeviceChoice {
    /** A GPU where TensorFlow has one, the CPU otherwise. */
    AUTO,
    CPU,
    /** A GPU, or nothing. */
    GPU;

    /** The names, as a configuration has them. */
    public static List<String> names() {
        return Arrays.stream(values()).map(DeviceChoice::toString).toList();
    }

    /** The choice of a name that {@link RunConfig} has let pass. */
    public static DeviceChoice of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
