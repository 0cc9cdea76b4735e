package org.graphbert.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Activation;
import org.graphbert.config.ModelConfig;
import org.graphbert.interop.OnnxGraph.Weight;
import org.graphbert.interop.OnnxLayers.Dense;
import org.graphbert.interop.OnnxLayers.Norm;

/** BERT's variables, google-research/bert's names for what was found in an ONNX graph, and the configuration that they give. */
final class OnnxWeights {

    private static final String WORDS = "bert/embeddings/word_embeddings";
    /** How far the scale of the scores may be from 1/sqrt(D): it is written in float16 by some. */
    private static final double SCALE_TOLERANCE = 1e-3;

    private final OnnxGraph graph;
    private final OnnxEncoder encoder;
    private final OnnxHeads heads;
    private final Map<String, Weight> variables = new LinkedHashMap<>();

    private OnnxWeights(OnnxGraph graph, OnnxEncoder encoder, OnnxHeads heads) {
        this.graph = graph;
        this.encoder = encoder;
        this.heads = heads;
    }

    /**
     * Finds BERT in a graph.
     *
     * @throws org.graphbert.config.Failure (data) if it is not there
     */
    static OnnxWeights of(OnnxGraph graph) throws IOException {
        OnnxLayers layers = OnnxLayers.of(graph);
        OnnxEncoder encoder = OnnxEncoder.of(graph, layers);
        OnnxWeights weights = new OnnxWeights(graph, encoder, OnnxHeads.of(graph, layers, encoder));
        weights.nameEncoder();
        weights.nameHeads();
        return weights;
    }

    /** The variables by name, each with the constant that it is. */
    Map<String, Weight> variables() {
        return variables;
    }

    private void nameEncoder() {
        OnnxEmbeddings embeddings = encoder.embeddings();
        variables.put(WORDS, embeddings.words());
        variables.put("bert/embeddings/token_type_embeddings", embeddings.types());
        variables.put("bert/embeddings/position_embeddings", embeddings.positions());
        put("bert/embeddings/LayerNorm", embeddings.norm());
        int number = 0;
        for (OnnxEncoder.Layer layer : encoder.layers()) {
            String at = "bert/encoder/layer_" + number++ + "/";
            put(at + "attention/self/query", layer.attention().query());
            put(at + "attention/self/key", layer.attention().key());
            put(at + "attention/self/value", layer.attention().value());
            put(at + "attention/output/dense", layer.projection());
            put(at + "attention/output/LayerNorm", layer.attended());
            put(at + "intermediate/dense", layer.intermediate());
            put(at + "output/dense", layer.output());
            put(at + "output/LayerNorm", layer.norm());
        }
    }

    private void nameHeads() throws IOException {
        if (heads.pooler() != null) {
            put("bert/pooler/dense", heads.pooler());
        }
        if (heads.maskedLm() != null) {
            requireTied(heads.maskedLm().output().kernel());
            put("cls/predictions/transform/dense", heads.maskedLm().transform());
            put("cls/predictions/transform/LayerNorm", heads.maskedLm().norm());
            variables.put("cls/predictions/output_bias", heads.maskedLm().output().bias());
        }
        if (heads.nextSentence() != null) {
            variables.put("cls/seq_relationship/output_weights", heads.nextSentence().kernel().transpose());
            variables.put("cls/seq_relationship/output_bias", heads.nextSentence().bias());
        }
    }

    private void put(String name, Dense dense) {
        variables.put(name + "/kernel", dense.kernel());
        variables.put(name + "/bias", dense.bias());
    }

    private void put(String name, Norm norm) {
        variables.put(name + "/gamma", norm.gamma());
        variables.put(name + "/beta", norm.beta());
    }

    private void requireTied(Weight output) throws IOException {
        Weight words = encoder.embeddings().words();
        if (!output.name().equals(words.name()) && !Arrays.equals(floats(output.transpose()), floats(words))) {
            throw graph.refused("the masked-LM head's matrix %s is not the table of words %s; expected it to be, as BERT ties them",
                    output.name(), words.name());
        }
    }

    /** Values, row-major, in the shape that the graph sees. */
    float[] floats(Weight weight) throws IOException {
        float[] values = graph.file().floats(weight.name());
        return weight.transposed()
                ? Matrix.transposed(values, weight.stored().get(0).intValue(), weight.stored().get(1).intValue())
                : values;
    }

