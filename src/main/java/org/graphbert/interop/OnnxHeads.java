package org.graphbert.interop;

import java.util.List;
import java.util.Optional;
import org.graphbert.config.Activation;
import org.graphbert.interop.OnnxGraph.Weight;
import org.graphbert.interop.OnnxLayers.Dense;
import org.graphbert.interop.OnnxLayers.Norm;

/**
 * What stands on BERT's encoder in an ONNX graph, each part null if it is not there.
 *
 * @param pooler over the output at the first position, followed by tanh
 * @param maskedLm the masked-LM head
 * @param nextSentence [H, 2] over the pooler's output
 */
record OnnxHeads(Dense pooler, MaskedLm maskedLm, Dense nextSentence) {

    /** Part of the name of the weights in Hugging Face's models, which tells it from a classifier of two classes. */
    private static final String NEXT_SENTENCE = "seq_relationship";

    /**
     * The masked-LM head.
     *
     * @param output a second copy of the embeddings' table, [H, V], where an exporter has written one
     */
    record MaskedLm(Dense transform, Activation activation, Norm norm, Dense output) {}

    static OnnxHeads of(OnnxGraph graph, OnnxLayers layers, OnnxEncoder encoder) {
        Dense pooler = null;
        Dense nextSentence = null;
        for (Dense dense : layers.dense()) {
            if (atFirst(graph, dense.input(), encoder.output()) && tanh(graph, dense).isPresent()) {
                pooler = dense;
            }
        }
        MaskedLm maskedLm = maskedLm(graph, layers, encoder);
        if (pooler != null) {
            List<Dense> classifiers = layers.denseOver(tanh(graph, pooler).get());
            nextSentence = classifiers.stream()
                    .filter(dense -> dense.kernel().shape().get(1) == 2)
                    .filter(dense -> maskedLm != null || dense.kernel().name().contains(NEXT_SENTENCE)
                            || dense.bias().name().contains(NEXT_SENTENCE))
                    .findFirst()
                    .orElse(null);
        }
        return new OnnxHeads(pooler, maskedLm, nextSentence);
    }

    /** Whether a value is the states at the first position. */
    private static boolean atFirst(OnnxGraph graph, String value, String states) {
        return graph.producer(graph.source(value)).filter(node -> switch (node.op()) {
            case "Gather" -> node.integer("axis", 0) == 1 && isZero(graph, node.input(1));
            case "Slice" -> node.inputs().size() > 3 && isZero(graph, node.input(1)) && isOne(graph, node.input(2))
                    && isOne(graph, node.input(3));
            default -> false;
        }).filter(node -> through(graph, node.input(0)).equals(graph.source(states))).isPresent();
    }

    /** Exporters cut the first position out of a slice that is all of it: x[:, 0] in steps. */
    private static String through(OnnxGraph graph, String value) {
        String source = graph.source(value);
        Optional<OnnxNode> slice = graph.producer(source, "Slice");
        return slice.filter(node -> isZero(graph, node.input(1)) && graph.scalar(node.input(2)).orElse(0.0) > 1 << 30)
                .map(node -> graph.source(node.input(0)))
                .orElse(source);
    }

    private static boolean isZero(OnnxGraph graph, String value) {
        return graph.scalar(value).equals(Optional.of(0.0));
    }

    private static boolean isOne(OnnxGraph graph, String value) {
        return graph.scalar(value).equals(Optional.of(1.0));
    }

    private static Optional<String> tanh(OnnxGraph graph, Dense dense) {
        return graph.consumers(dense.output()).stream().filter(node -> node.is("Tanh")).map(OnnxNode::output).findFirst();
    }

    /** LayerNorm(activation(dense(states))), and the product with the table of words. */
    private static MaskedLm maskedLm(OnnxGraph graph, OnnxLayers layers, OnnxEncoder encoder) {
        Weight words = encoder.embeddings().words();
        for (Dense transform : layers.denseOver(encoder.output())) {
            for (Norm norm : layers.norms()) {
                Optional<Activation> activation = OnnxActivation.between(graph, transform.output(), norm.input());
                Optional<Dense> output = layers.denseOver(norm.output()).stream()
                        .filter(dense -> dense.kernel().shape().equals(words.transpose().shape()))
                        .findFirst();
                if (activation.isPresent() && output.isPresent()) {
                    return new MaskedLm(transform, activation.get(), norm, output.get());
                }
            }
        }
        return null;
    }
}
