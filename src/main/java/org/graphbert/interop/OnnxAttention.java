package org.graphbert.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.graphbert.interop.OnnxLayers.Dense;

/**
 * Scaled dot-product attention found in an ONNX graph: softmax(q · kᵀ · scale + mask) · v.
 *
 * @param query the dense layer that gives q
 * @param context the value of the heads' contexts
 * @param heads N, as q is reshaped; 0 if its shape is computed
 * @param scale of the scores; NaN if it is computed
 */
record OnnxAttention(Dense query, Dense key, Dense value, String context, int heads, double scale) {

    /** How many operators of scaling and masking are followed at most. */
    private static final int DEPTH = 16;
    /** Of its second and third input one holds the scores or probabilities, the other what replaces padding's or NaN. */
    private static final String WHERE = "Where";
    private static final Set<String> SCALING = Set.of("Mul", "Div");

    /** The attentions of a graph, in order. */
    static List<OnnxAttention> of(OnnxGraph graph, OnnxLayers layers) {
        List<OnnxAttention> found = new ArrayList<>();
        for (OnnxNode node : graph.nodes()) {
            Optional<OnnxAttention> attention = switch (node.op()) {
                case "Softmax" -> decomposed(graph, layers, node);
                case "Attention" -> whole(graph, layers, node);
                default -> Optional.empty();
            };
            attention.ifPresent(found::add);
        }
        return found;
    }

    private static boolean unscaled(Heads heads) {
        return heads.scale() == 1;
    }

    /** The scores' product and what it is multiplied by. */
    private record Scores(OnnxNode product, double scale) {}

    /** A dense layer that gives heads, by how much they are multiplied, and their number or 0. */
    private record Heads(Dense layer, double scale, int number) {}

    private static Optional<OnnxAttention> decomposed(OnnxGraph graph, OnnxLayers layers, OnnxNode softmax) {
        long axis = softmax.integer("axis", graph.file().opset() < 13 ? 1 : -1);
        if (axis != -1 && axis != 3) {
            return Optional.empty();
        }
        Optional<Scores> scores = scores(graph, softmax.input(0), 1, DEPTH);
        Optional<OnnxNode> context = weighted(graph, softmax.output());
        if (scores.isEmpty() || context.isEmpty()) {
            return Optional.empty();
        }
        OnnxNode product = scores.get().product();
        Optional<Heads> q = heads(graph, layers, product.input(0), 1, 0, DEPTH);
        Optional<Heads> k = heads(graph, layers, product.input(1), 1, 0, DEPTH);
        Optional<Heads> v = heads(graph, layers, context.get().input(1), 1, 0, DEPTH).filter(OnnxAttention::unscaled);
        if (q.isEmpty() || k.isEmpty() || v.isEmpty()) {
            return Optional.empty();
        }
        double scale = scores.get().scale() * q.get().scale() * k.get().scale();
        return Optional.of(new OnnxAttention(
                q.get().layer(), k.get().layer(), v.get().layer(), context.get().output(), q.get().number(), scale));
    }

    /** ONNX's own operator Attention, of operator set 23. */
    private static Optional<OnnxAttention> whole(OnnxGraph graph, OnnxLayers layers, OnnxNode node) {
        if (node.integer("is_causal", 0) != 0 || node.number("softcap", 0) != 0) {
            return Optional.empty();
        }
        Optional<Heads> q = heads(graph, layers, node.input(0), 1, (int) node.integer("q_num_heads", 0), DEPTH);
        Optional<Heads> k = heads(graph, layers, node.input(1), 1, 0, DEPTH);
        Optional<Heads> v = heads(graph, layers, node.input(2), 1, 0, DEPTH).filter(OnnxAttention::unscaled);
        // Left out, the scale is 1/sqrt(D).
        float scale = node.number("scale", Float.NaN);
        return q.isEmpty() || k.isEmpty() || v.isEmpty()
                ? Optional.empty()
                : Optional.of(new OnnxAttention(q.get().layer(), k.get().layer(), v.get().layer(), node.output(),
                        q.get().number(), scale * q.get().scale() * k.get().scale()));
    }

