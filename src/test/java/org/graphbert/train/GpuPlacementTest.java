package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** On a GPU a step computes where its tensors are: none goes back to the host before the results do. */
class GpuPlacementTest {

    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);

    @AfterEach
    void close() {
        graph.close();
    }

    private static Stream<String> names() {
        return GraphVariants.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void nothingOfAStepCrossesToTheHost(String variant) throws IOException {
        try (TrainingGraph training = GraphVariants.all().get(variant).build()) {
            List<Op> run = new ArrayList<>(training.training().outputs());
            run.add(training.learning().gradientNorm());
            run.add(training.learning().update());
            if (training.learning().accumulate() != null) {
                run.add(training.learning().accumulate());
            }
            List<String> targets = run.stream().map(op -> op.op().name()).toList();
            assertEquals(Set.of(), new GpuPlacement(training.graph()).copies(targets));
        }
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
