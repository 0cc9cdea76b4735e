package org.graphbert.distribute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.graphbert.graph.Reachable;
import org.graphbert.graph.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** Gradients of several replicas, summed in pieces: which go together, in what order, and to what sums. */
@Timeout(60)
class BucketsTest {

    private static final List<Shape> SHAPES = List.of(Shape.of(2, 3), Shape.of(5), Shape.of(7, 1), Shape.scalar(), Shape.of(2));

    @Test
    void theLastVariablesGoFirst() {
        List<Shape> shapes = Stream.of(30L, 4L, 3L, 6L, 20L, 5L, 5L).map(Shape::of).toList();
        assertEquals(
                List.of(List.of(6, 5), List.of(4), List.of(3, 2), List.of(1), List.of(0)), Buckets.inBackwardOrder(shapes, 10 * Float.BYTES));
        assertEquals(List.of(List.of(6, 5, 4, 3, 2, 1, 0)), Buckets.inBackwardOrder(shapes, Buckets.BYTES));
    }

    @Test
    void aloneNothingIsAdded() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            List<Operand<TFloat32>> gradients = List.of(tf.constant(new float[] {1, 2}));
            assertSame(gradients, Buckets.sum(tf, Collectives.alone(), gradients, List.of(Shape.of(2))));
        }
    }

    /** Each sum exactly, in buckets of one gradient, of some and of all; and each of them begun when the one before it is done. */
    @ParameterizedTest
    @ValueSource(longs = {4, 48, 1 << 20})
    void everyReplicaHasTheSumOfAll(long bytes) {
        int size = 3;
        try (Graph template = new Graph()) {
            Ops tf = Ops.create(template);
            List<Operand<TFloat32>> gradients = new ArrayList<>();
            for (Shape shape : SHAPES) {
                gradients.add(tf.withName("gradient").placeholder(TFloat32.class, Placeholder.shape(shape)));
            }
            List<Operand<TFloat32>> sums = Buckets.sum(tf, new Collectives(Group.of(size)), gradients, SHAPES, bytes);
            for (int i = 0; i < sums.size(); i++) {
                assertEquals(SHAPES.get(i), sums.get(i).shape());
            }
            requireOrder(template, Buckets.inBackwardOrder(SHAPES, bytes).size());
            List<Reachable> replicas = Replicas.of(
                    template, List.of("/device:CPU:0", "/device:CPU:1", "/device:CPU:2"), List.copyOf(sums));
            try (Graph graph = replicas.get(0).graph();
                    Session session = new Session(graph, new SessionOptions(2, false, size, false).proto())) {
                requireSums(session, replicas, gradients, sums);
            }
        }
    }

    private static void requireSums(
            Session session, List<Reachable> replicas, List<Operand<TFloat32>> gradients, List<Operand<TFloat32>> sums) {
        Session.Runner runner = session.runner().setOptions(Collectives.options().build());
        List<TFloat32> fed = new ArrayList<>();
        for (int r = 0; r < replicas.size(); r++) {
            for (int i = 0; i < gradients.size(); i++) {
                fed.add(TFloat32.tensorOf(SHAPES.get(i), DataBuffers.of(values(r, i), true, false)));
                runner.feed(replicas.get(r).of(gradients.get(i)), fed.get(fed.size() - 1));
                runner.fetch(replicas.get(r).of(sums.get(i)));
            }
        }
        try (Result result = runner.run()) {
            for (int n = 0; n < result.size(); n++) {
                int i = n % sums.size();
                float[] found = new float[(int) SHAPES.get(i).size()];
                ((TFloat32) result.get(n)).asRawTensor().data().asFloats().read(found);
                float[] expected = new float[found.length];
                for (int r = 0; r < replicas.size(); r++) {
                    for (int k = 0; k < expected.length; k++) {
                        expected[k] += values(r, i)[k];
                    }
                }
                assertArrayEquals(expected, found, "replica " + n / sums.size() + ", gradient " + i);
            }
        }
        fed.forEach(TFloat32::close);
    }

    /** Integers, whose sums are exact in any order. */
    private static float[] values(int replica, int gradient) {
        float[] values = new float[(int) SHAPES.get(gradient).size()];
        for (int k = 0; k < values.length; k++) {
            values[k] = (replica + 1) * 100 + gradient * 10 + k;
        }
        return values;
    }

    private static void requireOrder(Graph graph, int buckets) {
        List<NodeDef> reduced = graph.toGraphDef().getNodeList().stream().filter(node -> node.getOp().equals("CollectiveReduceV2")).toList();
        assertEquals(buckets, reduced.size());
        for (int i = 1; i < buckets; i++) {
            assertEquals(
                    List.of("^" + reduced.get(i - 1).getName()),
                    reduced.get(i).getInputList().stream().filter(input -> input.startsWith("^")).toList());
        }
    }

    @Test
    void replicasHaveNamesVariablesAndDevicesOfTheirOwn() {
        try (Graph template = new Graph()) {
            Ops tf = Ops.create(template);
            GraphOperation handle = (GraphOperation) template.opBuilder("VarHandleOp", "w", template.baseScope())
                    .setAttr("dtype", DataType.DT_FLOAT)
                    .setAttr("shape", Shape.of(2))
                    .setAttr("shared_name", "w")
                    .build();
            Op assigned = tf.withName("assigned").assignVariableOp(handle.output(0), tf.constant(new float[] {1, 2}));
            Op after = tf.withControlDependencies(assigned).withName("after").noOp();
            tf.withName("unused").constant(1f);
            List<Reachable> replicas = Replicas.of(template, List.of("/device:GPU:0", "/device:GPU:1"), List.of(after));
            try (Graph graph = replicas.get(0).graph()) {
                GraphOperation copy = graph.operationOrThrow("replica_1/w");
                NodeDef node = graph.toGraphDef().getNodeList().stream()
                        .filter(n -> n.getName().equals("replica_1/w")).findFirst().orElseThrow();
                assertEquals("replica_1/w", node.getAttrOrThrow("shared_name").getS().toStringUtf8());
                assertEquals("/device:GPU:1", node.getDevice());
                assertEquals(copy, replicas.get(1).of(handle.output(0)).op());
                assertEquals("replica_1/after", replicas.get(1).of(after).op().name());
                assertEquals(null, graph.operation("replica_1/unused"), "nobody asked for it there");
                assertEquals("w", graph.operationOrThrow("w").name());
            }
        }
    }
}
