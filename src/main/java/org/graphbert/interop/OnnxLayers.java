package org.graphbert.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.graphbert.interop.OnnxGraph.Weight;

/** Dense layers and LayerNorms found in an ONNX graph, in all the forms in which exporters write them. */
final class OnnxLayers {

    private final OnnxGraph graph;
    private final List<Dense> dense = new ArrayList<>();
    private final List<Norm> norms = new ArrayList<>();

    private OnnxLayers(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * x · kernel + bias.
     *
     * @param input x, a value
     * @param kernel [in, out] as the product takes it
     * @param bias [out]
     * @param output the sum
     */
    record Dense(String input, Weight kernel, Weight bias, String output) {}

    /**
     * (x − mean) / sqrt(variance + epsilon) · gamma + beta, over the last axis.
     *
     * @param input x, a value
     */
    record Norm(String input, Weight gamma, Weight beta, double epsilon, String output) {}

    static OnnxLayers of(OnnxGraph graph) {
        OnnxLayers layers = new OnnxLayers(graph);
        for (OnnxNode node : graph.nodes()) {
            layers.dense(node).ifPresent(layers.dense::add);
            layers.norm(node).ifPresent(layers.norms::add);
        }
        return layers;
    }

    /** The dense layers, in the graph's order. */
    List<Dense> dense() {
        return dense;
    }

    /** The LayerNorms, in the graph's order. */
    List<Norm> norms() {
        return norms;
    }

    /** The dense layers over a value. */
    List<Dense> denseOver(String value) {
        String source = graph.source(value);
        return dense.stream().filter(layer -> graph.source(layer.input()).equals(source)).toList();
    }

    /** The dense layer that gives a value. */
    Optional<Dense> denseGiving(String value) {
        String source = graph.source(value);
        return dense.stream().filter(layer -> layer.output().equals(source)).findFirst();
    }

    private Optional<Dense> dense(OnnxNode node) {
        if (node.is("Gemm")) {
            boolean plain = node.number("alpha", 1) == 1 && node.number("beta", 1) == 1 && node.integer("transA", 0) == 0;
            Optional<Weight> kernel = graph.matrix(node.input(1));
            Optional<Weight> bias = graph.vector(node.input(2));
            return !plain || kernel.isEmpty() || bias.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Dense(
                            node.input(0),
                            node.integer("transB", 0) == 0 ? kernel.get() : kernel.get().transpose(),
                            bias.get(),
                            node.output()));
        }
        return either(node, "Add", (product, added) -> {
            Optional<OnnxNode> matMul = graph.producer(graph.source(product), "MatMul");
            Optional<Weight> bias = graph.vector(added);
            Optional<Weight> kernel = matMul.flatMap(of -> graph.matrix(of.input(1)));
            return kernel.isEmpty() || bias.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Dense(matMul.get().input(0), kernel.get(), bias.get(), node.output()));
        });
    }

    private Optional<Norm> norm(OnnxNode node) {
        if (node.is("LayerNormalization")) {
            Optional<Weight> gamma = graph.vector(node.input(1));
            Optional<Weight> beta = graph.vector(node.input(2));
            long axis = node.integer("axis", -1);
            // The states are [B, S, H].
            return gamma.isEmpty() || beta.isEmpty() || axis != -1 && axis != 2
                    ? Optional.empty()
                    : Optional.of(new Norm(
                            node.input(0), gamma.get(), beta.get(), shortest(node.number("epsilon", 1e-5f)), node.output()));
        }
        return either(node, "Add", (scaled, added) -> graph.vector(added).flatMap(beta ->
                graph.producer(graph.source(scaled)).flatMap(product -> either(product, "Mul", (ratio, factor) ->
                        graph.vector(factor).flatMap(gamma -> graph.producer(graph.source(ratio)).flatMap(this::normalised)
                                .map(x -> new Norm(x.input(), gamma, beta, x.epsilon(), node.output())))))));
    }

    private record Normalised(String input, double epsilon) {}

    /** (x − mean(x)) / sqrt(mean((x − mean(x))²) + epsilon), at its division. */
    private Optional<Normalised> normalised(OnnxNode division) {
        if (!division.is("Div")) {
            return Optional.empty();
        }
        Optional<String> x = centred(division.input(0));
        Optional<OnnxNode> sum = graph.producer(graph.source(division.input(1)), "Sqrt")
                .flatMap(root -> graph.producer(graph.source(root.input(0)), "Add"));
        if (x.isEmpty() || sum.isEmpty()) {
            return Optional.empty();
        }
        return either(sum.get(), "Add", (variance, epsilon) -> graph.scalar(epsilon)
                .filter(number -> mean(variance).flatMap(this::squared).flatMap(this::centred).equals(x))
                .map(number -> new Normalised(x.get(), shortest(number))));
    }

    /** The x of x − mean(x). */
    private Optional<String> centred(String value) {
        return graph.producer(graph.source(value), "Sub")
                .map(difference -> List.of(graph.source(difference.input(0)), difference.input(1)))
                .filter(operands -> mean(operands.get(1)).map(graph::source).equals(Optional.of(operands.get(0))))
                .map(operands -> operands.get(0));
    }

    private Optional<String> mean(String value) {
        return graph.producer(graph.source(value), "ReduceMean").map(node -> node.input(0));
    }

    private Optional<String> squared(String value) {
        return graph.producer(graph.source(value)).flatMap(node ->
                node.is("Pow") && graph.scalar(node.input(1)).equals(Optional.of(2.0))
                                || node.is("Mul") && node.input(0).equals(node.input(1))
                        ? Optional.of(node.input(0))
                        : Optional.empty());
    }

    /** What is done with the operands of a commutative operator, in the order that makes sense of them. */
    interface Operands<T> {
        Optional<T> match(String one, String other);
    }

    /** Tries both orders of the operands of an operator of that type. */
    static <T> Optional<T> either(OnnxNode node, String type, Operands<T> operands) {
        if (!node.is(type)) {
            return Optional.empty();
        }
        Optional<T> found = operands.match(node.input(0), node.input(1));
        return found.isPresent() ? found : operands.match(node.input(1), node.input(0));
    }

    /** The shortest decimal number that is this float: 1e-12, not 9.999999960041972e-13. */
    private static double shortest(double number) {
        return Double.parseDouble(Float.toString((float) number));
    }
}