    /** Back from the softmax's input, past mask and scale, to the product of two values that are no constants. */
    private static Optional<Scores> scores(OnnxGraph graph, String value, double scale, int depth) {
        Optional<OnnxNode> found = graph.producer(graph.source(value));
        if (found.isEmpty() || depth == 0) {
            return Optional.empty();
        }
        OnnxNode node = found.get();
        if (node.is("MatMul")) {
            return graph.matrix(node.input(1)).isPresent() ? Optional.empty() : Optional.of(new Scores(node, scale));
        }
        if (SCALING.contains(node.op())) {
            return scaled(graph, node, scale, (rest, by) -> scores(graph, rest, by, depth - 1));
        }
        return switch (node.op()) {
            case "Add" -> OnnxLayers.either(node, "Add", (one, other) -> scores(graph, one, scale, depth - 1));
            case WHERE -> scores(graph, node.input(1), scale, depth - 1)
                    .or(() -> scores(graph, node.input(2), scale, depth - 1));
            default -> Optional.empty();
        };
    }

    /** Back from q, k or v, past transpositions and scale, to its dense layer. */
    private static Optional<Heads> heads(
            OnnxGraph graph, OnnxLayers layers, String value, double scale, int number, int depth) {
        int heads = number;
        String at = value;
        Optional<OnnxNode> node = graph.producer(at);
        while (node.isPresent() && (!graph.source(at).equals(at) || node.get().is("Transpose"))) {
            // The reshape nearest to the dense layer is the one that splits it into heads: [B, S, N, D].
            if (node.get().is("Reshape")) {
                heads = split(graph, node.get().input(1)).orElse(heads);
            }
            at = node.get().input(0);
            node = graph.producer(at);
        }
        Optional<Dense> layer = layers.denseGiving(at);
        if (layer.isPresent()) {
            return Optional.of(new Heads(layer.get(), scale, heads));
        }
        if (node.isEmpty() || depth == 0 || !SCALING.contains(node.get().op())) {
            return Optional.empty();
        }
        int known = heads;
        return scaled(graph, node.get(), scale, (rest, by) -> heads(graph, layers, rest, by, known, depth - 1));
    }

    /** N of a shape [B, S, N, D] whose last two sizes are constants. */
    private static Optional<Integer> split(OnnxGraph graph, String shape) {
        List<Optional<Double>> sizes = graph.sizes(shape);
        return sizes.size() < 4 ? Optional.empty() : sizes.get(sizes.size() - 2).map(Double::intValue).filter(n -> n > 0);
    }

    /** What is done with the value that is scaled, and the scale so far. */
    private interface Scaled<T> {
        Optional<T> at(String value, double scale);
    }

    private static <T> Optional<T> scaled(OnnxGraph graph, OnnxNode node, double scale, Scaled<T> next) {
        double second = graph.scalar(node.input(1)).orElse(Double.NaN);
        if (node.is("Div")) {
            return next.at(node.input(0), scale / second);
        }
        double first = graph.scalar(node.input(0)).orElse(Double.NaN);
        return next.at(node.input(0), scale * second).or(() -> next.at(node.input(1), scale * first));
    }

    /** Forward from the softmax's output to its product with v. */
    private static Optional<OnnxNode> weighted(OnnxGraph graph, String probabilities) {
        String at = probabilities;
        for (int depth = DEPTH; depth > 0; depth--) {
            String value = at;
            Optional<OnnxNode> product = graph.consumers(value).stream()
                    .filter(node -> node.is("MatMul") && node.input(0).equals(value))
                    .findFirst();
            if (product.isPresent()) {
                return product;
            }
            Optional<OnnxNode> next = graph.consumers(value).stream()
                    .filter(node -> graph.source(node.output()).equals(graph.source(value))
                            || node.is(WHERE) && !node.input(0).equals(value))
                    .findFirst();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            at = next.get().output();
        }
        return Optional.empty();
    }
}
