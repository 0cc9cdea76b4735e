package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.config.VariableRule;
import org.graphbert.graph.Variables;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;

class LearningRulesTest {

    /** Of every part of a model, by what its layer-wise decay is: d to the power of the value. */
    private static final Map<String, Integer> OWN = Map.of(
            "bert/embeddings/word_embeddings", 3,
            "bert/embeddings/LayerNorm/gamma", 3,
            "bert/encoder/embedding_hidden_mapping_in/kernel", 3,
            "bert/encoder/layer_0/attention/self/query/kernel", 2,
            "bert/encoder/layer_1/output/dense/bias", 1,
            "bert/encoder/LayerNorm/gamma", 0,
            "bert/pooler/dense/kernel", 0,
            "cls/predictions/transform/dense/kernel", 0);

    private static List<Learned> learned(Map<String, Integer> names, ModelConfig model, double layerDecay, VariableRule... rules) {
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            new TreeMap<>(names).keySet().forEach(name ->
                    variables.trainable(name, Shape.of(2), (tf, n, s) -> tf.fill(tf.constant(s), tf.constant(0f))));
            return new Optimisation(AdamW.reference(), 1, layerDecay, List.of(rules)).learned(model, variables.trainable());
        }
    }

    @Test
    void layersLearnSlowerTheDeeperTheyLie() {
        learned(OWN, Tiny.model(0), 0.5).forEach(l ->
                assertEquals(Math.pow(0.5, OWN.get(l.variable().name())), l.rateFactor(), 1e-15, l.variable().name()));
        learned(OWN, Tiny.model(0), 1).forEach(l -> assertEquals(1, l.rateFactor()));
    }

    @Test
    void groupsOfLayersAreLayers() {
        ModelConfig shared = Tiny.model(0).withOptions(
                new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, true, null, 1));
        Map<String, Integer> names = Map.of(
                "bert/embeddings/word_embeddings", 2, "bert/encoder/group_0/output/dense/bias", 1, "bert/pooler/dense/bias", 0);
        learned(names, shared, 0.5).forEach(l ->
                assertEquals(Math.pow(0.5, names.get(l.variable().name())), l.rateFactor(), 1e-15, l.variable().name()));
    }

    @Test
    void theFirstRuleThatMatchesHolds() {
        Map<String, Learned> learned = new TreeMap<>();
        learned(OWN, Tiny.model(0), 0.5,
                new VariableRule("kernel$", 3.0, null),
                new VariableRule("bert/pooler", 5.0, 0.5),
                new VariableRule("embeddings/", 0.0, null),
                new VariableRule("LayerNorm|bias", null, 0.25)).forEach(l -> learned.put(l.variable().name(), l));
        assertEquals(6, learned.size(), "those under bert/embeddings are frozen");
        Learned pooler = learned.get("bert/pooler/dense/kernel");
        assertEquals(3, pooler.rateFactor());
        assertEquals(0.01, pooler.weightDecay(), "the run's, as its own rule does not say");
        Learned bias = learned.get("bert/encoder/layer_1/output/dense/bias");
        assertEquals(0.5, bias.rateFactor());
        assertEquals(0.25, bias.weightDecay());
        assertEquals(0.75, learned.get("bert/encoder/layer_0/attention/self/query/kernel").rateFactor());
    }

    @Test
    void aRuleThatMatchesNothingIsRefused() {
        Failure failure = assertThrows(Failure.class,
                () -> learned(OWN, Tiny.model(0), 1, new VariableRule("layer_2/output", 1.0, null)));
        assertEquals("variable_rules: pattern 'layer_2/output' is found in none of the 8 variables' names, of which the nearest is "
                + "bert/encoder/layer_1/output/dense/bias; correct it or take it out", failure.getMessage());
        failure = assertThrows(Failure.class,
                () -> learned(OWN, Tiny.model(0), 1, new VariableRule(".", 0.0, null)));
        assertEquals("variable_rules freeze all 8 variables; expected one at least that learns", failure.getMessage());
        assertEquals(Failure.Kind.USAGE, failure.kind());
    }
}
