package org.graphbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.RunConfig;
import org.graphbert.train.PhasePlan.Span;

/**
 * A run in a budget of wall-clock time. Its schedule is laid over the budget's microseconds. Now and then (a thousand times
 * in all, and at most at every step) the pace looks at the time that is left and at what steps cost, and decides how many
 * more steps the phase will have; over these the schedule's position goes from where it is to the phase's end in equal parts.
 * So the learning rate has no jumps, and is at its end when the time is.
 *
 * <p>What was decided stands in pace.jsonl, and nothing else of the time goes into the weights: steps that were taken under
 * decisions in that file come out the same, bit for bit, when a resumed run takes them again. Such a run repeats what had been
 * decided first, however late it is, and decides anew behind that; how many steps it will have depends on how fast they
 * are. The time of all processes counts, from the start of each command on, that of steps which were lost too; the time between
 * them does not. Of what is left, the last evaluation, probe and checkpoint have theirs before any step has: the command ends when
 * the budget does.
 */
final class BudgetPace implements Pace {

    private static final int DECISIONS = 1000;
    /** A change of speed is taken in over this share of the budget. */
    private static final double HORIZON = 0.05;

    /** The first decision waits for two steps: the first of a graph takes much longer than others. */
    private static final int STEPS_BEFORE = 2;

    /**
     * What was decided before a step was taken.
     *
     * @param step how many were done
     * @param phase that goes on there
     * @param position in the schedule, there
     * @param end the steps that will be done when the phase ends
     * @param seconds of training, there
     */
    record Decision(long step, int phase, long position, long end, double seconds) {}

    private final List<PhasePlan> phases;
    private final RunConfig config;
    private final double budget;
    private final Path file;
    private final List<Decision> decisions = new ArrayList<>();
    private DoubleSupplier clock;
    private MetricsLog log;
    private StepCosts costs;
    private Consumer<String> warnings;
    private boolean unwrittenSaid;

    /**
     * What a run decided so far.
     *
     * @param file pace.jsonl
     */
    BudgetPace(List<PhasePlan> phases, RunConfig config, Path file) throws IOException {
        this.phases = phases;
        this.config = config;
        this.file = file;
        budget = phases.get(phases.size() - 1).span().endSeconds();
        for (JsonNode line : MetricsLog.read(file)) {
            decisions.add(new Decision(line.path("step").asLong(), line.path("phase").asInt(), line.path("position").asLong(),
                    line.path("end").asLong(), line.path("seconds").asDouble()));
        }
    }

    @Override
    public void start(long step, DoubleSupplier seconds, Consumer<String> warnings) throws IOException {
        this.warnings = warnings;
        if (step > STEPS_BEFORE && (decisions.isEmpty() || decisions.get(0).step() > STEPS_BEFORE)) {
            throw Failure.data("%s: does not say where in its schedule the run was at step %,d; put the file back, or begin another --run",
                    file, step);
        }
        double lost = decisions.stream().mapToDouble(Decision::seconds).max().orElse(0) - seconds.getAsDouble();
        clock = () -> seconds.getAsDouble() + Math.max(0, lost);
        log = new MetricsLog(file);
    }

    @Override
    public List<PhasePlan> phases() {
        return phases;
    }

    @Override
    public long begin(PhasePlan phase) {
        return phase.number() == 1 ? 0 : end(phases.get(phase.number() - 2));
    }

    @Override
    public long end(PhasePlan phase) {
        Decision last = before(phase, Long.MAX_VALUE);
        return last == null ? Long.MAX_VALUE : last.end();
    }

    @Override
    public double rate(PhasePlan phase, long step) {
        return phase.span().rate(position(phase, step));
    }

    @Override
    public long at(PhasePlan phase, long steps) {
        return Math.round(position(phase, steps) / Span.MICROS);
    }

    @Override
    public long total() {
        return Math.round(budget);
    }

    @Override
    public String unit() {
        return "seconds";
    }

    /** Where in the schedule a step stands. */
    long position(PhasePlan phase, long step) {
        Decision decided = before(phase, step);
        if (decided == null) {
            return phase.span().begin();
        }
        double share = (double) (step - decided.step()) / (decided.end() - decided.step());
        return decided.position() + Math.round((phase.span().end() - decided.position()) * share);
    }

    /** The last decision in a phase that was made before a step; null if there is none. */
    private Decision before(PhasePlan phase, long step) {
        for (int i = decisions.size() - 1; i >= 0; i--) {
            Decision decision = decisions.get(i);
            if (decision.phase() == phase.number() && decision.step() <= step) {
                return decision;
            }
        }
        return null;
    }

    @Override
    public void opened(PhasePlan phase, double probeSteps, long checkpointBytes) {
        costs = new StepCosts(StepCosts.Intervals.of(config, phase),
                StepCosts.Unmeasured.of(config, phase, probeSteps, checkpointBytes), HORIZON * budget, costs);
    }

    @Override
    public void took(Work work, double seconds) {
        costs.took(work, seconds);
    }

    @Override
    public void next(PhasePlan phase, long step) throws IOException {
        Decision last = before(phase, Long.MAX_VALUE);
        if (last != null && step <= last.step()) {
            return; // It was decided before this process began.
        }
        double now = clock.getAsDouble();
        double left = phase.span().endSeconds() - now;
        boolean due = last == null || now - last.seconds() >= budget / DECISIONS;
        if (due && (costs.steps() >= STEPS_BEFORE || left <= 0)) {
            decide(new Decision(step, phase.number(), position(phase, step), step + costs.affordable(step, left), now));
        }
    }

    /** What cannot be written down is not decided: steps go on as they were decided before, and the next time it is tried again. */
    private void decide(Decision decision) {
        try {
            write(decision);
            decisions.add(decision);
        } catch (IOException e) {
            if (before(phases.get(decision.phase() - 1), Long.MAX_VALUE) == null) {
                throw Failure.data("%s: cannot be written: %s; a run in a budget needs it to be resumed: make room or whatever it lacks",
                        file, Directories.reason(e));
            }
            if (!unwrittenSaid) {
                unwrittenSaid = true;
                warnings.accept(String.format(Locale.ROOT, "Step %,d: %s: cannot be written: %s; training goes on at the pace of before.",
                        decision.step(), file, Directories.reason(e)));
            }
        }
    }

    private void write(Decision decision) throws IOException {
        ObjectNode line = Json.MAPPER.valueToTree(decision);
        log.write(line);
    }

    /** Where the file was removed meanwhile, all that it said is written again. */
    @Override
    public void force() throws IOException {
        if (!Files.exists(file)) {
            log.close();
            Files.createDirectories(file.getParent());
            log = new MetricsLog(file);
            for (Decision decision : decisions) {
                write(decision);
            }
        }
        Directories.force(file);
    }

    @Override
    public void close() throws IOException {
        if (log != null) {
            log.close();
        }
    }
}
