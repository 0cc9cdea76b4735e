package org.graphbert.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.graphbert.config.Activation;
import org.graphbert.interop.OnnxLayers.Dense;
import org.graphbert.interop.OnnxLayers.Norm;

/**
 * BERT's encoder found in an ONNX graph, by following the states from operator to operator: names say nothing, since
 * exporters rename and transpose what goes into products.
 *
 * @param output the value of the last layer's output, [B, S, H]
 */
record OnnxEncoder(OnnxEmbeddings embeddings, List<Layer> layers, String output) {

    /** Domain of the operators that ONNX Runtime's optimiser puts in the place of several. */
    private static final String FUSED = "com.microsoft.";
    /** Found in the type of every operator on quantised numbers. */
    private static final List<String> QUANTISED =
            List.of("Quantize", "MatMulInteger", "QLinear", "QAttention", "QEmbed", "MatMulNBits", "QGemm");
    private static final String POST = ", as BERT has it behind each sub-layer";
    /** Of two positions, as causal masks compare them; with a constant they say nothing. */
    private static final Set<String> COMPARISONS = Set.of("Less", "LessOrEqual", "Greater", "GreaterOrEqual");

    /**
     * A layer of the encoder.
     *
     * @param attended behind attention
     * @param norm behind the feed-forward layer
     */
    record Layer(
            OnnxAttention attention,
            Dense projection,
            Norm attended,
            Dense intermediate,
            Activation activation,
            Dense output,
            Norm norm) {}

    /**
     * Finds the encoder.
     *
     * @throws org.graphbert.config.Failure (data) if the graph is none of BERT's, or one in a form that is not known
     */
    static OnnxEncoder of(OnnxGraph graph, OnnxLayers layers) {
        graph.nodes().forEach(node -> requirePlain(graph, node));
        OnnxEmbeddings embeddings = OnnxEmbeddings.of(graph, layers);
        Search search = new Search(graph, layers, OnnxAttention.of(graph, layers));
        List<Layer> found = new ArrayList<>();
        String x = embeddings.norm().output();
        for (Optional<OnnxAttention> attention = search.attention(x); attention.isPresent(); attention = search.attention(x)) {
            Layer layer = search.layer(found.size(), attention.get(), x);
            found.add(layer);
            x = layer.norm().output();
        }
        if (found.isEmpty()) {
            throw graph.refused("%s", overEmbeddings(graph, layers, embeddings));
        }
        if (search.attentions().size() != found.size()) {
            throw graph.refused("found %d self-attentions, %d of them one behind the other in layers like BERT's; expected all",
                    search.attentions().size(), found.size());
        }
        requireBothSides(graph, x);
        return new OnnxEncoder(embeddings, found, x);
    }

    private static void requirePlain(OnnxGraph graph, OnnxNode node) {
        if (QUANTISED.stream().anyMatch(node.op()::contains)) {
            throw graph.refused("%s: the model is quantised, its weights are rounded to few bits; expected one of float32, "
                    + "float16 or bfloat16: take the export that is not quantised", node);
        }
        if (node.op().startsWith(FUSED)) {
            throw graph.refused("%s: an operator of ONNX Runtime's optimiser; expected ONNX's own: take the export before its "
                    + "optimisation", node);
        }
    }

    /** Refuses masks that hide what is behind a token: triangles, or made by comparing positions. */
    private static void requireBothSides(OnnxGraph graph, String output) {
        for (OnnxNode node : graph.nodes()) {
            boolean compares = COMPARISONS.contains(node.op())
                    && node.inputs().stream().noneMatch(input -> graph.scalar(input).isPresent());
            if (compares || node.is("Trilu")) {
                throw graph.refused("%s: makes a causal mask, as decoders have; expected BERT, which sees both sides", node);
            }
            if (node.outputs().contains(output)) {
                return;
            }
        }
    }

    /** What is wrong where no attention is over the embeddings. */
    private static String overEmbeddings(OnnxGraph graph, OnnxLayers layers, OnnxEmbeddings embeddings) {
        List<Dense> projections = layers.denseOver(embeddings.norm().output());
        return projections.size() == 1
                ? "found a dense layer " + projections.get(0).kernel().shape() + " over the embeddings, as ALBERT and ELECTRA have "
                        + "it; expected self-attention, as in BERT"
                : "found no self-attention over the embeddings: softmax(q · kᵀ · scale + mask) · v with q, k and v of three "
                        + "dense layers; expected a BERT encoder's graph";
    }

    private record Search(OnnxGraph graph, OnnxLayers layers, List<OnnxAttention> attentions) {

        /** The attention whose queries are made of these states. */
        Optional<OnnxAttention> attention(String x) {
            String source = graph.source(x);
            return attentions.stream().filter(found -> graph.source(found.query().input()).equals(source)).findFirst();
        }

        Layer layer(int number, OnnxAttention attention, String x) {
            String source = graph.source(x);
            for (Dense dense : List.of(attention.key(), attention.value())) {
                if (!graph.source(dense.input()).equals(source)) {
                    throw graph.refused("layer %d: keys or values (kernel %s) are not made of the states that queries are made of; "
                            + "expected self-attention", number, dense.kernel().name());
                }
            }
            Dense projection = one(number, "dense layer over the attention's context", layers.dense().stream()
                    .filter(dense -> graph.untransposed(dense.input()).equals(graph.untransposed(attention.context())))
                    .toList());
            Norm attended = one(number, "LayerNorm over the sum of attention and what went into it" + POST,
                    layers.norms().stream()
                            .filter(norm -> summand(norm, x).filter(projection::equals).isPresent())
                            .toList());
            Dense intermediate = one(number, "dense layer over the attention's LayerNorm", layers.denseOver(attended.output()));
            Norm norm = one(number, "LayerNorm over the sum of the feed-forward layer and what went into it" + POST,
                    layers.norms().stream().filter(found -> summand(found, attended.output()).isPresent()).toList());
            Dense output = summand(norm, attended.output()).orElseThrow();
            return new Layer(
                    attention, projection, attended, intermediate, activation(number, intermediate, output), output, norm);
        }

        /** The dense layer in LayerNorm(dense + x). */
        private Optional<Dense> summand(Norm norm, String x) {
            return graph.producer(graph.source(norm.input())).flatMap(sum -> OnnxLayers.either(sum, "Add", (one, other) ->
                    graph.source(other).equals(graph.source(x)) ? layers.denseGiving(one) : Optional.empty()));
        }

        private Activation activation(int number, Dense from, Dense to) {
            return OnnxActivation.between(graph, from.output(), to.input()).orElseThrow(() -> graph.refused(
                    "layer %d: what lies between the dense layers of the feed-forward layer (kernels %s and %s) is none of the "
                            + "activations gelu, gelu_new, relu and silu", number, from.kernel().name(), to.kernel().name()));
        }

        private <T> T one(int number, String what, List<T> found) {
            if (found.size() != 1) {
                String times = found.isEmpty() ? "no" : found.size() + " times a";
                throw graph.refused("layer %d: found %s %s; expected one", number, times, what);
            }
            return found.get(0);
        }
    }
}
