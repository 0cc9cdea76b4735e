package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.VariableRule;
import org.graphbert.graph.Clip;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.interop.OptimizerSlots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Updates, on gradients that they are fed, against the papers' algorithms in float64. */
class OptimiserTest {

    private static final int STEPS = 5;
    private static final double TOLERANCE = 1e-6;
    private static final ModelConfig MODEL = Tiny.model(0);
    /** Of every kind that a rule, the layer or the name's decay tells from another. */
    private static final Map<String, Shape> SHAPES = Map.of(
            "bert/embeddings/word_embeddings", Shape.of(9, 5),
            "bert/embeddings/LayerNorm/gamma", Shape.of(5),
            "bert/encoder/embedding_hidden_mapping_in/kernel", Shape.of(5, 8),
            "bert/encoder/layer_0/attention/self/query/kernel", Shape.of(8, 8),
            "bert/encoder/layer_0/attention/self/query/bias", Shape.of(8),
            "bert/encoder/layer_1/output/dense/kernel", Shape.of(12, 8),
            "bert/encoder/layer_1/output/LayerNorm/beta", Shape.of(8),
            "cls/predictions/output_bias", Shape.of(9),
            "cls/seq_relationship/output_weights", Shape.of(2, 8));

    private static final List<Optimiser> OPTIMISERS = List.of(
            AdamW.reference(),
            new AdamW(0.8, 0.95, 1e-3, 0.2, true),
            new AdamW(0.9, 0.999, 1e-6, 0, true),
            new Lamb(0.9, 0.999, 1e-6, 0.01, true),
            new Lamb(0.8, 0.95, 1e-3, 0.2, false),
            new Lamb(0.9, 0.999, 1e-6, 0, true),
            new Adafactor(0.01),
            new Adafactor(0),
            new Sgd(0.9, 0.01),
            new Sgd(0, 0));

    /** @param accumulated how many micro-batches a step's gradients are the sum of; 0 for a step of one batch */
    private record Case(Optimiser optimiser, double clip, int accumulated, double layerDecay, List<VariableRule> rules) {}

    /** A graph of nothing but variables, gradients to be fed, and the update. */
    private static final class Small implements AutoCloseable {

        private final Graph graph = new Graph();
        private final Variables variables = new Variables(graph);
        private final Optimiser optimiser;
        private final List<Learned> learned;
        private final List<Operand<TFloat32>> gradients = new ArrayList<>();
        private final Collected collected;
        private final Clip clip;
        private final Updates updates;
        private final Op update;
        private final Session session;

        Small(Case given) {
            optimiser = given.optimiser();
            new TreeMap<>(SHAPES).forEach((name, shape) ->
                    variables.trainable(name, shape, (tf, n, s) -> tf.fill(tf.constant(s), tf.constant(0f))));
            Ops tf = Ops.create(graph);
            learned = new Optimisation(optimiser, given.clip(), given.layerDecay(), given.rules())
                    .learned(MODEL, variables.trainable());
            learned.forEach(l -> gradients.add(
                    tf.placeholder(TFloat32.class, Placeholder.shape(l.variable().shape()))));
            collected = given.accumulated() == 0 ? null : Collected.create(tf, variables, learned, gradients);
            clip = Clip.byGlobalNorm(tf, collected == null ? gradients : collected.sums(), given.clip());
            updates = Updates.create(tf, variables, optimiser, learned, clip);
            update = collected == null ? updates.all() : collected.reset(tf.withControlDependencies(updates.all()));
            session = new Session(graph);
            session.runner().addTarget(variables.initialise()).run().close();
            Sessions.assign(graph, session, variables, Sessions.drawn(variables, new Random(2)));
        }

        Map<String, float[]> values(List<Variable> of) {
            Map<String, float[]> values = new LinkedHashMap<>();
            List<Operand<TFloat32>> reads = of.stream().map(Variable::floats).toList();
            List<float[]> all = of.isEmpty() ? List.of() : Sessions.run(session, new Feed(), reads);
            of.forEach(v -> values.put(v.name(), all.get(values.size())));
            return values;
        }

        Map<String, double[]> weights() {
            Map<String, double[]> weights = new LinkedHashMap<>();
            values(variables.trainable()).forEach((name, values) -> weights.put(name, Sessions.doubles(values)));
            return weights;
        }

        /** All but the number of steps. */
        List<Variable> all() {
            return variables.all().stream().filter(v -> !v.name().equals("global_step")).toList();
        }

        List<Variable> slots() {
            return all().stream().filter(v -> !v.trainable() && !Collected.holds(v)).toList();
        }

        long globalStep() {
            try (Result result = session.runner().fetch(variables.globalStep().value()).run()) {
                return ((TInt64) result.get(0)).getLong();
            }
        }

