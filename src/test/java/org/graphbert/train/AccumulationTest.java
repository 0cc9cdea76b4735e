package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.graphbert.config.Activation;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A step of several micro-batches is the step of the large batch, whatever each holds of it. What an optimiser makes of their
 * sum is compared in {@link OptimiserTest}.
 */
class AccumulationTest {

    private static final ModelConfig MODEL =
            new ModelConfig(30, 8, 1, 2, 12, Activation.GELU, 0, 0, 14, 2, 0.3, 1e-12);

    /** Adam with an epsilon beside which the rounding of a gradient that is nearly 0 is small. */
    private static Stream<Arguments> optimisers() {
        return Stream.of(
                Arguments.of(new AdamW(0.9, 0.999, 1e-3, 0.01, true), true),
                Arguments.of(new Lamb(0.9, 0.999, 1e-3, 0.01, true), false),
                Arguments.of(new Adafactor(0.01), true),
                Arguments.of(new Sgd(0.9, 0.01), false));
    }

    @ParameterizedTest
    @MethodSource("optimisers")
    void microBatchesAddUp(Optimiser optimiser, boolean packed) {
        Batch large = RandomBatch.of(new Random(5), MODEL, 8, 12, packed, true);
        List<Batch> micro = large.split(4);
        assertTrue(micro.stream().mapToDouble(Batch::weight).distinct().count() > 1, "unequal weights");
        assertEquals(packed, micro.stream().mapToInt(Batch::pairs).distinct().count() > 1, "unequal numbers of pairs");
        try (TrainingSession whole = Sessions.open(MODEL, large, false, optimiser, 0.5);
                TrainingSession parts = Sessions.open(MODEL, micro.get(0), true, optimiser, 0.5)) {
            Sessions.randomise(whole, 10);
            Sessions.randomise(parts, 10);
            for (int step = 0; step < 3; step++) {
                TrainingSession.StepResult one = whole.step(step, List.of(large), 1e-3);
                TrainingSession.StepResult four = parts.step(step, micro, 1e-3);
                assertEquals(one.gradientNorm(), four.gradientNorm(), 1e-6 * one.gradientNorm());
                assertTrue(one.applied() && four.applied() && one.gradientNorm() > 0.5, "clipped: " + one.gradientNorm());
                assertEquals(one.sums().metrics().maskedLmLoss(), four.sums().metrics().maskedLmLoss(), 1e-6);
                Map<String, double[]> expected = Sessions.weights(whole);
                Sessions.weights(parts).forEach((name, found) -> {
                    // Its true gradient is 0: an optimiser that divides by it magnifies rounding, which no two runs share.
                    if (!name.endsWith("key/bias")) {
                        assertArrayEquals(expected.get(name), found, 1e-6, name);
                    }
                });
            }
        }
    }
}
