package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Batch;
import org.graphbert.evaluate.Metrics;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.ndarray.Shape;
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
        GoldenComparison.forward(forward, session, batch);
    }

    @Test
    void gradientsEqualTheReference() throws IOException {
        GoldenComparison.gradients(Golden.json("gradients.json"), session, batch);
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
            Map<String, float[]> values = Sessions.values(session, variables.stream().map(Variable::name).toList());
            for (Variable variable : variables) {
                double expected = step.get("norms").get(variable.name()).asDouble();
                // Where the true gradient is zero, Adam magnifies rounding into steps of the learning rate.
                double tolerance = variable.name().endsWith("key/bias") ? 0.1 : 1e-4 * (1 + expected);
                assertEquals(expected, Sessions.norm(values.get(variable.name())), tolerance,
                        variable.name() + " after step " + number);
            }
        }
        assertEquals(golden.get("steps").size(), session.globalStep());
    }
}
