package org.graphbert.interop;

import java.util.List;
import java.util.Optional;

/**
 * What a checkpoint of a training holds beside the weights: the optimiser's moments, {@code NAME/adam_m} and
 * {@code NAME/adam_v}, which Google's savers write too, those of its TPU estimator, what our other optimisers keep, and the
 * number of steps.
 */
public final class OptimizerSlots {

    static final String STEP = "global_step";

    private static final List<String> ENDINGS =
            List.of("/adam_m", "/adam_v", "/adafactor_vr", "/adafactor_vc", "/adafactor_v", "/momentum",
                    "/AdamWeightDecayOptimizer", "/AdamWeightDecayOptimizer_1");

    private OptimizerSlots() {}

    /** The variable whose slot a name is; empty if it is none. */
    public static Optional<String> variableOf(String name) {
        return ENDINGS.stream()
                .filter(name::endsWith)
                .map(ending -> name.substring(0, name.length() - ending.length()))
                .findFirst();
    }

    /** Whether a name is a slot, or the number of steps. */
    static boolean ofTraining(String name) {
        return name.equals(STEP) || variableOf(name).isPresent();
    }
}
