package org.graphbert.train;

import static org.graphbert.train.Sessions.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.train.TrainingSession.StepResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The loss scale of float16: how it moves, what a step that overflows changes, and that a checkpoint has it. */
class LossScaleTest {

    private static final Compute FLOAT16 = new Compute(Precision.FLOAT16, false);
    private static final double RATE = 1e-3;

    private final ModelConfig model = Tiny.model(0.1);
    private final Batch batch = Tiny.batch(model, 4, 16, 3, 1);

    @TempDir
    private Path directory;

    /** The rule in plain Java. */
    private static final class Plain {

        private final long growEvery;
        private double scale;
        private long good;

        Plain(LossScale.Rule rule) {
            this.growEvery = rule.growEvery();
            this.scale = rule.first();
        }

        void step(boolean finite) {
            if (!finite) {
                scale = Math.max(1, scale / 2);
                good = 0;
            } else if (++good == growEvery) {
                scale *= 2;
                good = 0;
            }
        }
    }

    /** + a good step, - one that overflows; then at random. */
    @Test
    void theScaleMovesAsInPlainJava() {
        String script = "++-+++-----+++++++++--+++++-+++";
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        StringBuilder steps = new StringBuilder(script);
        for (int i = 0; i < 200; i++) {
            steps.append(random.nextInt(4) == 0 ? '-' : '+');
        }
        LossScale.Rule rule = new LossScale.Rule(4, 3);
        Plain plain = new Plain(rule);
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Variables variables = new Variables(graph);
            LossScale scale = LossScale.create(variables, rule);
            Operand<TBool> finite = tf.placeholder(TBool.class, Placeholder.shape(Shape.scalar()));
            Op update = scale.update(tf, finite, rule);
            session.runner().addTarget(variables.initialise()).run().close();
            for (int i = 0; i < steps.length(); i++) {
                boolean good = steps.charAt(i) == '+';
                plain.step(good);
                try (TBool value = TBool.scalarOf(good)) {
                    session.runner().feed(finite, value).addTarget(update).run().close();
                }
                try (Result result = session.runner().fetch(scale.value()).fetch(scale.goodSteps().integers()).run()) {
                    String at = "seed " + seed + ", step " + i + " of " + steps;
                    assertEquals(plain.scale, ((TFloat32) result.get(0)).getFloat(), at);
                    assertEquals(plain.good, ((TInt64) result.get(1)).getLong(), at);
                }
            }
        }
    }

    /** From a scale that no gradient stands, down to one that all do: until then no step changes a weight or a moment. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStepThatOverflowsChangesNothingButTheScale(boolean accumulated) {
        try (TrainingSession session = open(model, batch, accumulated, Optimisation.reference(), FLOAT16)) {
            float first = 1L << 40;
            setScale(session, first);
            List<String> kept = session.graph().variables().all().stream()
                    .filter(v -> v.value().type() == TFloat32.class && !v.name().equals(LossScale.SCALE))
                    .map(Variable::name)
                    .toList();
            Map<String, float[]> before = Sessions.values(session, kept);
            float expected = first;
            StepResult result = step(session, 0, accumulated);
            int steps = 1;
            while (!result.applied()) {
                assertEquals(expected, result.lossScale(), "the scale of step " + steps);
                assertFalse(Double.isFinite(result.gradientNorm()));
                assertTrue(result.sums().finite(), "the losses are not scaled");
                Map<String, float[]> after = Sessions.values(session, kept);
                kept.forEach(name -> assertArrayEquals(before.get(name), after.get(name), name));
                expected /= 2;
                result = step(session, steps++, accumulated);
            }
            assertTrue(steps > 10, "overflows of a scale of 2^40: " + steps);
            assertEquals(expected, result.lossScale());
            assertEquals(steps, session.globalStep());
            // The norm is that of the gradients without the scale.
            assertTrue(result.gradientNorm() > 0.1 && result.gradientNorm() < 100, "norm " + result.gradientNorm());
            Map<String, float[]> after = Sessions.values(session, kept);
            assertFalse(Arrays.equals(
                    before.get("bert/embeddings/word_embeddings"), after.get("bert/embeddings/word_embeddings")));
        }
    }

    /** Interrupted while the scale is being found, and resumed from a checkpoint: the same weights, bit for bit. */
    @Test
    void aCheckpointHasTheScale() {
        String prefix = directory.resolve("model.ckpt").toString();
        Map<String, float[]> whole;
        Map<String, float[]> resumed;
        try (TrainingSession session = open(model, batch, false, Optimisation.reference(), FLOAT16)) {
            setScale(session, 1L << 40);
            for (int step = 0; step < 5; step++) {
                assertFalse(step(session, step, false).applied());
            }
            try (Snapshot snapshot = session.snapshot()) {
                snapshot.save(prefix);
            }
            whole = rest(session);
        }
        try (TrainingSession session = open(model, batch, false, Optimisation.reference(), FLOAT16)) {
            session.restore(prefix);
            resumed = rest(session);
        }
        whole.forEach((name, values) -> assertArrayEquals(values, resumed.get(name), name));
    }

    private Map<String, float[]> rest(TrainingSession session) {
        boolean applied = false;
        for (int step = 5; step < 40; step++) {
            applied = step(session, step, false).applied();
        }
        assertTrue(applied, "after 40 steps");
        List<String> names = session.graph().variables().all().stream()
                .filter(v -> v.value().type() == TFloat32.class)
                .map(Variable::name)
                .toList();
        assertTrue(names.contains(LossScale.SCALE));
        return Sessions.values(session, names);
    }

    private StepResult step(TrainingSession session, int step, boolean accumulated) {
        return session.step(step, accumulated ? List.of(batch, batch) : List.of(batch), RATE);
    }

    private static void setScale(TrainingSession session, float value) {
        Ops tf = Ops.create(session.graph().graph()).withSubScope("scripted");
        Op assigned = tf.assignVariableOp(
                session.graph().variables().get(LossScale.SCALE).handle(), tf.constant(value));
        session.session().runner().addTarget(assigned).run().close();
    }
}
