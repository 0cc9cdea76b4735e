package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.graphbert.config.Activation;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A step without a finite norm leaves all as it was, and says where that came from. */
class NonFiniteTest {

    private static final String KERNEL = "bert/encoder/layer_1/output/dense/kernel";
    private static final ModelConfig MODEL =
            new ModelConfig(30, 8, 2, 2, 12, Activation.GELU, 0.1, 0.1, 14, 2, 0.3, 1e-12);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingChangesAndTheFirstVariableIsNamed(boolean accumulated) {
        Batch good = Tiny.batch(MODEL, 4, 12, 4, 21);
        Batch bad = withWeight(good, good.predictions(), Float.NaN);
        try (TrainingSession session = Sessions.open(
                MODEL, accumulated ? good.split(2).get(0) : good, accumulated, AdamW.reference(), 1)) {
            Sessions.randomise(session, 22);
            List<Batch> healthy = accumulated ? good.split(2) : List.of(good);
            List<Batch> poisoned = accumulated ? bad.split(2) : List.of(bad);
            int variables = session.graph().variables().trainable().size();
            assertTrue(session.step(0, healthy, 1e-3).applied());
            assertEquals(Optional.empty(), session.firstNonFinite(0, healthy));

            Map<String, float[]> before = state(session);
            TrainingSession.StepResult result = session.step(1, poisoned, 1e-3);
            assertFalse(result.applied() || result.finite());
            assertEquals(1, result.lossScale());
            same(before, state(session));
            assertEquals(2, session.globalStep());
            NonFinite found = session.firstNonFinite(1, poisoned).orElseThrow();
            assertTrue(found.gradient() && found.affected() > variables / 2 && found.variables() == variables, found.toString());
            assertTrue(found.variable().startsWith("cls/"), "nearest to the loss: " + found.variable());
            same(before, state(session));

            Map<String, float[]> planted = Map.copyOf(before);
            planted.get(KERNEL)[3] = Float.POSITIVE_INFINITY;
            Sessions.assign(session, planted);
            before = state(session);
            assertFalse(session.step(2, healthy, 1e-3).applied());
            assertEquals(Optional.of(new NonFinite(KERNEL, false, 1, variables)), session.firstNonFinite(2, healthy));
            same(before, state(session));
            assertEquals("1 of " + variables + " weights are not finite, " + KERNEL + " the first",
                    session.firstNonFinite(2, healthy).orElseThrow().words());
        }
    }

    private static Map<String, float[]> state(TrainingSession session) {
        return Sessions.values(session, session.graph().variables().all().stream()
                .map(Variable::name).filter(name -> !name.equals("global_step")).toList());
    }

    private static void same(Map<String, float[]> before, Map<String, float[]> after) {
        before.forEach((name, values) -> assertArrayEquals(values, after.get(name), 0f, name));
    }

    private static Batch withWeight(Batch batch, int at, float weight) {
        float[] weights = batch.maskedLmWeights().clone();
        weights[at] = weight;
        return new Batch(batch.size(), batch.sequenceLength(), batch.predictions(), batch.inputIds(), batch.inputMask(),
                batch.segmentIds(), batch.maskedLmPositions(), batch.maskedLmIds(), weights, batch.nextSentenceLabels(),
                batch.records());
    }
}
