package org.graphbert.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.graphbert.config.Activation;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;

/** Names, shapes and counts as google-research/bert's checkpoints have them. */
class VariablesTest {

    private static final ModelConfig TWO_LAYERS =
            new ModelConfig(50, 16, 2, 4, 40, Activation.GELU, 0.1, 0.1, 32, 2, 0.02, 1e-12);

    @Test
    void baseHas110106428Parameters() throws IOException {
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            Tower.serving(graph, variables, ModelConfig.read(Path.of("config/bert-base.json")));
            assertEquals(110_106_428, variables.parameterCount());
            assertEquals(206, variables.trainable().size());
            assertEquals(206, variables.all().size());
        }
    }

    @Test
    void namesAreTheCheckpoints() {
        List<String> expected = new ArrayList<>(List.of(
                "bert/embeddings/word_embeddings [50, 16]",
                "bert/embeddings/token_type_embeddings [2, 16]",
                "bert/embeddings/position_embeddings [32, 16]",
                "bert/embeddings/LayerNorm/gamma [16]",
                "bert/embeddings/LayerNorm/beta [16]",
                "bert/pooler/dense/kernel [16, 16]",
                "bert/pooler/dense/bias [16]",
                "cls/predictions/transform/dense/kernel [16, 16]",
                "cls/predictions/transform/dense/bias [16]",
                "cls/predictions/transform/LayerNorm/gamma [16]",
                "cls/predictions/transform/LayerNorm/beta [16]",
                "cls/predictions/output_bias [50]",
                "cls/seq_relationship/output_weights [2, 16]",
                "cls/seq_relationship/output_bias [2]"));
        for (int layer = 0; layer < 2; layer++) {
            for (String name : List.of(
                    "attention/self/query/kernel [16, 16]", "attention/self/query/bias [16]",
                    "attention/self/key/kernel [16, 16]", "attention/self/key/bias [16]",
                    "attention/self/value/kernel [16, 16]", "attention/self/value/bias [16]",
                    "attention/output/dense/kernel [16, 16]", "attention/output/dense/bias [16]",
                    "attention/output/LayerNorm/gamma [16]", "attention/output/LayerNorm/beta [16]",
                    "intermediate/dense/kernel [16, 40]", "intermediate/dense/bias [40]",
                    "output/dense/kernel [40, 16]", "output/dense/bias [16]",
                    "output/LayerNorm/gamma [16]", "output/LayerNorm/beta [16]")) {
                expected.add("bert/encoder/layer_" + layer + "/" + name);
            }
        }
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            Tower.training(graph, variables, TWO_LAYERS, 1, new Inputs.BatchSizes(2, 8, 2), Precision.FLOAT32);
            assertEquals(new TreeSet<>(expected), described(variables));
            // A second tower shares them; nothing is read twice.
            Tower.inference(graph, variables, TWO_LAYERS, 1);
            assertEquals(new TreeSet<>(expected), described(variables));
            long reads = 0;
            for (var operations = graph.operations(); operations.hasNext();) {
                reads += operations.next().type().equals("ReadVariableOp") ? 1 : 0;
            }
            assertEquals(expected.size(), reads);
        }
    }

    /** optimization.py, exclude_from_weight_decay: LayerNorm, layer_norm, bias. */
    @Test
    void kernelsAndTablesAreDecayedAndNothingElse() {
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            Tower.serving(graph, variables, TWO_LAYERS);
            for (Variable variable : variables.trainable()) {
                String last = variable.name().substring(variable.name().lastIndexOf('/') + 1);
                Map<String, Boolean> decayed = Map.of(
                        "kernel", true, "word_embeddings", true, "token_type_embeddings", true,
                        "position_embeddings", true, "output_weights", true,
                        "bias", false, "output_bias", false, "gamma", false, "beta", false);
                assertEquals(decayed.get(last), variable.decayed(), variable.name());
            }
        }
    }

    @Test
    void anotherShapeUnderTheSameNameIsAMistake() {
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            Tower.serving(graph, variables, TWO_LAYERS);
            ModelConfig other = TWO_LAYERS.withVocabSize(51);
            IllegalStateException e = assertThrows(
                    IllegalStateException.class, () -> Tower.inference(graph, variables, other, 1));
            assertEquals("bert/embeddings/word_embeddings has shape [50, 16], asked for with [51, 16]", e.getMessage());
        }
    }

    private static TreeSet<String> described(Variables variables) {
        TreeSet<String> found = new TreeSet<>();
        variables.trainable().forEach(v -> found.add(v.name() + " " + v.shape()));
        return found;
    }
}
