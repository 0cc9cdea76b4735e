package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongToDoubleFunction;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearningRateTest {

    private static final double PEAK = 1e-4;
    private static final double END = 1e-6;
    private static final List<String> SCHEDULES =
            List.of("linear", "cosine", "polynomial", "constant", "inverse_sqrt", "wsd");

    private static LearningRate of(String schedule, long total, Object... more) {
        List<Object> keys = new ArrayList<>(List.of("schedule", schedule, "learning_rate", PEAK));
        keys.addAll(Arrays.asList(more));
        return LearningRate.of(Tiny.optimization(keys.toArray()), total);
    }

    /** Each formula written out, at every step of a run of 1,000 with a warm-up of 100, and past its end. */
    @Test
    void everyStepIsTheFormulas() {
        Map<String, LongToDoubleFunction> formulas = new TreeMap<>();
        formulas.put("linear", s -> END + (PEAK - END) * (1 - Math.min(s, 1000) / 1000.0));
        formulas.put("polynomial", s -> END + (PEAK - END) * Math.pow(1 - Math.min(s, 1000) / 1000.0, 2.5));
        formulas.put("cosine", s -> END + (PEAK - END) * 0.5 * (1 + Math.cos(Math.PI * (Math.min(s, 1000) - 100) / 900.0)));
        formulas.put("constant", s -> PEAK);
        formulas.put("inverse_sqrt", s -> PEAK * Math.sqrt(100) / Math.sqrt(s));
        formulas.put("wsd", s -> s < 800 ? PEAK : END + (PEAK - END) * (1 - Math.sqrt((Math.min(s, 1000) - 800) / 200.0)));
        assertEquals(formulas.keySet(), new TreeSet<>(SCHEDULES));
        formulas.forEach((schedule, formula) -> {
            LearningRate rate = of(schedule, 1000, "warmup_steps", 100, "end_learning_rate", END,
                    "schedule_power", 2.5, "decay_ratio", 0.2);
            for (long step = 0; step < 100; step++) {
                assertEquals(PEAK * step / 100.0, rate.at(step), 1e-20, schedule + ", warm-up, step " + step);
            }
            for (long step = 100; step < 1100; step++) {
                assertEquals(formula.applyAsDouble(step), rate.at(step), 1e-6 * PEAK, schedule + ", step " + step);
            }
        });
    }

    @Test
    void linearIsTheReferences() {
        LearningRate rate = of("linear", 1000, "warmup_steps", 100);
        assertEquals(0, rate.at(0));
        assertEquals(PEAK * 0.5, rate.at(50), 1e-18);
        assertEquals(PEAK * 0.99, rate.at(99), 1e-18);
        // optimization.py decays from step 0 on: where the warm-up ends, a tenth is gone.
        assertEquals(PEAK * 0.9, rate.at(100), 1e-18);
        assertEquals(PEAK * 0.5, rate.at(500), 1e-18);
        assertEquals(PEAK * 0.001, rate.at(999), 1e-18);
        assertEquals(0, rate.at(1000));
        assertEquals(0, rate.at(2000), "never below zero");
    }

    @Test
    void withoutWarmup() {
        for (String schedule : SCHEDULES) {
            assertEquals(PEAK, of(schedule, 10, "warmup_steps", 0).at(0), 1e-18, schedule);
        }
        assertEquals(PEAK / 2, of("inverse_sqrt", 10, "warmup_steps", 0).at(4), 1e-18);
    }

    @Test
    void warmupToTheEnd() {
        for (String schedule : SCHEDULES) {
            LearningRate rate = of(schedule, 10, "warmup_steps", 10, "decay_ratio", 0);
            assertEquals(PEAK * 0.9, rate.at(9), 1e-18, schedule);
            assertTrue(Double.isFinite(rate.at(10)), schedule);
        }
    }

    @Test
    void aDecayOfNoStepsIsNone() {
        assertEquals(PEAK, of("wsd", 1000, "warmup_steps", 0, "decay_ratio", 0).at(1000), 1e-18);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 1000, 99_999, 100_000, 1_000_000})
    void theWarmupIsStepsOrAShareOrTheReferences(long total) {
        assertEquals(Math.min(10_000, Math.round(0.1 * total)), of("constant", total).warmupSteps());
        assertEquals(Math.round(0.06 * total), of("constant", total, "warmup_ratio", 0.06).warmupSteps());
        assertEquals(1, of("constant", total, "warmup_steps", 1).warmupSteps());
    }

    /** Half and half of 101 steps are 50.5 each, and both round up. */
    @Test
    void sharesThatAreTheWholeFitWhateverTheNumberOfSteps() {
        for (long total = 1; total < 200; total++) {
            for (double warmup : new double[] {0.1, 0.25, 0.5, 0.9}) {
                var rate = (LearningRate.WarmupStableDecay) of("wsd", total, "warmup_ratio", warmup, "decay_ratio", 1 - warmup);
                assertEquals(Math.round(warmup * total), rate.warmupSteps());
                assertEquals(total, rate.warmupSteps() + rate.decaySteps(), "of " + total + " with a warm-up of " + warmup);
            }
        }
    }

    @Test
    void refused() {
        refused("learning_rate is 0.0", "linear", "learning_rate", 0);
        refused("learning_rate is -1.0", "linear", "learning_rate", -1);
        refused("warmup_steps is 11, expected 0 to the number of steps (10)", "linear", "warmup_steps", 11);
        refused("warmup_steps is -1", "linear", "warmup_steps", -1);
        refused("end_learning_rate is 0.1, expected 0 to learning_rate (1.0E-4)", "cosine", "end_learning_rate", 0.1);
        refused("end_learning_rate is -1.0, expected 0", "wsd", "end_learning_rate", -1);
        refused("schedule_power is 0.0", "polynomial", "schedule_power", 0);
        refused("schedule wsd warms up for 6 steps and decays for 5, of 10 in all", "wsd", "warmup_steps", 6, "decay_ratio", 0.5);
        refused("schedule is 'step', expected one of linear, cosine, polynomial, constant, inverse_sqrt, wsd", "step");
    }

    private static void refused(String message, String schedule, Object... more) {
        Failure failure = assertThrows(Failure.class, () -> of(schedule, 10, more));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
    }
}
