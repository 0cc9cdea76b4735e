package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.graphbert.config.Failure;
import org.graphbert.config.Phase;
import org.graphbert.train.Pace.Work;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in a budget, in simulated time: on time, without jumps, and the same again under the same decisions. */
class BudgetPaceTest {

    private static final double BUDGET = 600;

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path data;

    private Path file;
    private double clock;
    private double lastSaving = 2;
    private final List<String> warnings = new ArrayList<>();
    /** From this step on nothing can be written to the file, as on a full disk. */
    private long unwritableFrom = -1;
    private long checkpointBytes;

    @BeforeAll
    static void prepare() throws IOException {
        model = Tiny.modelFile(directory, 0);
        data = Tiny.dataSet(directory, "data");
    }

    @BeforeEach
    void begin() throws IOException {
        file = directory.resolve("pace-" + System.nanoTime() + ".jsonl");
        clock = 0;
    }

    /** A step of a run. */
    private record Step(long step, int phase, long position, double rate) {}

    /**
     * What the loop does, with a clock of its own.
     *
     * @param from the step that it goes on from
     * @param until the step that it is killed before
     * @param cost seconds of each step
     */
    private List<Step> run(Plan plan, long from, long until, LongToDoubleFunction cost, double evaluation) throws IOException {
        List<Step> steps = new ArrayList<>();
        try (BudgetPace pace = new BudgetPace(plan.phases(), plan.config(), file)) {
            clock += 3; // for the graph
            pace.start(from, () -> clock, warnings::add);
            long step = from;
            while (pace.after(step).isPresent() && step < until) {
                PhasePlan phase = pace.after(step).get();
                pace.opened(phase, 0, checkpointBytes);
                for (boolean first = true; step < pace.end(phase) && step < until; first = false) {
                    if (step == unwritableFrom) {
                        pace.close();
                    }
                    pace.next(phase, step);
                    steps.add(new Step(step, phase.number(), pace.position(phase, step), pace.rate(phase, step)));
                    double took = cost.applyAsDouble(step) * (first ? 20 : 1);
                    clock += took;
                    step++;
                    pace.took(Work.STEP, took);
                    boolean last = step == pace.end(phase);
                    if (step % plan.config().watching().evalEvery() == 0 || last) {
                        clock += evaluation;
                        pace.took(Work.EVALUATION, evaluation);
                    }
                    if (last || step % plan.config().checkpoints().checkpointEvery() == 0) {
                        clock += last ? lastSaving : 0.1;
                        pace.took(Work.SAVING, 0.1);
                        pace.took(Work.LAST_SAVING, lastSaving);
                    }
                }
            }
        }
        return steps;
    }

    @Test
    void theRateFollowsItsScheduleToItsEndOnTime() throws IOException {
        for (String schedule : List.of("linear", "cosine", "wsd", "polynomial", "inverse_sqrt", "constant")) {
            begin();
            try (Plan plan = plan("schedule", schedule, "warmup_ratio", 0.05)) {
                // Steps grow slower half-way, and every tenth takes three times as long.
                List<Step> steps = run(plan, 0, Long.MAX_VALUE, s -> (s < 2000 ? 0.1 : 0.17) * (s % 10 == 9 ? 3 : 1), 4);
                assertEquals(BUDGET, clock, 0.02 * BUDGET, schedule);
                assertTrue(clock < BUDGET + 1, "late: " + clock);
                smooth(steps, 0, 600_000_000);
                PhasePlan phase = plan.phases().get(0);
                for (Step step : steps) {
                    assertEquals(phase.span().schedule().at(step.position()), step.rate());
                }
                double end = steps.get(steps.size() - 1).rate();
                assertTrue(schedule.equals("constant") ? end == 5e-4 : schedule.equals("inverse_sqrt") ? end < 2e-4 : end < 2e-6,
                        schedule + " ends at " + end);
            }
        }
    }

    private static void smooth(List<Step> steps, long begin, long end) {
        long before = begin;
        for (Step step : steps) {
            assertTrue(step.position() >= before && step.position() <= end, step.toString());
            // A slow first step, and what evaluations take, are caught up with bit by bit.
            assertTrue(step.position() - before < 1_000_000, before + " to " + step);
            before = step.position();
        }
        assertTrue(before > end - 6_000_000, "the last step is near the end: " + before);
    }

    @Test
    void phasesHaveTheirSharesOfTheTimeAndTheirSchedules() throws IOException {
        Phase second = new Phase(data.toString(), 0.25, 4, 1, data + "-held-out", 1e-4, "constant", null, 0.2);
        try (Plan plan = plan("data", null, "phases", List.of(Phase.of(data.toString(), 0.75, 8, 1, null), second))) {
            List<Step> steps = run(plan, 0, Long.MAX_VALUE, s -> 0.5, 1);
            assertEquals(BUDGET, clock, 0.02 * BUDGET);
            List<Step> longer = steps.stream().filter(s -> s.phase() == 2).toList();
            long boundary = longer.get(0).step();
            assertEquals(0.75 * BUDGET / 0.5, boundary, 0.03 * BUDGET / 0.5);
            smooth(steps.subList(0, (int) boundary), 0, 450_000_000);
            smooth(longer, 450_000_000, 600_000_000);
            assertEquals(0, longer.get(0).rate(), "a warm-up of its own");
            assertEquals(1e-4, longer.get(longer.size() - 1).rate());
            assertEquals(0.2, plan.config().phases().get(1).warmupRatio());
            assertEquals(0.1, plan.config().phases().get(0).warmupRatio());
            assertEquals("linear", plan.config().phases().get(0).schedule());
        }
    }

