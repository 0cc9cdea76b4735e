package org.graphbert.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Activation;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;

/** The configuration beside somebody else's weights: what graphbert does not know in it is said, and not refused. */
final class ForeignConfig {

    /** Other names of the same functions (transformers, activations.py). */
    private static final Map<String, Activation> ACTIVATIONS = Map.of(
            "swish", Activation.SILU,
            "gelu_python", Activation.GELU,
            "gelu_fast", Activation.GELU_NEW,
            "gelu_accurate", Activation.GELU_NEW,
            "gelu_pytorch_tanh", Activation.GELU_NEW);

    /** Whether the output's matrix is the embeddings' is seen from the tensors. */
    private static final String TIED = "tie_word_embeddings";

    private static final int KEYS_NAMED = 8;

    private ForeignConfig() {}

    /**
     * Reads a config.json or bert_config.json.
     *
     * @param notes where to say what was passed over
     * @throws org.graphbert.config.Failure (usage) if it is no BERT encoder's
     */
    static ModelConfig read(Path file, List<String> notes) throws IOException {
        ObjectNode node = Json.readObject(file);
        node.remove(TIED);
        Activation activation = ACTIVATIONS.get(node.path("hidden_act").asText());
        if (activation != null) {
            node.put("hidden_act", activation.key());
        }
        ObjectNode known = node.deepCopy().retain(ModelConfig.keys());
        List<String> unknown = new ArrayList<>();
        node.fieldNames().forEachRemaining(key -> {
            if (!known.has(key)) {
                unknown.add(key);
            }
        });
        ModelConfig config = ModelConfig.of(file, known);
        if (!unknown.isEmpty()) {
            int named = Math.min(KEYS_NAMED, unknown.size());
            notes.add(String.format("%s: keys that graphbert has no use for: %s%s.", file,
                    String.join(", ", unknown.subList(0, named)),
                    named == unknown.size() ? "" : " and " + (unknown.size() - named) + " more"));
        }
        return config;
    }
}
