package org.graphbert.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.graphbert.config.Activation;
import org.graphbert.config.Directories;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.text.Tokenizer;

/** Writes a model as google-research/bert reads it: bert_config.json, bert_model.ckpt.* and vocab.txt. */
public final class GoogleExport {

    /** modeling.py, get_activation. */
    private static final Set<Activation> ACTIVATIONS = Set.of(Activation.GELU, Activation.RELU);
    /** modeling.py, layer_norm: it is no key of its configuration. */
    private static final double LAYER_NORM_EPSILON = 1e-12;
    private static final String EPSILON_KEY = "layer_norm_eps";

    private GoogleExport() {}

    /**
     * Exports a checkpoint.
     *
     * @param prefix the checkpoint; the optimiser's state in it is left out
     * @param output absent or empty
     * @throws Failure (usage) if the model is one that google-research/bert cannot build, or the output is not empty; (data) if
     *     the checkpoint is not this model's
     */
    public static void write(ModelConfig config, String prefix, Tokenizer tokenizer, Path output) throws IOException {
        requireExpressible(config);
        try (ModelVariables variables = new ModelVariables(config, 0)) {
            variables.restore(prefix);
            Directories.writeWhole("--output", output, directory -> {
                variables.save(directory.resolve(GoogleModel.PREFIX).toString());
                ObjectNode json = Json.MAPPER.valueToTree(config);
                json.remove(EPSILON_KEY);
                Files.writeString(directory.resolve(GoogleModel.CONFIG), Json.write(json) + "\n");
                tokenizer.save(directory);
            });
        }
    }

    private static void requireExpressible(ModelConfig config) {
        EncoderOptions options = config.options();
        List<String> others = new ArrayList<>(new EncoderOptions(
                options.preLayerNorm(), options.positions(), options.gatedFeedForward(), true,
                options.embeddingSize(), options.hiddenGroups()).named());
        if (!ACTIVATIONS.contains(config.hiddenAct())) {
            others.add("hidden_act " + config.hiddenAct().key());
        }
        if (config.layerNormEps() != LAYER_NORM_EPSILON) {
            others.add(EPSILON_KEY + " " + config.layerNormEps());
        }
        if (!others.isEmpty()) {
            throw Failure.usage("a BERT of google-research/bert cannot be of %s; export it with another --format",
                    String.join(", ", others));
        }
    }
}
