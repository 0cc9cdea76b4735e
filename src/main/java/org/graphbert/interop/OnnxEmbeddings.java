package org.graphbert.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.graphbert.interop.OnnxGraph.Weight;
import org.graphbert.interop.OnnxLayers.Norm;

/**
 * BERT's input embeddings found in an ONNX graph: rows of three tables, summed and normalised.
 *
 * @param words [V, H]
 * @param positions [positions, H]
 * @param types [types, H]
 */
record OnnxEmbeddings(Weight words, Weight positions, Weight types, Norm norm) {

    /** Operators that RoBERTa's positions are computed with, from the padding on, and no BERT's. */
    private static final String COUNTING = "CumSum";
    /** How many sums are followed at most, one in the other. */
    private static final int DEPTH = 4;

    /**
     * Rows looked up in a table.
     *
     * @param fed whether the ids are fed to the graph as they are, and not computed in it
     */
    private record Lookup(Weight table, boolean fed) {

        long rows() {
            return table.shape().get(0);
        }
    }

    /**
     * Finds the embeddings.
     *
     * @throws org.graphbert.config.Failure (data) if they are not BERT's
     */
    static OnnxEmbeddings of(OnnxGraph graph, OnnxLayers layers) {
        for (Norm norm : layers.norms()) {
            List<Lookup> lookups = new ArrayList<>();
            if (summed(graph, norm.input(), lookups, DEPTH)) {
                requireThree(graph, lookups);
                return of(graph, lookups, norm);
            }
        }
        throw graph.refused("found no LayerNorm over a sum of rows of tables, as BERT's embeddings are; found %s; expected a "
                + "BERT encoder's graph", summary(graph));
    }

    /** Whether a value is a sum of looked-up rows alone; gathers them. */
    private static boolean summed(OnnxGraph graph, String value, List<Lookup> lookups, int depth) {
        Optional<OnnxNode> node = graph.producer(graph.source(value));
        if (node.isEmpty()) {
            return false;
        }
        if (node.get().is("Add") && depth > 0) {
            return summed(graph, node.get().input(0), lookups, depth - 1)
                    && summed(graph, node.get().input(1), lookups, depth - 1);
        }
        Optional<Weight> table = graph.matrix(node.get().input(0));
        if (!node.get().is("Gather") || table.isEmpty() || node.get().integer("axis", 0) != 0) {
            return false;
        }
        lookups.add(new Lookup(table.get(), graph.isInput(graph.source(node.get().input(1)))));
        return true;
    }

    private static void requireThree(OnnxGraph graph, List<Lookup> lookups) {
        if (lookups.size() != 3) {
            String names = lookups.stream().map(lookup -> lookup.table().name() + " " + lookup.table().shape())
                    .collect(Collectors.joining(", "));
            throw graph.refused("the embeddings are rows of %d tables (%s), expected three: words, positions and segments, as "
                    + "BERT has them", lookups.size(), names);
        }
        if (graph.nodes().stream().anyMatch(node -> node.is(COUNTING))) {
            throw graph.refused("positions are counted from the padding (%s), as RoBERTa does; expected BERT's, from the first "
                    + "token on", COUNTING);
        }
    }

    /** Words are the largest table whose ids are fed; of the others, segments are those that are fed, or are fewer. */
    private static OnnxEmbeddings of(OnnxGraph graph, List<Lookup> lookups, Norm norm) {
        List<Lookup> rest = new ArrayList<>(lookups);
        Lookup words = lookups.stream().filter(Lookup::fed).reduce((a, b) -> a.rows() >= b.rows() ? a : b)
                .orElseThrow(() -> graph.refused("no table of embeddings is looked up with ids that are fed to the graph"));
        rest.remove(words);
        boolean firstIsTypes = rest.get(0).fed() != rest.get(1).fed()
                ? rest.get(0).fed()
                : rest.get(0).rows() < rest.get(1).rows();
        Lookup types = rest.get(firstIsTypes ? 0 : 1);
        Lookup positions = rest.get(firstIsTypes ? 1 : 0);
        return new OnnxEmbeddings(words.table(), positions.table(), types.table(), norm);
    }

    /** The graph's operators by number, for the message that it is no BERT. */
    private static String summary(OnnxGraph graph) {
        return graph.nodes().stream()
                .filter(node -> !node.is("Constant"))
                .collect(Collectors.groupingBy(OnnxNode::op, Collectors.counting()))
                .entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                .limit(5)
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }
}
