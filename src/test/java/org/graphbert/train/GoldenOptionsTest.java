package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.graphbert.config.Batch;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;

/** Each option against models of PyTorch that have it; src/test/resources/golden/options/generate.py says which. */
class GoldenOptionsTest {

    private static final Path DIRECTORY = Path.of("src/test/resources/golden/options");

    @ParameterizedTest
    @ValueSource(strings = {"pre_layer_norm", "rotary", "albert", "relative_key", "relative_key_query",
            "gated_feed_forward", "gelu_new", "relu", "silu", "no_pair_head"})
    void forwardPassAndGradientsEqualTheReference(String option) throws IOException {
        ObjectNode golden = Json.readObject(DIRECTORY.resolve(option + ".json"));
        ModelConfig model = ModelConfig.of(option, (ObjectNode) golden.get("config"));
        Batch batch = Golden.batch(golden.get("inputs"));
        try (TrainingSession session = Sessions.open(model, batch, false, AdamW.reference(), 1.0)) {
            Variables variables = session.graph().variables();
            for (Variable variable : variables.trainable()) {
                JsonNode shape = golden.get("shapes").get(variable.name());
                assertTrue(shape != null, "the reference has no variable " + variable.name());
                assertEquals(shape.toString(), Json.MAPPER.valueToTree(variable.shape().asArray()).toString(), variable.name());
            }
            assertEquals(golden.get("parameters").asLong(), variables.parameterCount());
            Map<String, float[]> weights = new LinkedHashMap<>();
            golden.get("weights").properties()
                    .forEach(entry -> weights.put(entry.getKey(), Golden.floats(entry.getValue())));
            Sessions.assign(session, weights);
            GoldenComparison.forward(golden.get("outputs"), session, batch);
            GoldenComparison.gradients(golden.get("gradients"), session, batch);
        }
    }

    /** As transformers counts the models of published sizes: BERT base and large, MegatronBERT, RoFormer, ALBERT. */
    @Test
    void modelsOfPublishedSizesHaveTheirParameters() throws IOException {
        ObjectNode counts = Json.readObject(DIRECTORY.resolve("counts.json"));
        assertEquals(110_106_428, counts.get("base").get("parameters").asLong());
        assertEquals(336_226_108, counts.get("large").get("parameters").asLong());
        for (Map.Entry<String, JsonNode> entry : counts.properties()) {
            ModelConfig model = ModelConfig.of(entry.getKey(), (ObjectNode) entry.getValue().get("config"));
            try (Graph graph = new Graph()) {
                Variables variables = new Variables(graph);
                Tower.serving(graph, variables, model);
                assertEquals(entry.getValue().get("parameters").asLong(), variables.parameterCount(), entry.getKey());
            }
        }
    }
}
