package org.graphbert.config;

import java.util.List;

/**
 * What stops a run before its end.
 *
 * @param onNan stop, or skip: the update of a step whose loss or gradient is not finite
 * @param earlyStopping after so many evaluations (of the probe where there is one, else on held-out data) without a better
 *     one; null for never
 * @param probe a downstream task's directory, whose train.tsv and dev.tsv a quick fine-tuning learns and is scored on
 * @param probeEvery steps between probes; null for the evaluations' interval
 */
public record GuardConfig(String onNan, Integer earlyStopping, String probe, Long probeEvery) {

    public GuardConfig {
        if (!List.of("stop", "skip").contains(onNan)) {
            throw Failure.usage("on_nan is '%s', expected stop or skip", onNan);
        }
        Bounds.atLeastOne("early_stopping", earlyStopping == null ? 1 : earlyStopping);
        Bounds.atLeastOne("probe_every", probeEvery == null ? 1 : probeEvery);
        if (probe == null && probeEvery != null) {
            throw Failure.usage("probe_every is %d, but there is no probe; set probe, a task's directory", probeEvery);
        }
    }
}
