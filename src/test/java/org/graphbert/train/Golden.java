package org.graphbert.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;

/** The golden tiny BERT; see src/test/resources/golden/tiny-bert/README.md. */
public final class Golden {

    public static final Path DIRECTORY = Path.of("src/test/resources/golden/tiny-bert");
    public static final Path CHECKPOINT = DIRECTORY.resolve("bert_model.ckpt");

    private Golden() {}

    public static JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(DIRECTORY.resolve(name).toFile());
    }

    public static ModelConfig model() throws IOException {
        return ModelConfig.read(DIRECTORY.resolve("config.json"));
    }

    public static Batch batch() throws IOException {
        return batch(json("forward.json"));
    }

    /** The batch in the keys of a node, which are those of the records. */
    static Batch batch(JsonNode inputs) {
        JsonNode ids = inputs.get("input_ids");
        JsonNode positions = inputs.get("masked_lm_positions");
        return new Batch(
                ids.size(),
                ids.get(0).size(),
                positions.get(0).size(),
                ints(ids),
                ints(inputs.get("input_mask")),
                ints(inputs.get("segment_ids")),
                ints(positions),
                ints(inputs.get("masked_lm_ids")),
                floats(inputs.get("masked_lm_weights")),
                ints(inputs.get("next_sentence_labels")),
                new long[ids.size()]);
    }

    public static float[] floats(JsonNode node) {
        float[] flat = new float[size(node)];
        fill(node, flat, 0);
        return flat;
    }

    private static int[] ints(JsonNode node) {
        float[] flat = floats(node);
        int[] ints = new int[flat.length];
        for (int i = 0; i < flat.length; i++) {
            ints[i] = (int) flat[i];
        }
        return ints;
    }

    private static int size(JsonNode node) {
        if (!node.isArray()) {
            return 1;
        }
        int size = 0;
        for (JsonNode child : node) {
            size += size(child);
        }
        return size;
    }

    private static int fill(JsonNode node, float[] flat, int at) {
        if (!node.isArray()) {
            flat[at] = (float) node.asDouble();
            return at + 1;
        }
        for (JsonNode child : node) {
            at = fill(child, flat, at);
        }
        return at;
    }
}
