package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Batch;
import org.graphbert.config.Progress;
import org.graphbert.evaluate.Metrics;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.interop.ForeignModel;
import org.graphbert.interop.ForeignModels;
import org.graphbert.interop.ForeignOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TString;

/**
 * The graph against an independent implementation: forward pass, every gradient, ten optimiser steps; with its weights as
 * Google's checkpoint has them, and through both imports.
 */
class GoldenParityTest {

    @TempDir
    private static Path directory;

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
        TrainingGraph graph = TrainingGraph.build(Golden.model(), sizes, Optimisation.reference(), Compute.FLOAT32, 1);
        Ops tf = Ops.create(graph.graph()).withSubScope("golden");
        filename = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
        restoreModel = Saver.restore(tf, filename, graph.variables().trainable());
        session = new TrainingSession(graph, 0, 1);
    }

    @AfterAll
    static void close() {
        session.close();
    }

    /** The checkpoints that must all be the golden model: its own, and those of the runs that imports make of it. */
    static List<String> checkpoints() throws IOException {
        return List.of(Golden.CHECKPOINT.toString(), imported("safetensors", Golden.DIRECTORY),
                imported("google", Golden.CHECKPOINT));
    }

    private static String imported(String name, Path from) throws IOException {
        Path run = directory.resolve(name);
        try (ForeignModel model = ForeignModels.open(from, ForeignOptions.NONE)) {
            ModelImport.run(model, run, new ModelImport.Options(false, 1), Progress.SILENT);
        }
        return new RunDirectory(run).newest().prefix();
    }

    private static void load(String checkpoint) {
        session.initialise();
        try (TString prefix = TString.scalarOf(checkpoint)) {
            session.session().runner().feed(filename, prefix).addTarget(restoreModel).run().close();
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void forwardPassEqualsTheReference(String checkpoint) {
        load(checkpoint);
        JsonNode states = forward.get("hidden_states");
        ObjectNode outputs = ((ObjectNode) forward.deepCopy()).set("sequence_output", states.get(states.size() - 1));
        GoldenComparison.forward(outputs, session, batch);
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void gradientsEqualTheReference(String checkpoint) throws IOException {
        load(checkpoint);
        GoldenComparison.gradients(Golden.json("gradients.json"), session, batch);
    }

    @Test
    void gradientsAreTheNumericOnesOfThePlainEquations() throws IOException {
        load(Golden.CHECKPOINT.toString());
        new NumericGradient(Golden.model(), Sessions.weights(session), batch).compare(
                session.graph().variables().trainable(), Sessions.gradients(session, batch), 1, "");
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void tenOptimiserStepsEqualTheReference(String checkpoint) throws IOException {
        load(checkpoint);
        JsonNode golden = Golden.json("adamw.json");
        LearningRate schedule = LearningRate.of(
                Tiny.optimization(
                        "learning_rate", golden.get("peak_learning_rate").asDouble(),
                        "warmup_steps", golden.get("warmup_steps").asLong()),
                golden.get("total_steps").asLong());
        for (JsonNode step : golden.get("steps")) {
            int number = step.get("step").asInt();
            double rate = schedule.at(number);
            assertEquals(step.get("learning_rate").asDouble(), rate, 1e-12, "learning rate of step " + number);
            TrainingSession.StepResult result = session.step(number, List.of(batch), rate);
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
                double tolerance = variable.name().endsWith("key/bias") ? 0.01 : 1e-4;
                assertEquals(expected, Sessions.norm(values.get(variable.name())), tolerance,
                        variable.name() + " after step " + number);
            }
        }
        assertEquals(golden.get("steps").size(), session.globalStep());
    }
}
