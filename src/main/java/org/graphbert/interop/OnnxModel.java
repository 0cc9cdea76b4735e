package org.graphbert.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;

/**
 * A BERT encoder out of an ONNX model, with or without its heads. Its variables and its configuration are found in the graph;
 * a config.json beside it adds what only training needs, and is checked against the graph.
 */
public final class OnnxModel extends StoredModel {

    /** What Optimum calls an exported model. */
    private static final String MODEL = "model.onnx";
    private static final String CONFIG = "config.json";

    private final OnnxFile file;
    private final OnnxWeights weights;

    private OnnxModel(OnnxFile file) throws IOException {
        this.file = file;
        this.weights = OnnxWeights.of(OnnxGraph.of(file));
        files.addAll(file.files());
        unknown.addAll(weights.unknown());
    }

    /** Whether the path is an ONNX model, or a directory with one that is called model.onnx. */
    static boolean recognises(Path path) {
        return OnnxFile.recognises(path) || OnnxFile.recognises(path.resolve(MODEL));
    }

    /**
     * Opens a model.
     *
     * @param from the model, or its directory
     * @throws Failure (data) if it is damaged, no BERT encoder, or another than the configuration that is named or lies beside
     */
    static OnnxModel open(Path from, ForeignOptions options) throws IOException {
        Path file = Files.isDirectory(from) ? from.resolve(MODEL) : from;
        OnnxModel model = new OnnxModel(OnnxFile.open(file));
        Path directory = file.toAbsolutePath().getParent();
        model.config = model.agreed(directory.resolve(CONFIG), options);
        model.notes.addAll(model.weights.notes());
        model.readTokenizer(options, directory);
        return model;
    }

    /** The graph's configuration, with what the named one or that beside it adds. */
    private ModelConfig agreed(Path beside, ForeignOptions options) throws IOException {
        Optional<ModelConfig> given = options.givenModel();
        if (given.isPresent()) {
            return agreeing(given.get(), options.model());
        }
        if (Files.exists(beside)) {
            files.add(beside);
            return agreeing(ForeignConfig.read(beside, notes), beside);
        }
        ModelConfig found = weights.config(null);
        notes.add(String.format("A graph says nothing of training: hidden_dropout_prob %s, attention_probs_dropout_prob %s and "
                        + "initializer_range %s are BERT's; --model FILE for others.",
                found.hiddenDropoutProb(), found.attentionProbsDropoutProb(), found.initializerRange()));
        return found;
    }

    /** The graph's configuration with what that of the file adds; in all else they agree. */
    private ModelConfig agreeing(ModelConfig stated, Path from) {
        // Whether a head of pairs is to be trained is no matter of the graph.
        EncoderOptions plain = new EncoderOptions(
                false, PositionEmbedding.ABSOLUTE, false, stated.options().pairHead(), null, null);
        ModelConfig found = weights.config(stated).withOptions(plain);
        JsonNode graph = Json.MAPPER.valueToTree(found);
        JsonNode other = Json.MAPPER.valueToTree(stated);
        List<String> differences = new ArrayList<>();
        TreeSet<String> keys = new TreeSet<>();
        graph.fieldNames().forEachRemaining(keys::add);
        other.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            if (!graph.path(key).equals(other.path(key))) {
                differences.add(key + " " + other.path(key).asText("absent") + ", the graph's is "
                        + graph.path(key).asText("absent"));
            }
        }
        if (!differences.isEmpty()) {
            throw Failure.data("%s: is not the configuration of %s: it has %s; name the right one with --model FILE",
                    from, where(), String.join("; ", differences));
        }
        return found;
    }

    @Override
    public String format() {
        return "onnx";
    }

    @Override
    public String where() {
        return file.where();
    }

    @Override
    public Map<String, List<Long>> variables() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        weights.variables().forEach((name, weight) -> shapes.put(name, weight.shape()));
        return shapes;
    }

    @Override
    public float[] floats(String name) throws IOException {
        return weights.floats(weights.variables().get(name));
    }

    @Override
    public void close() {
        file.close();
    }
}
