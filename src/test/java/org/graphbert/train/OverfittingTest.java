package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.graphbert.config.Batch;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.evaluate.Metrics;
import org.junit.jupiter.api.Test;

/** One batch is learnt by heart, by BERT and with every option. */
class OverfittingTest {

    private static final int STEPS = 400;
    private static final int WARM_UP = 20;
    private static final double PEAK = 1e-2;

    @Test
    void bertLearnsABatchByHeart() {
        requireLearnt(EncoderOptions.NONE);
    }

    @Test
    void aModelWithAllOptionsLearnsABatchByHeart() {
        requireLearnt(new EncoderOptions(true, PositionEmbedding.ROTARY, true, true, 12, 1));
        requireLearnt(new EncoderOptions(true, PositionEmbedding.RELATIVE_KEY_QUERY, true, true, 12, 2));
    }

    private static void requireLearnt(EncoderOptions options) {
        ModelConfig model = Tiny.model(0).withOptions(options);
        AdamW optimiser = new AdamW(0.9, 0.999, 1e-6, 0.01, true);
        Batch batch = Tiny.batch(model, 8, 24, 4, 8);
        try (TrainingSession session = Sessions.open(model, batch, false, optimiser, 1.0)) {
            for (int step = 0; step < STEPS; step++) {
                double rate = PEAK * Math.min(1, (step + 1.0) / WARM_UP) * (1 - (double) step / STEPS);
                session.step(step, List.of(batch), rate);
            }
            Metrics learnt = session.evaluate(batch).metrics();
            assertTrue(learnt.loss() < 0.05, options.named() + ": " + learnt);
            assertEquals(1, learnt.maskedLmAccuracy(), 1e-4);
            assertEquals(1, learnt.nextSentenceAccuracy(), 1e-6);
        }
    }
}
