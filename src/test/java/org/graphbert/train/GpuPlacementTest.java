package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.graphbert.config.Batch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.DeviceSpec;
import org.tensorflow.DeviceSpec.DeviceType;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** On a GPU a step computes where its tensors are: none goes back to the host before the results do. */
class GpuPlacementTest {

    @TempDir
    private static Path directory;

    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);

    @AfterEach
    void close() {
        graph.close();
    }

    private static Stream<String> names() {
        return GraphRuns.all(directory).keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void nothingOfARunCrossesToTheHost(String name) throws IOException {
        try (GraphRuns of = GraphRuns.all(directory).get(name).get()) {
            GpuPlacement placement = new GpuPlacement(of.graph());
            of.runs().forEach((run, targets) -> assertEquals(Set.of(), placement.copies(targets), run));
        }
    }

    private static Stream<String> variants() {
        return GraphVariants.all().keySet().stream();
    }

    /**
     * What a step brings to the host, by TensorFlow's own trace of one: the sums of each micro-batch that the metrics are made
     * of, the norm that says whether the weights followed, and the loss scale where there is one. Each is one number, and nobody
     * can do without them: a step whose loss is not finite ends the run at that step.
     */
    @ParameterizedTest
    @MethodSource("variants")
    void aStepBringsNothingBackButItsSums(String name) {
        GraphVariants.Variant variant = GraphVariants.all().get(name);
        Batch batch = RandomBatch.of(new Random(1), variant.model(), 2, 8, variant.sizes().places() > 0, true);
        List<RunMetadata> traces = new ArrayList<>();
        try (TrainingSession session = Sessions.open(variant.model(), batch, variant.sizes().accumulated(),
                variant.optimisation(), new Compute(variant.precision(), false))) {
            session.trace(traces::add);
            session.step(0, List.of(batch), 1e-3);
            TrainingGraph of = session.graph();
            List<Operand<TFloat32>> expected = new ArrayList<>(of.training().losses().all());
            if (of.learning().lossScale() != null) {
                expected.add(of.learning().lossScale().value());
            }
            expected.add(of.learning().gradientNorm());
            expected.forEach(fetched -> assertEquals(Shape.scalar(), fetched.shape()));
            assertEquals(
                    expected.stream().map(fetched -> fetched.op().name()).sorted().toList(),
                    traces.stream().flatMap(GpuPlacementTest::fetched).sorted().toList());
        }
    }

    private static Stream<String> fetched(RunMetadata trace) {
        return trace.getStepStats().getDevStatsList().stream()
                .flatMap(device -> device.getNodeStatsList().stream())
                .map(NodeExecStats::getNodeName)
                .filter(node -> node.startsWith("_retval"))
                .map(node -> node.replaceFirst("^_retval_", "").replaceFirst("_\\d+_\\d+$", ""));
    }

    @Test
    void integersOf32BitsAreComparedOnTheHost() throws IOException {
        Operand<TInt32> likeliest = tf.math.argMax(logits(), tf.constant(-1), TInt32.class);
        Operand<TInt32> labels = tf.withName("labels").placeholder(TInt32.class, Placeholder.shape(Shape.of(4)));
        assertEquals(Set.of("ArgMax (ArgMax) -> equal (Equal) x"), copies(tf.withName("equal").math.equal(likeliest, labels)));
    }

    @Test
    void aSeedMadeOnTheGpuIsReadOnTheHost() throws IOException {
        Operand<TInt64> key = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
        Operand<TInt64> there = tf.withName("there").stack(List.of(key, tf.constant(1L)));
        Ops host = tf.withDevice(DeviceSpec.newBuilder().deviceType(DeviceType.CPU).build());
        Operand<TInt64> here = host.withName("here").stack(List.of(key, host.constant(1L)));
        assertEquals(
                Set.of("there (Pack) -> words (StatelessRandomUniformFullInt) seed"),
                copies(tf.withName("words").random.statelessRandomUniformFullInt(tf.array(8), there, TInt32.class)));
        assertEquals(Set.of(), copies(tf.random.statelessRandomUniformFullInt(tf.array(8), here, TInt32.class)));
    }

    @Test
    void shapesOf64BitsLieOnTheGpu() throws IOException {
        assertEquals(Set.of(), copies(tf.reshape(logits(), tf.array(20))));
        Operand<TInt64> shape = tf.withName("shape").constant(new long[] {20});
        assertEquals(Set.of("shape (Const) -> flat (Reshape) shape"), copies(tf.withName("flat").reshape(logits(), shape)));
    }

    @Test
    void largeWorkOnTheHostIsFoundAndSmallIsNot() throws IOException {
        Operand<TInt32> ids = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(4)));
        Operand<TInt32> moved = tf.math.add(ids, tf.constant(1));
        assertEquals(Set.of(), copies(tf.dtypes.cast(moved, TFloat32.class)));
        Operand<TInt32> pairs = tf.withName("pairs").math.mul(ids, tf.expandDims(ids, tf.constant(1)));
        assertEquals(
                Set.of("pairs (Mul) -> floats (Cast) x"), copies(tf.withName("floats").dtypes.cast(pairs, TFloat32.class)));
    }

    @Test
    void staticShapesAreConstants() throws IOException {
        // int32 Prod has a kernel on the GPU; of a shape that is known it never runs.
        Operand<TInt32> count = tf.prod(tf.shape(logits()), tf.array(0));
        assertEquals(Set.of(), copies(tf.reshape(logits(), tf.expandDims(count, tf.constant(0)))));
    }

    private Operand<TFloat32> logits() {
        return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(4, 5)));
    }

    private Set<String> copies(Operand<?> of) throws IOException {
        return new GpuPlacement(graph).copies(List.of(of.op().name()));
    }
}
