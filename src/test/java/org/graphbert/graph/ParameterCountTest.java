package org.graphbert.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.graphbert.config.ModelConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;

/** As transformers' BertForPreTraining counts them with the same configuration, tied weights once. */
class ParameterCountTest {

    @ParameterizedTest
    @CsvSource({
        "tiny, 4433468, 46",
        "mini, 11267900, 78",
        "small, 29058876, 78",
        "medium, 41668412, 142",
        "base, 110106428, 206",
        "large, 336226108, 398"
    })
    void everySizeHasThePublishedParameters(String size, long parameters, int count) throws IOException {
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            Tower.serving(graph, variables, ModelConfig.read(Path.of("config", "bert-" + size + ".json")));
            assertEquals(parameters, variables.parameterCount());
            assertEquals(count, variables.trainable().size());
        }
    }
}
