package org.graphbert.train;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * How a run goes through its phases and its schedule: by its steps, or by the time that they take. For the training thread
 * alone.
 */
sealed interface Pace extends AutoCloseable permits StepPace, BudgetPace {

    /** The phases, in order. */
    List<PhasePlan> phases();

    /** The steps that are done when a phase begins. */
    long begin(PhasePlan phase);

    /** The steps that are done when it ends. Of a budget that is an estimate, which its last step makes true. */
    long end(PhasePlan phase);

    /** The learning rate of a step, from 0. */
    double rate(PhasePlan phase, long step);

    /** How far the run is when so many steps are done, of {@link #total}, in its {@link #unit}. */
    long at(PhasePlan phase, long steps);

    long total();

    String unit();

    /** The phase that goes on when so many steps are done; none when all are. */
    default Optional<PhasePlan> after(long steps) {
        return phases().stream().filter(phase -> steps < end(phase)).findFirst();
    }

    /** What a plan asks for, as far as its run has come. */
    static Pace of(Plan plan, RunDirectory run) throws IOException {
        return plan.config().duration().timed()
                ? new BudgetPace(plan.phases(), plan.config(), run.paceFile()) : new StepPace(plan.phases());
    }

    /**
     * Training begins, or goes on, when so many steps are done.
     *
     * @param seconds spent on the run so far, from each command's start, over all processes
     * @param warnings told of what goes wrong, where training goes on all the same
     */
    default void start(long step, DoubleSupplier seconds, Consumer<String> warnings) throws IOException {}

    /** To be called before each step of a phase: there is at least this one. */
    default void next(PhasePlan phase, long step) throws IOException {}

    /**
     * A phase's graph is there and its steps begin, with one that takes longer than others.
     *
     * @param probeSteps the steps that have as much arithmetic as a probe
     * @param checkpointBytes of a checkpoint
     */
    default void opened(PhasePlan phase, double probeSteps, long checkpointBytes) {}

    /** Tells how long a piece of work took. */
    default void took(Work work, double seconds) {}

    /** Waits until what has been decided is on the disk: before a checkpoint that rests on it. */
    default void force() throws IOException {}

    @Override
    default void close() throws IOException {}

    /** What a run spends its time on. */
    enum Work {
        /** With what is written down of it. */
        STEP,
        EVALUATION,
        PROBE,
        /** What training stands still for while the state is saved. */
        SAVING,
        /** Saving until all is on the disk, as the last time. */
        LAST_SAVING
    }

    /** A time in words, e.g. 1 h 30 min. */
    static String time(double seconds) {
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        return s < 3600
                ? s / 60 + " min" + (s % 60 == 0 ? "" : " " + s % 60 + " s")
                : String.format(Locale.ROOT, "%d h%s", s / 3600, s / 60 % 60 == 0 ? "" : " " + s / 60 % 60 + " min");
    }
}
