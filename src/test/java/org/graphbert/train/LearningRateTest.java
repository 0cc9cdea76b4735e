package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

class LearningRateTest {

    private static final double PEAK = 1e-4;

    @Test
    void linearIsTheReferences() {
        LearningRate rate = LearningRate.of("linear", PEAK, 100, 1000);
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
    void cosine() {
        LearningRate rate = LearningRate.of("cosine", PEAK, 100, 1100);
        assertEquals(0, rate.at(0));
        assertEquals(PEAK * 0.99, rate.at(99), 1e-18);
        assertEquals(PEAK, rate.at(100), 1e-18);
        assertEquals(PEAK / 2, rate.at(600), 1e-18);
        assertEquals(PEAK * (1 + Math.sqrt(0.5)) / 2, rate.at(350), 1e-18);
        assertEquals(0, rate.at(1100), 1e-18);
        assertEquals(0, rate.at(5000), 1e-18);
    }

    @Test
    void constant() {
        LearningRate rate = LearningRate.of("constant", PEAK, 10, 20);
        assertEquals(0, rate.at(0));
        assertEquals(PEAK * 0.9, rate.at(9), 1e-18);
        assertEquals(PEAK, rate.at(10));
        assertEquals(PEAK, rate.at(20));
    }

    @Test
    void withoutWarmup() {
        for (String schedule : new String[] {"linear", "cosine", "constant"}) {
            assertEquals(PEAK, LearningRate.of(schedule, PEAK, 0, 10).at(0), 1e-18, schedule);
        }
    }

    @Test
    void warmupToTheEnd() {
        for (String schedule : new String[] {"linear", "cosine", "constant"}) {
            assertEquals(PEAK * 0.9, LearningRate.of(schedule, PEAK, 10, 10).at(9), 1e-18, schedule);
        }
    }

    @Test
    void refused() {
        refused("learning_rate is 0.0", "linear", 0, 1, 10);
        refused("learning_rate is NaN", "linear", Double.NaN, 1, 10);
        refused("learning_rate is -1.0", "linear", -1, 1, 10);
        refused("warmup_steps is 11, expected 0 to the number of steps (10)", "linear", PEAK, 11, 10);
        refused("warmup_steps is -1", "linear", PEAK, -1, 10);
        refused("schedule is 'step', expected one of linear, cosine, constant", "step", PEAK, 1, 10);
        for (AdamWConstants c : new AdamWConstants[] {
            new AdamWConstants("beta1 is 1.0", 1, 0.9, 1e-6, 0), new AdamWConstants("beta2 is -0.1", 0.9, -0.1, 1e-6, 0),
            new AdamWConstants("epsilon is 0.0", 0.9, 0.9, 0, 0), new AdamWConstants("weight_decay is -1.0", 0.9, 0.9, 1e-6, -1)
        }) {
            Failure failure = assertThrows(
                    Failure.class, () -> new AdamW(c.beta1, c.beta2, c.epsilon, c.weightDecay, false));
            assertTrue(failure.getMessage().startsWith(c.message), failure.getMessage());
        }
    }

    private record AdamWConstants(String message, double beta1, double beta2, double epsilon, double weightDecay) {}

    private static void refused(String message, String schedule, double peak, long warmup, long total) {
        Failure failure = assertThrows(Failure.class, () -> LearningRate.of(schedule, peak, warmup, total));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
    }
}
