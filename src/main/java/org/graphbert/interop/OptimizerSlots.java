package org.graphbert.interop;

import java.util.List;
import java.util.Optional;

/** The optimiser's moments in a checkpoint, {@code NAME/adam_m} and {@code NAME/adam_v}; Google's savers write the same. */
public final class OptimizerSlots {

    private static final List<String> ENDINGS = List.of("/adam_m", "/adam_v");

    private OptimizerSlots() {}

    /** The variable whose moment a name is; empty if it is none. */
    public static Optional<String> variableOf(String name) {
        return ENDINGS.stream()
                .filter(name::endsWith)
                .map(ending -> name.substring(0, name.length() - ending.length()))
                .findFirst();
    }
}