        /** One step on these gradients; their norm. */
        double step(List<List<float[]>> micro, double rate, long step) {
            double norm = Double.NaN;
            for (int i = 0; i < micro.size() + (collected == null ? 0 : 1); i++) {
                try (Feed feed = new Feed()) {
                    for (int v = 0; i < micro.size() && v < learned.size(); v++) {
                        feed.floats(gradients.get(v), learned.get(v).variable().shape(), micro.get(i).get(v));
                    }
                    Session.Runner runner = session.runner();
                    boolean last = collected == null || i == micro.size();
                    if (last) {
                        optimiser.scalars(rate, step).forEach((name, value) -> feed.scalar(updates.scalars().get(name), value));
                        runner.addTarget(update).fetch(clip.norm());
                    } else {
                        runner.addTarget(collected.add());
                    }
                    try (Result result = feed.to(runner).run()) {
                        norm = last ? ((TFloat32) result.get(0)).getFloat() : norm;
                    }
                }
            }
            return norm;
        }

        @Override
        public void close() {
            session.close();
            graph.close();
        }
    }

    private static Stream<Case> cases() {
        List<VariableRule> rules = List.of(
                new VariableRule("LayerNorm", 2.0, 0.3),
                new VariableRule("^bert/embeddings/", 0.0, null),
                new VariableRule("kernel$", null, 0.0));
        return OPTIMISERS.stream().flatMap(optimiser -> Stream.of(
                new Case(optimiser, 1e9, 0, 1, List.of()),
                new Case(optimiser, 0.7, 3, 0.8, rules)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyUpdateIsTheAlgorithms(Case given) {
        try (Small small = new Small(given)) {
            List<Learned> learned = small.learned;
            assertEquals(given.rules().isEmpty(), learned.size() == SHAPES.size());
            PlainOptimiser plain = plain(given.optimiser(), small);
            Map<String, double[]> holds = new LinkedHashMap<>();
            learned.forEach(l -> holds.put(l.variable().name(), expected(given, l.variable().name())));
            Random random = new Random(3);
            for (int step = 0; step < STEPS; step++) {
                double rate = 0.004 / (step + 1);
                Map<String, double[]> sums = new LinkedHashMap<>();
                List<List<float[]>> micro = new ArrayList<>();
                for (int i = 0; i < Math.max(1, given.accumulated()); i++) {
                    micro.add(draw(random, learned));
                    for (int v = 0; v < learned.size(); v++) {
                        double[] drawn = Sessions.doubles(micro.get(i).get(v));
                        sums.merge(learned.get(v).variable().name(), drawn, PlainMath::plus);
                    }
                }
                double norm = PlainOptimiser.norm(sums.values());
                assertEquals(given.clip() < norm, given.accumulated() > 0, "clipped: " + norm);
                assertEquals(norm, small.step(micro, rate, step), 1e-6 * norm);
                plain.step(sums, given.clip(), rate, holds, step + 1);
                String after = " after step " + step;
                small.weights().forEach((name, found) ->
                        assertArrayEquals(plain.weights().get(name), found, TOLERANCE, name + after));
            }
            assertEquals(plain.state().size(), small.slots().size());
            small.values(small.slots()).forEach((name, found) -> {
                double[] expected = plain.state().get(name);
                double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
                for (int i = 0; i < found.length; i++) {
                    // The fused kernel takes 1 − 0.999f for 0.001, which is off by 1.3e-5 of it.
                    assertEquals(expected[i], found[i], 2e-5 * Math.abs(expected[i]) + 1e-6 * largest, name);
                }
            });
            assertEquals(STEPS, small.globalStep());
        }
    }

    /** What a rule, the layer and the name say, written out: the factor of the rate, and the decay. */
    private static double[] expected(Case given, String name) {
        double decay = name.contains("LayerNorm") || name.contains("bias") ? 0 : given.optimiser().weightDecay();
        if (given.rules().isEmpty()) {
            return new double[] {1, decay};
        }
        double factor = name.startsWith("bert/encoder/layer_0/") ? 0.64
                : name.startsWith("bert/encoder/layer_1/") ? 0.8
                : name.startsWith("bert/") ? 0.512 : 1;
        if (name.contains("LayerNorm")) {
            return new double[] {2 * factor, 0.3};
        }
        return new double[] {factor, name.endsWith("kernel") ? 0 : decay};
    }

    /** Neither a NaN nor an infinity, nor finite gradients whose squares are too large, change anything; the next step does. */
    @ParameterizedTest
    @MethodSource("gates")
    void aNormThatIsNotFiniteChangesNothing(Case given) {
        for (float planted : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 1e30f}) {
            try (Small small = new Small(given)) {
                Random random = new Random(4);
                for (int step = 0; step < 4; step++) {
                    List<List<float[]>> micro = new ArrayList<>();
                    for (int i = 0; i < Math.max(1, given.accumulated()); i++) {
                        micro.add(draw(random, small.learned));
                    }
                    boolean poisoned = step % 2 == 0;
                    if (poisoned) {
                        micro.get(micro.size() - 1).get(3)[1] = planted;
                    }
                    Map<String, float[]> before = small.values(small.all());
                    double norm = small.step(micro, 0.1, step);
                    Map<String, float[]> after = small.values(small.all());
                    assertEquals(!poisoned, Double.isFinite(norm));
                    for (String name : before.keySet()) {
                        if (name.endsWith("gradient_sum")) {
                            assertArrayEquals(new float[after.get(name).length], after.get(name), name);
                        } else if (poisoned) {
                            assertArrayEquals(before.get(name), after.get(name), 0f, name);
                        } else {
                            for (float value : after.get(name)) {
                                assertTrue(Float.isFinite(value), name);
                            }
                        }
                    }
                    String first = small.learned.get(0).variable().name();
                    assertEquals(poisoned, before.get(first)[0] == after.get(first)[0], first);
                }
                assertEquals(4, small.globalStep());
            }
        }
    }

    private static Stream<Case> gates() {
        return Stream.of(
                new Case(AdamW.reference(), 0.7, 0, 1, List.of()),
                new Case(new AdamW(0.9, 0.999, 1e-6, 0.01, true), 0.7, 2, 1, List.of()),
                new Case(new Lamb(0.9, 0.999, 1e-6, 0.01, true), 1e9, 2, 1, List.of()),
                new Case(new Adafactor(0.01), 1e9, 0, 1, List.of()),
                new Case(new Sgd(0.9, 0.01), 0.7, 0, 1, List.of()),
                new Case(new Sgd(0, 0.01), 0.7, 0, 1, List.of()));
    }

    @Test
    void whatAnOptimiserKeepsIsWhatItNeeds() {
        for (Optimiser optimiser : OPTIMISERS) {
            try (Small small = new Small(new Case(optimiser, 1, 0, 1, List.of()))) {
                long parameters = SHAPES.values().stream().mapToLong(Shape::size).sum();
                long factored = SHAPES.values().stream()
                        .mapToLong(s -> s.numDimensions() == 2 ? s.get(0) + s.get(1) : s.size()).sum();
                long expected = optimiser instanceof Sgd sgd ? (sgd.momentum() == 0 ? 0 : parameters)
                        : optimiser instanceof Adafactor ? factored : 2 * parameters;
                assertEquals(expected, small.slots().stream().mapToLong(v -> v.shape().size()).sum(), optimiser.toString());
                for (Variable slot : small.slots()) {
                    assertTrue(OptimizerSlots.variableOf(slot.name()).filter(SHAPES::containsKey).isPresent(), slot.name());
                }
            }
        }
    }

    @Test
    void refused() {
        refused("beta1 is 1.0", () -> new AdamW(1, 0.9, 1e-6, 0, false));
        refused("beta2 is -0.1", () -> new AdamW(0.9, -0.1, 1e-6, 0, false));
        refused("epsilon is 0.0", () -> new AdamW(0.9, 0.9, 0, 0, false));
        refused("weight_decay is -1.0", () -> new AdamW(0.9, 0.9, 1e-6, -1, false));
        refused("beta1 is NaN", () -> new Lamb(Double.NaN, 0.9, 1e-6, 0, true));
        refused("momentum is 1.0", () -> new Sgd(1, 0));
        refused("weight_decay is Infinity", () -> new Adafactor(Double.POSITIVE_INFINITY));
        refused("optimizer is 'adam', expected one of adamw, lamb, adafactor, sgd",
                () -> Optimiser.of(Tiny.optimization("optimizer", "adam")));
    }

    @Test
    void aConfigurationsKeysReachTheirOptimiser() {
        Object[] keys = {"beta1", 0.8, "beta2", 0.98, "epsilon", 1e-8, "weight_decay", 0.1, "momentum", 0.5, "optimizer", "adamw"};
        assertEquals(new AdamW(0.8, 0.98, 1e-8, 0.1, false), Optimiser.of(Tiny.optimization(keys)));
        keys[keys.length - 1] = "lamb";
        assertEquals(new Lamb(0.8, 0.98, 1e-8, 0.1, true), Optimiser.of(Tiny.optimization(keys)));
        keys[keys.length - 1] = "adafactor";
        assertEquals(new Adafactor(0.1), Optimiser.of(Tiny.optimization(keys)));
        keys[keys.length - 1] = "sgd";
        assertEquals(new Sgd(0.5, 0.1), Optimiser.of(Tiny.optimization(keys)));
    }

    private static void refused(String message, Executable made) {
        Failure failure = assertThrows(Failure.class, made);
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
    }

    private static PlainOptimiser plain(Optimiser optimiser, Small small) {
        Map<String, Integer> columns = new LinkedHashMap<>();
        SHAPES.forEach((name, shape) -> columns.put(name, (int) shape.get(shape.numDimensions() - 1)));
        return PlainOptimiser.of(PlainOptimiser.of(optimiser), small.weights(), columns);
    }

    /** About 0.3 each; in every matrix one row without any, as a word has that no batch holds. */
    private static List<float[]> draw(Random random, List<Learned> learned) {
        List<float[]> gradients = new ArrayList<>();
        for (Learned each : learned) {
            int columns = (int) each.variable().shape().get(each.variable().shape().numDimensions() - 1);
            float[] values = new float[(int) each.variable().shape().size()];
            for (int i = columns == values.length ? 0 : columns; i < values.length; i++) {
                values[i] = (float) (0.3 * random.nextGaussian());
            }
            gradients.add(values);
        }
        return gradients;
    }
}
