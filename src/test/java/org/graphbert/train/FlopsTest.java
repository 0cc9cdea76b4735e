package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Flops;
import org.graphbert.graph.StaticGraph;
import org.graphbert.graph.StaticGraph.Node;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

/** The formula against the products that are in the graph. */
class FlopsTest {

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
            String target = (built.accumulate() == null ? built.update() : built.accumulate()).op().name();
            assertEquals(step + 2 * segments, products(graph, target));
            List<String> losses = Stream.of(built.training().losses().maskedLmLoss(), built.training().losses().nextSentenceLoss())
                    .filter(loss -> loss != null)
                    .map(loss -> loss.op().name())
                    .toList();
            assertEquals(step / 3 + segments, products(graph, losses.toArray(String[]::new)));
            if (sizes.places() == 0) {
                assertEquals(step / 3, Flops.inference(model, sizes.batch(), sizes.length(), sizes.predictions()));
            }
        }
    }

    private static double products(StaticGraph graph, String... targets) {
        BitSet needed = graph.neededBy(graph.named(List.of(targets)));
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
        Shape left = graph.tensor(node.inputs().get(0)).shape();
        boolean transposed = node.definition().getAttrOrThrow(matrix ? "transpose_a" : "adj_x").getB();
        long inner = left.get(left.numDimensions() - (transposed ? 2 : 1));
        return 2.0 * inner * node.outputs().get(0).shape().size();
    }
}
