package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.graphbert.config.Batch;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.evaluate.ClassificationBatch;
import org.graphbert.evaluate.PaddedQueries;
import org.graphbert.graph.ClassifierTower;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The classification head and its training: against the plain equations, and with the weights of another session. */
class FineTuningTest {

    private static final int MODELS = 9;
    /** As near as {@link RandomModelsTest} has the other heads. */
    private static final double FORWARD = 1e-5;

    @Property(tries = 1, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void classifiersComputeThePlainEquations(@ForAll long seed) {
        Random random = new Random(seed);
        for (RandomModel model : RandomModel.deal(seed, MODELS)) {
            if (model.batch().packing() == null) {
                String what = "seed " + seed + "\n" + Json.write(model.config()) + "\n";
                compare(model, 2 + random.nextInt(3), random, what);
            }
        }
    }

    private static void compare(RandomModel model, int classes, Random random, String what) {
        ClassificationBatch batch = classified(model.batch(), classes, random);
        try (FineTuningGraph graph = FineTuningGraph.build(model.config(), classes, Optimisation.reference(), 1);
                FineTuningSession session = new FineTuningSession(graph, 1, 1)) {
            Map<String, float[]> drawn = Sessions.drawn(graph.variables(), random);
            Sessions.assign(graph.graph(), session.session(), graph.variables(), drawn);
            Map<String, double[]> weights = new LinkedHashMap<>();
            drawn.forEach((name, values) -> weights.put(name, Sessions.doubles(values)));
            ModelConfig pooled = model.config().withOptions(model.config().options().withPairHead());
            PlainBert plain = new PlainBert(pooled, weights);
            List<Double> expected = new ArrayList<>();
            for (PlainText text : PlainText.of(model.batch())) {
                for (double logit : plain.classes(plain.pooled(plain.encode(model.batch(), text).output()))) {
                    expected.add(logit);
                }
            }
            double loss = plain.classification(model.batch(), batch.labels());
            for (ClassifierTower tower : List.of(graph.training(), graph.evaluation())) {
                List<float[]> found = fetch(session, tower, batch, List.of(tower.logits(), tower.loss()));
                double largest = expected.stream().mapToDouble(Math::abs).max().orElseThrow();
                for (int i = 0; i < expected.size(); i++) {
                    assertEquals(expected.get(i), found.get(0)[i], FORWARD * largest, what + "logit " + i);
                }
                assertEquals(loss, found.get(1)[0] / batch.size(), FORWARD * Math.max(1, loss), what + "loss");
            }
            List<float[]> gradients = fetch(session, graph.training(), batch, graph.learning().gradients());
            List<Variable> learned = graph.learning().learned().stream().map(Learned::variable).toList();
            new NumericGradient(pooled, weights, p -> p.classification(model.batch(), batch.labels()))
                    .compare(learned, gradients, model.weights(), what);
        }
    }

    private static List<float[]> fetch(
            FineTuningSession session, ClassifierTower tower, ClassificationBatch batch, List<Operand<TFloat32>> operands) {
        try (Feed feed = FineTuningSession.feed(tower, batch).scalar(session.graph().examples(), batch.size())) {
            if (tower.dropoutKey() != null) {
                feed.add(tower.dropoutKey(), TInt64.scalarOf(0));
            }
            return Sessions.run(session.session(), feed, operands);
        }
    }

    private static ClassificationBatch classified(Batch batch, int classes, Random random) {
        PaddedQueries texts = new PaddedQueries(batch.size(), batch.sequenceLength(), 0,
                batch.inputIds(), batch.inputMask(), batch.segmentIds(), new int[0]);
        return new ClassificationBatch(texts, random.ints(batch.size(), 0, classes).toArray());
    }

    @Test
    void theHeadIsNamedAsRunClassifierNamesIt() {
        for (boolean pairHead : new boolean[] {true, false}) {
            ModelConfig model = Tiny.model(0).withOptions(
                    new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, pairHead, null, null));
            try (FineTuningGraph graph = FineTuningGraph.build(model, 3, Optimisation.reference(), 1)) {
                assertArrayEquals(new long[] {3, 16}, graph.variables().get("output_weights").shape().asArray());
                assertArrayEquals(new long[] {3}, graph.variables().get("output_bias").shape().asArray());
                assertArrayEquals(new long[] {16, 16}, graph.variables().get("bert/pooler/dense/kernel").shape().asArray());
                assertTrue(graph.variables().get("output_weights").decayed());
                assertFalse(graph.variables().get("output_bias").decayed());
                assertTrue(graph.variables().trainable().stream().noneMatch(v -> v.name().startsWith("cls/")));
            }
        }
    }

    @Test
    void theEncoderIsTakenToTheLastBitAndTheSessionItComesFromIsLeftAlone() {
        for (boolean pairHead : new boolean[] {true, false}) {
            ModelConfig model = Tiny.model(0.1).withOptions(
                    new EncoderOptions(true, PositionEmbedding.RELATIVE_KEY, true, pairHead, 12, 1));
            Batch batch = Tiny.batch(model, 4, 24, 4, 8);
            try (TrainingSession from = Sessions.open(model, batch, false, AdamW.reference(), 1.0);
                    FineTuningGraph graph = FineTuningGraph.build(model, 2, Optimisation.reference(), 7)) {
                for (int step = 0; step < 3; step++) {
                    from.step(step, List.of(batch), 1e-2);
                }
                Map<String, float[]> before = all(from);
                List<String> ours = graph.variables().trainable().stream().map(Variable::name).toList();
                try (FineTuningSession session = new FineTuningSession(graph, 1, 1)) {
                    session.initialise();
                    Map<String, float[]> initial = values(session, ours);
                    session.takeEncoder(from);
                    Map<String, float[]> taken = values(session, ours);
                    for (String name : ours) {
                        boolean shared = name.startsWith("bert/") && (pairHead || !name.startsWith("bert/pooler/"));
                        assertArrayEquals(shared ? before.get(name) : initial.get(name), taken.get(name), 0f, name);
                    }
                    for (int step = 0; step < 5; step++) {
                        session.step(step, classified(batch, 2, new Random(step)), 1e-2);
                    }
                    Map<String, float[]> learnt = values(session, ours);
                    ours.stream().filter(name -> name.endsWith("kernel") || name.endsWith("weights"))
                            .forEach(name -> assertTrue(Sessions.norm(learnt.get(name)) != Sessions.norm(taken.get(name)), name));
                }
                Map<String, float[]> after = all(from);
                before.forEach((name, values) -> assertArrayEquals(values, after.get(name), 0f, name));
            }
        }
    }

    private static Map<String, float[]> values(FineTuningSession session, List<String> names) {
        Map<String, float[]> values = new LinkedHashMap<>();
        List<Operand<TFloat32>> reads = names.stream().map(name -> session.graph().variables().get(name).floats()).toList();
        List<float[]> read = Sessions.run(session.session(), new Feed(), reads);
        for (int i = 0; i < reads.size(); i++) {
            values.put(names.get(i), read.get(i));
        }
        return values;
    }

    /** Weights and slots. */
    static Map<String, float[]> all(TrainingSession session) {
        return Sessions.values(session, session.graph().variables().all().stream()
                .filter(v -> v.value().type() == TFloat32.class).map(Variable::name).toList());
    }
}
