package org.graphbert.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.graphbert.config.Json;

/**
 * How BERT was trained (google-research/bert, run_pretraining.py, optimization.py and README), as far as it decides what
 * is learned; what a run does otherwise is a departure. The sizes of the model are none.
 */
final class ReferenceRecipe {

    private static final JsonNode RUN = json("""
            {"steps": 1000000, "batch_size": 256, "optimizer": "adamw", "learning_rate": 1e-4, "warmup_steps": 10000,
             "schedule": "linear", "schedule_power": 1.0, "end_learning_rate": 0.0, "weight_decay": 0.01, "clip_norm": 1.0,
             "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-6, "bias_correction": false, "layer_decay": 1.0,
             "variable_rules": null, "init": null, "precision": "float32", "dynamic_masking": false, "pack": false,
             "dropout": 0.1, "on_nan": "stop"}
            """);

    private static final JsonNode MODEL = json("""
            {"hidden_act": "gelu", "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
             "max_position_embeddings": 512, "type_vocab_size": 2, "initializer_range": 0.02, "layer_norm_eps": 1e-12}
            """);

    /** Keys of a model's size, which the reference has in many. */
    private static final JsonNode SIZES = json("""
            {"vocab_size": 0, "hidden_size": 0, "num_hidden_layers": 0, "num_attention_heads": 0, "intermediate_size": 0}
            """);

    private ReferenceRecipe() {}

    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What BERT had in the place of a run's value; empty where it had the same or the key decides nothing of what is learned. */
    static Optional<String> insteadOf(String key, JsonNode value) {
        if (key.equals("dropout") && value.isNull()) {
            return Optional.empty(); // The model's two probabilities hold, which are compared with the reference's there.
        }
        return departure(RUN, key, value);
    }

    /** The same of the model: an option that the reference does not know departs from it. */
    static Optional<String> insteadOfModel(String key, JsonNode value) {
        if (SIZES.has(key)) {
            return Optional.empty();
        }
        return MODEL.has(key) ? departure(MODEL, key, value) : Optional.of("not there");
    }

    private static Optional<String> departure(JsonNode reference, String key, JsonNode value) {
        JsonNode was = reference.get(key);
        if (was == null || was.isNumber() && value.isNumber() && was.doubleValue() == value.doubleValue() || was.equals(value)) {
            return Optional.empty();
        }
        return Optional.of(was.isNull() ? "none" : was.isNumber() ? Figures.number(was) : was.asText());
    }
}
