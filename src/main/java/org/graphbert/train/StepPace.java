package org.graphbert.train;

import java.util.List;

/** A run of a known number of steps: positions in the schedule are steps. */
record StepPace(List<PhasePlan> phases) implements Pace {

    @Override
    public long begin(PhasePlan phase) {
        return phase.span().begin();
    }

    @Override
    public long end(PhasePlan phase) {
        return phase.span().end();
    }

    @Override
    public double rate(PhasePlan phase, long step) {
        return phase.span().rate(step);
    }

    @Override
    public long at(PhasePlan phase, long steps) {
        return steps;
    }

    @Override
    public long total() {
        return phases.get(phases.size() - 1).span().end();
    }

    @Override
    public String unit() {
        return "steps";
    }
}
