package org.graphbert.train;

import static org.graphbert.train.Sessions.open;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.Saver;
import org.graphbert.graph.StaticGraph;
import org.graphbert.graph.StaticGraph.Node;
import org.graphbert.graph.Tower;
import org.graphbert.train.TrainingSession.StepResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** Matrix products in 16 bits: that they are, that nothing else is, and how near their results come to float32's. */
class PrecisionTest {

    private static final Set<String> PRODUCTS = Set.of("MatMul", "BatchMatMulV2", "BatchMatMulV3");

    /**
     * What only moves numbers may move them in 16 bits; AddN sums the gradients of what went to several places, and Sum those of
     * what a batched product broadcasts: here nothing, over no axis.
     */
    private static final Set<String> MOVES =
            Set.of("Cast", "Reshape", "Transpose", "Unpack", "Pack", "ConcatV2", "AddN", "Sum", "ZerosLike");

    /** Forward the segments' product with a one-hot matrix and the pair head's, and their gradients: too small to matter. */
    private static final int FLOAT32_PRODUCTS = 5;

    /** What the golden batch comes to in float32. */
    private record Results(List<float[]> outputs, List<float[]> gradients) {}

    private static Results float32;

    @BeforeAll
    static void computeInFloat32() throws IOException {
        Batch batch = Golden.batch();
        try (TrainingSession session = golden(batch, Precision.FLOAT32)) {
            float32 = new Results(
                    Sessions.fetchAll(session, session.graph().training(), batch, outputs(session.graph().training())),
                    Sessions.gradients(session, batch));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void productsAreOf16BitsAndAllElseIsFloat32(Precision precision) {
        DataType half = precision == Precision.BFLOAT16 ? DataType.DT_BFLOAT16 : DataType.DT_HALF;
        GraphVariants.Variant variant = GraphVariants.all().get(precision.toString());
        Set<String> wrong = new TreeSet<>();
        try (TrainingGraph graph = variant.build();
                TrainingGraph plain = new GraphVariants.Variant(variant.model(), variant.sizes()).build()) {
            List<Node> nodes = training(graph);
            for (Node node : nodes) {
                if (type(node) == half && !PRODUCTS.contains(node.op()) && !MOVES.contains(node.op())) {
                    wrong.add(node.op() + " " + node.name());
                }
            }
            List<Node> products = nodes.stream().filter(node -> PRODUCTS.contains(node.op())).toList();
            assertEquals(training(plain).stream().filter(node -> PRODUCTS.contains(node.op())).count(), products.size());
            assertEquals(FLOAT32_PRODUCTS, products.stream().filter(node -> type(node) != half).count());
            graph.variables().all().forEach(v -> assertNotEquals(half, v.value().asOutput().dataType(), v.name()));
            assertEquals(0, inference(graph).stream().filter(node -> type(node) == half).count(), "what is evaluated is float32");
        }
        assertEquals(Set.of(), wrong);
    }

    /**
     * The golden weights and batch: what the towers and the gradients are in float32, GoldenParityTest compares; here they
     * stand beside those of 16 bits. Of the largest number: bfloat16 rounds to 2⁻⁹ = 0.002, float16 to 2⁻¹² = 0.00025, and
     * a number comes of some ten products, one out of the other. A variable's gradient may be off by a share of its own norm,
     * and by a rounding of the norm of all: in the pair head's sums over few examples nearly everything cancels.
     */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void lossesAndGradientsAreNearThoseOfFloat32(Precision precision) throws IOException {
        double forward = precision == Precision.BFLOAT16 ? 0.02 : 0.002;
        double backward = precision == Precision.BFLOAT16 ? 0.03 : 0.004;
        Batch batch = Golden.batch();
        List<float[]> expected = float32.outputs();
        List<float[]> expectedGradients = float32.gradients();
        try (TrainingSession session = golden(batch, precision)) {
            List<Operand<TFloat32>> outputs = outputs(session.graph().training());
            List<float[]> found = Sessions.fetchAll(session, session.graph().training(), batch, outputs);
            double off = 0;
            for (int i = 0; i < outputs.size(); i++) {
                double error = largest(difference(expected.get(i), found.get(i))) / largest(expected.get(i));
                assertTrue(error <= forward, outputs.get(i) + " is off by " + error);
                off = Math.max(off, error);
            }
            assertTrue(off > forward / 100, "as good as float32: is it?");
            List<float[]> gradients = Sessions.gradients(session, batch);
            double all = Math.sqrt(expectedGradients.stream().mapToDouble(g -> Math.pow(Sessions.norm(g), 2)).sum());
            for (int i = 0; i < gradients.size(); i++) {
                String name = session.graph().learning().learned().get(i).variable().name();
                double norm = Sessions.norm(expectedGradients.get(i));
                double error = Sessions.norm(difference(expectedGradients.get(i), gradients.get(i)));
                assertTrue(error <= backward * norm + forward / 10 * all,
                        name + ": gradient of norm " + norm + ", of " + all + " in all, off by " + error);
            }
        }
    }

    /**
     * Every combination of options, as they are dealt, takes a step before and after which the loss is near float32's. AdamW's first step is the
     * gradient's signs, and 16 bits turn those of its smallest numbers: a share of the step's way may be lost, beside the rounding of
     * the loss. Where a batch has but a half token to predict, the gradient of float16 may need a smaller scale than the first.
     */
    @Test
    void everyKindOfModelStepsInEveryPrecision() {
        long seed = new Random().nextLong();
        int number = 0;
        for (RandomModel model : RandomModel.deal(seed, 6)) {
            String what = "seed " + seed + ", model " + number++;
            Map<Precision, Double> losses = new EnumMap<>(Precision.class);
            Map<Precision, Double> before = new EnumMap<>(Precision.class);
            for (Precision precision : Precision.values()) {
                Batch batch = model.batch();
                try (TrainingSession session = open(
                        model.config(), batch, false, Optimisation.reference(), new Compute(precision, false))) {
                    StepResult first = session.step(0, List.of(batch), 1e-3);
                    assertEquals(precision == Precision.FLOAT16 ? LossScale.Rule.STANDARD.first() : 1, first.lossScale());
                    for (int step = 1; !first.applied() && precision == Precision.FLOAT16 && step < 8; step++) {
                        first = session.step(step, List.of(batch), 1e-3);
                    }
                    assertTrue(first.applied(), what + ", " + precision + ": " + first);
                    before.put(precision, first.sums().metrics().maskedLmLoss());
                    losses.put(precision, session.step(8, List.of(batch), 1e-3).sums().metrics().maskedLmLoss());
                }
            }
            double exact = losses.get(Precision.FLOAT32);
            double first = before.get(Precision.FLOAT32);
            double way = Math.abs(exact - first);
            assertEquals(first, before.get(Precision.BFLOAT16), 0.02 * first, what + ", bfloat16, before the step");
            assertEquals(first, before.get(Precision.FLOAT16), 0.01 * first, what + ", float16, before the step");
            // On a CPU there is no tf32.
            assertEquals(exact, losses.get(Precision.TF32), 1e-5 * exact, what + ", tf32");
            assertEquals(exact, losses.get(Precision.BFLOAT16), 0.02 * exact + 0.5 * way, what + ", bfloat16");
            assertEquals(exact, losses.get(Precision.FLOAT16), 0.005 * exact + 0.1 * way, what + ", float16");
        }
    }

    @Test
    void aCompiledStepIsThatOfTheKernels() {
        ModelConfig model = Tiny.shallow(0.1);
        Batch batch = Tiny.batch(model, 4, 16, 3, 1);
        List<StepResult> results = new ArrayList<>();
        List<RunMetadata> compiled = new ArrayList<>();
        for (boolean xla : List.of(false, true)) {
            try (TrainingSession session = open(
                    model, batch, false, Optimisation.reference(), new Compute(Precision.FLOAT32, xla))) {
                session.step(0, List.of(batch), 1e-2);
                results.add(session.step(1, List.of(batch), 1e-2));
                if (xla) {
                    session.trace(compiled::add);
                    session.step(2, List.of(batch), 1e-2);
                }
            }
        }
        assertEquals(results.get(0).sums().metrics().loss(), results.get(1).sums().metrics().loss(), 1e-4);
        assertEquals(results.get(0).gradientNorm(), results.get(1).gradientNorm(), 1e-4);
        // Forward, backward and decay; and the optimiser's kernels, which change what the decay has changed.
        assertEquals(2, kernels(compiled, "_XlaRun"));
        for (String outside : List.of("MatMul", "BatchMatMulV2", "Mul", "Add", "Cast", "L2Loss", "ResourceApplyAdam")) {
            assertEquals(0, kernels(compiled, outside), outside);
        }
    }

    private static long kernels(List<RunMetadata> traces, String type) {
        return StepProfile.of(traces).types().stream()
                .filter(cost -> cost.name().equals(type))
                .mapToLong(cost -> Math.round(cost.count()))
                .sum();
    }

    private static TrainingSession golden(Batch batch, Precision precision) throws IOException {
        TrainingSession session =
                open(Golden.model(), batch, false, Optimisation.reference(), new Compute(precision, false));
        Ops tf = Ops.create(session.graph().graph()).withSubScope("golden");
        Operand<TString> filename = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
        Op restore = Saver.restore(tf, filename, session.graph().variables().trainable());
        try (TString prefix = TString.scalarOf(Golden.CHECKPOINT.toString())) {
            session.session().runner().feed(filename, prefix).addTarget(restore).run().close();
        }
        return session;
    }

    private static List<Operand<TFloat32>> outputs(Tower tower) {
        List<Operand<TFloat32>> outputs = new ArrayList<>(tower.hiddenStates());
        outputs.addAll(List.of(tower.maskedLmLogits(), tower.nextSentenceLogits(),
                tower.losses().maskedLmLoss(), tower.losses().nextSentenceLoss()));
        return outputs;
    }

    private static List<Node> training(TrainingGraph graph) {
        return of(graph, false);
    }

    private static List<Node> inference(TrainingGraph graph) {
        return of(graph, true);
    }

    private static List<Node> of(TrainingGraph graph, boolean inference) {
        return StaticGraph.of(graph.graph()).nodes().stream()
                .filter(node -> !node.outputs().isEmpty() && node.name().startsWith("inference/") == inference)
                .toList();
    }

    private static DataType type(Node node) {
        return node.outputs().get(0).type();
    }

    private static float[] difference(float[] a, float[] b) {
        float[] difference = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