    @Test
    void whatIsDoneForTheFirstTimeAtTheEndHasItsTimeToo() throws IOException {
        lastSaving = 40;
        checkpointBytes = 4_000_000_000L;
        try (Plan plan = plan("eval_every", 1_000_000, "checkpoint_every", 1_000_000)) {
            double batches = Math.ceil(plan.phases().get(0).evalData().orElseThrow().size() / 8.0);
            run(plan, 0, Long.MAX_VALUE, s -> 1, batches / 3);
            assertEquals(BUDGET, clock, 1.1, "an evaluation of " + batches / 3 + " s and a checkpoint of 40 s");
        }
    }

    /** A budget so short that one stall is longer than what a change of speed is taken in over. */
    @Test
    void aStallDoesNotEndTheRun() throws IOException {
        try (Plan plan = plan("budget", "1m", "eval_every", 1_000_000)) {
            List<Step> steps = run(plan, 0, Long.MAX_VALUE, s -> s == 100 ? 10 : 0.3, 0.1);
            assertEquals(60, clock, 1.5);
            assertTrue(steps.get(steps.size() - 1).rate() < 0.05 * 5e-4, "ends at " + steps.get(steps.size() - 1));
        }
    }

    @Test
    void whatWasDecidedIsRepeatedAndTheTimeOfAllProcessesCounts() throws IOException {
        try (Plan plan = plan()) {
            List<Step> killed = run(plan, 0, 3000, s -> 0.1, 1);
            double before = clock;
            List<Step> resumed = run(plan, 2500, Long.MAX_VALUE, s -> 0.12, 1);
            long decided = MetricsLog.read(file).stream().mapToLong(line -> line.path("step").asLong())
                    .filter(step -> step < 3000).max().orElseThrow();
            assertTrue(decided > 2900, "decided at " + decided);
            for (Step step : resumed) {
                if (step.step() <= decided) {
                    assertEquals(killed.get((int) step.step()), step);
                }
            }
            assertTrue(before > 300, "half of the budget was spent: " + before);
            assertEquals(BUDGET, clock, 0.02 * BUDGET, "500 steps were taken twice, and it ends on time");
            smooth(resumed, resumed.get(0).position(), 600_000_000);
            // Taken again from any checkpoint, at any speed, the steps are the same.
            List<Step> again = run(plan, 2700, Long.MAX_VALUE, s -> 7, 30);
            assertTrue(again.size() > 1000 && again.size() <= resumed.size() - 200, "steps: " + again.size());
            for (int i = 0; i < again.size() - 2; i++) {
                assertEquals(resumed.get(200 + i), again.get(i));
            }
        }
    }

    @Test
    void withoutItsFileARunDoesNotGoOn() throws IOException {
        try (Plan plan = plan()) {
            run(plan, 0, 100, s -> 0.1, 1);
            Files.delete(file);
            Failure failure = assertThrows(Failure.class, () -> run(plan, 50, 100, s -> 0.1, 1));
            assertEquals(file + ": does not say where in its schedule the run was at step 50; put the file back, or begin another --run",
                    failure.getMessage());
        }
    }

    @Test
    void whatCannotBeWrittenIsNotDecidedAndTrainingGoesOn() throws IOException {
        try (Plan plan = plan()) {
            unwritableFrom = 0;
            Failure first = assertThrows(Failure.class, () -> run(plan, 0, 100, s -> 0.1, 1));
            assertEquals(Failure.Kind.DATA, first.kind());
            assertTrue(first.getMessage().startsWith(file + ": cannot be written: "), first.getMessage());
            begin();
            unwritableFrom = 3000;
            List<Step> steps = run(plan, 0, Long.MAX_VALUE, s -> 0.1, 1);
            assertEquals(BUDGET, clock, 0.02 * BUDGET);
            smooth(steps, 0, 600_000_000);
            assertEquals(1, warnings.size(), warnings::toString);
            assertTrue(warnings.get(0).startsWith("Step 3,0"), warnings::toString);
            // Whoever goes on from the file takes the same steps.
            unwritableFrom = -1;
            List<Step> again = run(plan, 3500, Long.MAX_VALUE, s -> 7, 30);
            assertEquals(steps.get(3500), again.get(0));
        }
    }

    @Test
    void aBudgetTooShortForAnythingIsAStepOrTwo() throws IOException {
        try (Plan plan = plan("budget", "1s")) {
            assertTrue(run(plan, 0, Long.MAX_VALUE, s -> 5, 1).size() <= 2);
        }
    }

    private static Plan plan(Object... keys) throws IOException {
        List<Object> all = new ArrayList<>(List.of("model", model, "data", data, "eval_data", data + "-held-out", "run",
                directory.resolve("run"), "budget", "10m", "batch_size", 8, "eval_every", 500, "learning_rate", 5e-4));
        for (int i = 0; i < keys.length; i += 2) {
            int at = all.indexOf(keys[i]);
            if (at >= 0) {
                all.remove(at);
                all.remove(at);
            }
            if (keys[i + 1] != null) {
                all.add(keys[i]);
                all.add(keys[i + 1]);
            }
        }
        return new Plan(Tiny.config(all.toArray()));
    }
}