    /** Constants of more than one floating-point number that are none of BERT's variables. */
    List<String> unknown() {
        List<String> known = new ArrayList<>(variables.values().stream().map(Weight::name).toList());
        if (heads.maskedLm() != null) {
            known.add(heads.maskedLm().output().kernel().name());
        }
        return graph.file().entries().values().stream()
                .filter(entry -> FloatType.of(entry.type()).isPresent() && entry.elements() > 1)
                .map(TensorFile.Entry::name)
                .filter(name -> !known.contains(name))
                .toList();
    }

    /** What is made of the encoder and its heads and is left out, in a sentence, if there is such. */
    List<String> notes() {
        List<String> made = new ArrayList<>(List.of(encoder.output()));
        if (heads.pooler() != null) {
            made.addAll(graph.consumers(heads.pooler().output()).stream().map(OnnxNode::output).toList());
        }
        if (heads.maskedLm() != null) {
            made.add(heads.maskedLm().output().output());
        }
        if (heads.nextSentence() != null) {
            made.add(heads.nextSentence().output());
        }
        List<String> other = graph.outputs().stream()
                .filter(output -> made.stream().noneMatch(known -> graph.source(known).equals(graph.source(output))))
                .toList();
        return other.isEmpty()
                ? List.of()
                : List.of("The operators that make " + String.join(", ", other) + " of the encoder's output are left out.");
    }

    /**
     * The configuration, of which a graph says all but what only training needs.
     *
     * @param training whose dropout and initialiser range are taken; null for BERT's
     * @throws org.graphbert.config.Failure (data) if layers differ in what one configuration has once
     */
    ModelConfig config(ModelConfig training) {
        int hidden = size(WORDS, 1);
        return new ModelConfig(
                size(WORDS, 0),
                hidden,
                encoder.layers().size(),
                attentionHeads(hidden),
                size("bert/encoder/layer_0/intermediate/dense/kernel", 1),
                activation(),
                training == null ? 0.1 : training.hiddenDropoutProb(),
                training == null ? 0.1 : training.attentionProbsDropoutProb(),
                size("bert/embeddings/position_embeddings", 0),
                size("bert/embeddings/token_type_embeddings", 0),
                training == null ? 0.02 : training.initializerRange(),
                epsilon());
    }

    private int size(String name, int axis) {
        long size = variables.get(name).shape().get(axis);
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw graph.refused("%s has shape %s, which no variable of a BERT has", variables.get(name).name(),
                    variables.get(name).shape());
        }
        return (int) size;
    }

    private int attentionHeads(int hidden) {
        List<Integer> found = encoder.layers().stream().map(layer -> attentionHeads(hidden, layer.attention())).distinct().toList();
        if (found.size() != 1) {
            throw graph.refused("the layers have %s attention heads, expected one number for all", found);
        }
        return found.get(0);
    }

    /** As the queries are split, or else as 1/sqrt(D) scales the scores; where the graph says both, both must agree. */
    private int attentionHeads(int hidden, OnnxAttention attention) {
        double scale = attention.scale();
        int number = attention.heads() > 0 ? attention.heads() : (int) Math.round(hidden * scale * scale);
        if (number < 1 || hidden % number != 0
                || !Double.isNaN(scale) && Math.abs(scale * Math.sqrt((double) hidden / number) - 1) > SCALE_TOLERANCE) {
            throw graph.refused("attention of width %d has %d heads and its scores are multiplied by %s; expected a divisor of the "
                    + "width, and one divided by the square root of a head's width", hidden, number, scale);
        }
        return number;
    }

    private Activation activation() {
        List<Activation> found = new ArrayList<>(encoder.layers().stream().map(OnnxEncoder.Layer::activation).toList());
        if (heads.maskedLm() != null) {
            found.add(heads.maskedLm().activation());
        }
        if (found.stream().distinct().count() != 1) {
            throw graph.refused("the layers have the activations %s, expected one for all", found);
        }
        return found.get(0);
    }

    private double epsilon() {
        List<Double> found = new ArrayList<>(List.of(encoder.embeddings().norm().epsilon()));
        encoder.layers().forEach(layer -> found.addAll(List.of(layer.attended().epsilon(), layer.norm().epsilon())));
        if (heads.maskedLm() != null) {
            found.add(heads.maskedLm().norm().epsilon());
        }
        if (found.stream().distinct().count() != 1) {
            throw graph.refused("the LayerNorms have the epsilons %s, expected one for all", found.stream().distinct().toList());
        }
        if (!(found.get(0) > 0)) {
            throw graph.refused("the LayerNorms' epsilon is %s, expected a number above 0; float16 rounds BERT's 1e-12 away: take "
                    + "the export in float32", found.get(0));
        }
        return found.get(0);
    }
}
