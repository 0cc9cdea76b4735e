package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Batch;
import org.graphbert.evaluate.Metrics;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** The graph against an independent implementation: forward pass, every gradient, ten optimiser steps. */
class GoldenParityTest {

    private static TrainingSession session;
    private static Op restoreModel;
    private static Operand<TString> filename;
    private static Batch batch;
    private static JsonNode forward;

    @BeforeAll
    static void build() throws IOException {
        batch = Golden.batch();
        forward = Golden.json("forward.json");
        TrainingGraph.Sizes sizes =
                new TrainingGraph.Sizes(batch.size(), batch.sequenceLength(), batch.predictions(), false);
        TrainingGraph graph = TrainingGraph.build(Golden.model(), sizes, AdamW.reference(), 1.0, 1);
        Ops tf = Ops.create(graph.graph()).withSubScope("golden");
        filename = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
        restoreModel = Saver.restore(tf, filename, graph.variables().trainable());
        session = new TrainingSession(graph, 0, 1);
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @BeforeEach
    void load() {
        session.initialise();
        try (TString prefix = TString.scalarOf(Golden.CHECKPOINT.toString())) {
            session.session().runner().feed(filename, prefix).addTarget(restoreModel).run().close();
        }
    }

    @Test
    void forwardPassEqualsTheReference() {
        for (Tower tower : List.of(session.graph().evaluation(), session.graph().training())) {
            JsonNode hidden = forward.get("hidden_states");
            // The training tower's last layer goes no further than the heads look: they are what shows it to be right.
            boolean whole = tower == session.graph().evaluation();
            assertEquals(hidden.size() - (whole ? 0 : 1), tower.hiddenStates().size());
            for (int layer = 0; layer < tower.hiddenStates().size(); layer++) {
                close(hidden.get(layer), fetch(tower, tower.hiddenStates().get(layer)), "hidden state " + layer);
            }
            if (whole) {
                close(hidden.get(hidden.size() - 1), fetch(tower, tower.sequenceOutput()), "sequence output");
            }
            close(forward.get("pooled_output"), fetch(tower, tower.pooledOutput()), "pooled output");
            close(forward.get("masked_lm_logits"), fetch(tower, tower.maskedLmLogits()), "masked-LM logits");
            close(forward.get("next_sentence_logits"), fetch(tower, tower.nextSentenceLogits()), "NSP logits");
        }
        Metrics metrics = session.evaluate(batch).metrics();
        assertEquals(forward.get("masked_lm_loss").asDouble(), metrics.maskedLmLoss(), 1e-5);
        assertEquals(forward.get("next_sentence_loss").asDouble(), metrics.nextSentenceLoss(), 1e-5);
    }

    @Test
    void gradientsEqualTheReference() throws IOException {
        JsonNode expected = Golden.json("gradients.json");
        List<Variable> variables = session.graph().variables().trainable();
        assertEquals(expected.size(), variables.size(), "number of variables");
        List<float[]> gradients = fetchAll(session.graph().training(), session.graph().gradients());
        for (int i = 0; i < variables.size(); i++) {
            String name = variables.get(i).name();
            JsonNode golden = expected.get(name);
            assertTrue(golden != null, "the reference has no variable " + name);
            float[] found = gradients.get(i);
            double norm = norm(found);
            double tolerance = 1e-6 + 1e-4 * golden.get("l2").asDouble();
            // A key bias shifts all scores of a row alike: its true gradient is zero, the reference's is rounding.
            if (name.endsWith("key/bias")) {
                assertTrue(norm < 1e-6, name + ": gradient norm " + norm);
                continue;
            }
            assertEquals(golden.get("l2").asDouble(), norm, tolerance, name + ": norm");
            float[] head = Golden.floats(golden.get("head"));
            for (int j = 0; j < head.length; j++) {
                assertEquals(head[j], found[j], tolerance, name + "[" + j + "]");
            }
        }
    }

    @Test
    void tenOptimiserStepsEqualTheReference() throws IOException {
        JsonNode golden = Golden.json("adamw.json");
        LearningRate schedule = LearningRate.of(
                "linear",
                golden.get("peak_learning_rate").asDouble(),
                golden.get("warmup_steps").asLong(),
                golden.get("total_steps").asLong());
        for (JsonNode step : golden.get("steps")) {
            int number = step.get("step").asInt();
            double rate = schedule.at(number);
            assertEquals(step.get("learning_rate").asDouble(), rate, 1e-12, "learning rate of step " + number);
            TrainingSession.StepResult result = session.step(number, List.of(batch), rate, rate);
            Metrics metrics = result.sums().metrics();
            assertEquals(step.get("masked_lm_loss").asDouble(), metrics.maskedLmLoss(), 1e-4, "MLM, step " + number);
            assertEquals(step.get("next_sentence_loss").asDouble(), metrics.nextSentenceLoss(), 1e-4, "NSP, step " + number);
            double norm = step.get("grad_norm").asDouble();
            assertEquals(norm, result.gradientNorm(), 1e-4 * norm, "gradient norm, step " + number);
            List<Variable> variables = session.graph().variables().trainable();
            List<float[]> values = fetchAll(
                    session.graph().training(), variables.stream().map(Variable::floats).toList());
            for (int i = 0; i < variables.size(); i++) {
                Variable variable = variables.get(i);
                double expected = step.get("norms").get(variable.name()).asDouble();
                // Where the true gradient is zero, Adam magnifies rounding into steps of the learning rate.
                double tolerance = variable.name().endsWith("key/bias") ? 0.1 : 1e-4 * (1 + expected);
                assertEquals(expected, norm(values.get(i)), tolerance,
                        variable.name() + " after step " + number);
            }
        }
        assertEquals(golden.get("steps").size(), session.globalStep());
    }

    private static float[] fetch(Tower tower, Operand<TFloat32> operand) {
        return fetchAll(tower, List.of(operand)).get(0);
    }

    private static List<float[]> fetchAll(Tower tower, List<Operand<TFloat32>> operands) {
        try (Feed feed = new Feed()
                .batch(tower.inputs(), batch)
                .scalar(session.graph().maskedLmWeight(), batch.weight() + Sums.WEIGHT_EPSILON)
                .scalar(session.graph().examples(), batch.size())) {
            if (tower.dropoutKey() != null) {
                feed.add(tower.dropoutKey(), TInt64.scalarOf(0));
            }
            Session.Runner runner = feed.to(session.session().runner());
            operands.forEach(runner::fetch);
            List<float[]> all = new ArrayList<>();
            try (Result result = runner.run()) {
                for (int i = 0; i < operands.size(); i++) {
                    TFloat32 tensor = (TFloat32) result.get(i);
                    float[] values = new float[(int) tensor.size()];
                    tensor.asRawTensor().data().asFloats().read(values);
                    all.add(values);
                }
            }
            return all;
        }
    }

    private static void close(JsonNode expected, float[] found, String what) {
        assertArrayEquals(Golden.floats(expected), found, 1e-5f, what);
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
