package org.graphbert.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The shape of a BERT model, under the keys of google-research/bert's modeling.py and Hugging Face's BertConfig.
 *
 * @param vocabSize V, entries of the vocabulary
 * @param hiddenSize H
 * @param numHiddenLayers encoder layers
 * @param numAttentionHeads N; H is N · D
 * @param intermediateSize I, width of the feed-forward layer
 * @param hiddenAct activation of the feed-forward layer and of the masked-LM transform
 * @param hiddenDropoutProb dropout after the embeddings and after each sub-layer
 * @param attentionProbsDropoutProb dropout on the attention probabilities
 * @param maxPositionEmbeddings the longest sequence
 * @param typeVocabSize number of segment ids
 * @param initializerRange standard deviation of the truncated normal initialiser
 * @param layerNormEps epsilon of every LayerNorm
 * @param options what departs from BERT's encoder; none by default
 */
public record ModelConfig(
        int vocabSize,
        int hiddenSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int intermediateSize,
        Activation hiddenAct,
        double hiddenDropoutProb,
        double attentionProbsDropoutProb,
        int maxPositionEmbeddings,
        int typeVocabSize,
        double initializerRange,
        double layerNormEps,
        EncoderOptions options) {

    private static final Set<String> KEYS = Set.of(
            "vocab_size",
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            "intermediate_size",
            "hidden_act",
            "hidden_dropout_prob",
            "attention_probs_dropout_prob",
            "max_position_embeddings",
            "type_vocab_size",
            "initializer_range",
            "layer_norm_eps");

    /** Keys that Hugging Face and Google write beside these and that change nothing in pre-training. */
    private static final Set<String> IGNORED_KEYS = Set.of(
            "_name_or_path",
            "architectures",
            "bos_token_id",
            "classifier_dropout",
            "directionality",
            "dtype",
            "eos_token_id",
            "gradient_checkpointing",
            "pad_token_id",
            "pooler_fc_size",
            "pooler_num_attention_heads",
            "pooler_num_fc_layers",
            "pooler_size_per_head",
            "pooler_type",
            "torch_dtype",
            "transformers_version",
            "use_cache");

    /** Keys that are accepted with the one value that this encoder has. */
    private static final List<Fixed> FIXED = List.of(
            new Fixed("model_type", "bert"),
            new Fixed("tie_word_embeddings", "true"),
            new Fixed("is_decoder", "false"),
            new Fixed("add_cross_attention", "false"));

    private record Fixed(String key, String value) {}

    public ModelConfig {
        positive("vocab_size", vocabSize);
        positive("hidden_size", hiddenSize);
        positive("num_hidden_layers", numHiddenLayers);
        positive("num_attention_heads", numAttentionHeads);
        positive("intermediate_size", intermediateSize);
        positive("max_position_embeddings", maxPositionEmbeddings);
        positive("type_vocab_size", typeVocabSize);
        tensor("hidden_size by intermediate_size", hiddenSize, intermediateSize);
        tensor("hidden_size by hidden_size", hiddenSize, hiddenSize);
        probability("hidden_dropout_prob", hiddenDropoutProb);
        probability("attention_probs_dropout_prob", attentionProbsDropoutProb);
        if (hiddenSize % numAttentionHeads != 0) {
            throw Failure.usage(
                    "hidden_size (%d) is not a multiple of num_attention_heads (%d); change one of them",
                    hiddenSize, numAttentionHeads);
        }
        options.requireFit(hiddenSize, numHiddenLayers, numAttentionHeads);
        int embeddingSize = options.embeddingSize() == null ? hiddenSize : options.embeddingSize();
        String width = options.embeddingSize() == null ? "hidden_size" : "embedding_size";
        tensor("vocab_size by " + width, vocabSize, embeddingSize);
        tensor("type_vocab_size by " + width, typeVocabSize, embeddingSize);
        tensor("embedding_size by hidden_size", embeddingSize, hiddenSize);
        if (options.positions() == PositionEmbedding.ABSOLUTE) {
            tensor("max_position_embeddings by " + width, maxPositionEmbeddings, embeddingSize);
        } else if (options.positions().relative()) {
            tensor("2 * max_position_embeddings - 1 by the heads' width",
                    2L * maxPositionEmbeddings - 1, hiddenSize / numAttentionHeads);
        }
        if (!(initializerRange > 0)) {
            throw Failure.usage("initializer_range is %s, expected a number above 0", initializerRange);
        }
        if (!(layerNormEps > 0)) {
            throw Failure.usage("layer_norm_eps is %s, expected a number above 0", layerNormEps);
        }
    }

    /** BERT's own encoder, without options. */
    public ModelConfig(
            int vocabSize,
            int hiddenSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int intermediateSize,
            Activation hiddenAct,
            double hiddenDropoutProb,
            double attentionProbsDropoutProb,
            int maxPositionEmbeddings,
            int typeVocabSize,
            double initializerRange,
            double layerNormEps) {
        this(vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads, intermediateSize, hiddenAct, hiddenDropoutProb,
                attentionProbsDropoutProb, maxPositionEmbeddings, typeVocabSize, initializerRange, layerNormEps,
                EncoderOptions.NONE);
    }

    /** E, the width of the token, segment and position embeddings: H unless they are factorised. */
    public int embeddingSize() {
        return options.embeddingSize() == null ? hiddenSize : options.embeddingSize();
    }

    /** The group whose variables a layer has, where layers share them: ALBERT's, neighbours together. */
    public int group(int layer) {
        return layer * options.hiddenGroups() / numHiddenLayers;
    }

    /** D, the width of an attention head. */
    public int headSize() {
        return hiddenSize / numAttentionHeads;
    }

    /** The same model with another vocabulary size. */
    public ModelConfig withVocabSize(int size) {
        return new ModelConfig(
                size,
                hiddenSize,
                numHiddenLayers,
                numAttentionHeads,
                intermediateSize,
                hiddenAct,
                hiddenDropoutProb,
                attentionProbsDropoutProb,
                maxPositionEmbeddings,
                typeVocabSize,
                initializerRange,
                layerNormEps,
                options);
    }

    /** The same model with other dropout probabilities. */
    public ModelConfig withDropout(double hidden, double attention) {
        return new ModelConfig(
                vocabSize,
                hiddenSize,
                numHiddenLayers,
                numAttentionHeads,
                intermediateSize,
                hiddenAct,
                hidden,
                attention,
                maxPositionEmbeddings,
                typeVocabSize,
                initializerRange,
                layerNormEps,
                options);
    }

    /** The same model with other options. */
    public ModelConfig withOptions(EncoderOptions other) {
        return new ModelConfig(
                vocabSize,
                hiddenSize,
                numHiddenLayers,
                numAttentionHeads,
                intermediateSize,
                hiddenAct,
                hiddenDropoutProb,
                attentionProbsDropoutProb,
                maxPositionEmbeddings,
                typeVocabSize,
                initializerRange,
                layerNormEps,
                other);
    }

    /** Its keys, those of options only where they are on, so that the files of plain models are Google's and Hugging Face's. */
    @JsonValue
    ObjectNode toJson() {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("vocab_size", vocabSize)
                .put("hidden_size", hiddenSize)
                .put("num_hidden_layers", numHiddenLayers)
                .put("num_attention_heads", numAttentionHeads)
                .put("intermediate_size", intermediateSize)
                .put("hidden_act", hiddenAct.key())
                .put("hidden_dropout_prob", hiddenDropoutProb)
                .put("attention_probs_dropout_prob", attentionProbsDropoutProb)
                .put("max_position_embeddings", maxPositionEmbeddings)
                .put("type_vocab_size", typeVocabSize)
                .put("initializer_range", initializerRange)
                .put("layer_norm_eps", layerNormEps);
        options.write(node);
        return node;
    }

    /** Back from {@link #toJson}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static ModelConfig fromJson(ObjectNode node) {
        return of("model", node);
    }

    /** Reads a bert_config.json of Google or a config.json of Hugging Face; either may be YAML. */
    public static ModelConfig read(Path file) throws IOException {
        return of(file, Json.readObject(file));
    }

    /** The keys that a configuration may have, those that are passed over among them. */
    public static Set<String> keys() {
        Set<String> known = new TreeSet<>(KEYS);
        known.addAll(EncoderOptions.KEYS);
        known.addAll(IGNORED_KEYS);
        FIXED.forEach(fixed -> known.add(fixed.key()));
        return known;
    }

    /**
     * A model configuration from its keys.
     *
     * @param where the file, for messages
     */
    public static ModelConfig of(Object where, ObjectNode node) {
        for (Fixed fixed : FIXED) {
            JsonNode found = node.get(fixed.key());
            if (found != null && !found.asText().equals(fixed.value())) {
                throw Failure.usage(
                        "%s: %s is '%s', expected '%s': this encoder is BERT's",
                        where, fixed.key(), found.asText(), fixed.value());
            }
        }
        Json.requireKnown(where, node, keys());
        Reader reader = new Reader(where, node);
        try {
            return of(reader, where, node);
        } catch (Failure e) {
            throw e.getMessage().startsWith(where + ": ") ? e : Failure.usage("%s: %s", where, e.getMessage());
        }
    }

    private static ModelConfig of(Reader reader, Object where, ObjectNode node) {
        int hidden = reader.integer("hidden_size", 768);
        return new ModelConfig(
                reader.integer("vocab_size", 30522),
                hidden,
                reader.integer("num_hidden_layers", 12),
                reader.integer("num_attention_heads", 12),
                reader.integer("intermediate_size", 4 * hidden),
                Activation.of(where, reader.text("hidden_act", "gelu")),
                reader.number("hidden_dropout_prob", 0.1),
                reader.number("attention_probs_dropout_prob", 0.1),
                reader.integer("max_position_embeddings", 512),
                reader.integer("type_vocab_size", 2),
                reader.number("initializer_range", 0.02),
                reader.number("layer_norm_eps", 1e-12),
                EncoderOptions.of(reader));
    }

    /** Reads values of their kinds out of a configuration. */
    record Reader(Object where, ObjectNode node) {

        String text(String key, String otherwise) {
            JsonNode found = node.get(key);
            if (found == null) {
                return otherwise;
            }
            if (!found.isTextual()) {
                throw Failure.usage("%s: %s is %s, expected text", where, key, found);
            }
            return found.asText();
        }

        boolean flag(String key, boolean otherwise) {
            JsonNode found = node.get(key);
            if (found == null) {
                return otherwise;
            }
            if (!found.isBoolean()) {
                throw Failure.usage("%s: %s is %s, expected true or false", where, key, found);
            }
            return found.asBoolean();
        }

        int integer(String key, int otherwise) {
            JsonNode found = node.get(key);
            if (found == null) {
                return otherwise;
            }
            if (!found.canConvertToInt() || !found.isIntegralNumber()) {
                throw Failure.usage("%s: %s is %s, expected a whole number", where, key, found);
            }
            return found.asInt();
        }

        double number(String key, double otherwise) {
            JsonNode found = node.get(key);
            if (found == null) {
                return otherwise;
            }
            // YAML 1.1 takes 1e-12 (no point) for a string.
            double value = found.asDouble(Double.NaN);
            if (Double.isNaN(value)) {
                throw Failure.usage("%s: %s is %s, expected a number", where, key, found);
            }
            return value;
        }
    }

    static void positive(String key, int value) {
        if (value < 1) {
            throw Failure.usage("%s is %d, expected at least 1", key, value);
        }
    }

    private static void tensor(String name, long rows, long columns) {
        if (rows * columns > Integer.MAX_VALUE) {
            throw Failure.usage("%s is %,d by %,d, more than the %,d elements that a tensor takes here",
                    name, rows, columns, Integer.MAX_VALUE);
        }
    }

    private static void probability(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw Failure.usage("%s is %s, expected a probability from 0 to below 1", key, value);
        }
    }
}
