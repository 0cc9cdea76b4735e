package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.graphbert.config.Activation;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Flops;
import org.graphbert.graph.StaticGraph;
import org.graphbert.graph.StaticGraph.Node;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/** The formula against the products that are in the graph. */
class FlopsTest {

    private static final int BATCH = 2;
    private static final int LENGTH = 9;
    private static final int PREDICTIONS = 3;

    private static Stream<String> optionNames() {
        return GraphVariants.options().keySet().stream();
    }

    private static Stream<String> names() {
        return GraphVariants.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void theFormulaCountsTheProductsOfTheGraph(String name) {
        GraphVariants.Variant variant = GraphVariants.all().get(name);
        ModelConfig model = variant.model();
        TrainingGraph.Sizes sizes = variant.sizes();
        long places = Math.max(1, sizes.places());
        // Segments are looked up by a product with [B·S, 2], its gradient by another: not counted in the formula.
        double segments = 2.0 * sizes.batch() * sizes.length() * model.typeVocabSize() * model.embeddingSize();
        try (TrainingGraph built = variant.build()) {
            StaticGraph graph = StaticGraph.of(built.graph());
            double step = Flops.trainingStep(
                    model, sizes.batch(), sizes.length(), sizes.predictions(), places);
            String target = (built.learning().accumulate() == null ? built.learning().update() : built.learning().accumulate()).op().name();
            assertEquals(step + 2 * segments, products(graph, target));
            List<String> losses = Stream.of(built.training().losses().maskedLmLoss(), built.training().losses().nextSentenceLoss())
                    .filter(loss -> loss != null)
                    .map(loss -> loss.op().name())
                    .toList();
            assertEquals(step / 3 + segments, products(graph, losses.toArray(String[]::new)));
        }
    }

    /** An inference looks at all positions: the products of the other tower, its sizes fixed. */
    @ParameterizedTest
    @MethodSource("optionNames")
    void theFormulaCountsTheProductsOfAnInference(String name) {
        ModelConfig model = GraphVariants.model(Activation.GELU).withOptions(GraphVariants.options().get(name));
        double segments = 2.0 * BATCH * LENGTH * model.typeVocabSize() * model.embeddingSize();
        try (Graph free = new Graph(); Graph fixed = new Graph()) {
            Tower tower = Tower.inference(free, new Variables(free), model, 1);
            fixed.importGraphDef(withSizes(free.toGraphDef()));
            List<String> results = Stream.of(tower.sequenceOutput(), tower.maskedLmLogits(), tower.nextSentenceLogits())
                    .filter(result -> result != null)
                    .map(result -> result.op().name())
                    .toList();
            assertEquals(
                    Flops.inference(model, BATCH, LENGTH, PREDICTIONS) + segments,
                    products(StaticGraph.of(fixed), results.toArray(String[]::new)));
        }
    }

    /** The same graph for batches of one size, so that TensorFlow says all shapes. */
    private static GraphDef withSizes(GraphDef free) {
        GraphDef.Builder fixed = free.toBuilder().clearNode();
        for (NodeDef node : free.getNodeList()) {
            NodeDef.Builder sized = node.toBuilder();
            if (node.getOp().equals("Placeholder")) {
                TensorShapeProto.Builder shape = TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(BATCH));
                if (!node.getName().endsWith("labels")) {
                    shape.addDim(TensorShapeProto.Dim.newBuilder()
                            .setSize(node.getName().contains("masked_lm") ? PREDICTIONS : LENGTH));
                }
                sized.putAttr("shape", AttrValue.newBuilder().setShape(shape).build());
            }
            fixed.addNode(sized);
        }
        return fixed.build();
    }

    private static double products(StaticGraph graph, String... targets) {
        BitSet needed = graph.neededBy(List.of(targets));
        double flops = needed.stream().mapToObj(graph.nodes()::get).mapToDouble(node -> flops(graph, node)).sum();
        assertTrue(flops > 0);
        return flops;
    }

    /** Two for each number of the result and each number of a row that it is the sum over. */
    private static double flops(StaticGraph graph, Node node) {
        boolean matrix = node.op().equals("MatMul");
        if (!matrix && !node.op().startsWith("BatchMatMul")) {
            assertTrue(!node.op().equals("Einsum") && !node.op().contains("Conv"), node.op() + " is not counted");
            return 0;
        }
        assertTrue(!node.outputs().get(0).shape().hasUnknownDimension(), node.name());
        Shape left = graph.tensor(node.inputs().get(0)).shape();
        boolean transposed = node.definition().getAttrOrThrow(matrix ? "transpose_a" : "adj_x").getB();
        long inner = left.get(left.numDimensions() - (transposed ? 2 : 1));
        return 2.0 * inner * node.outputs().get(0).shape().size();
    }
}
