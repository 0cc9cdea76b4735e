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
        Bounds.atLeastOne("vocab_size", vocabSize);
        Bounds.atLeastOne("hidden_size", hiddenSize);
        Bounds.atLeastOne("num_hidden_layers", numHiddenLayers);
        Bounds.atLeastOne("num_attention_heads", numAttentionHeads);
        Bounds.atLeastOne("intermediate_size", intermediateSize);
        Bounds.atLeastOne("max_position_embeddings", maxPositionEmbeddings);
        Bounds.atLeastOne("type_vocab_size", typeVocabSize);
        Bounds.tensor("hidden_size by intermediate_size", hiddenSize, intermediateSize);
        Bounds.tensor("hidden_size by hidden_size", hiddenSize, hiddenSize);
        Bounds.probability("hidden_dropout_prob", hiddenDropoutProb);
        Bounds.probability("attention_probs_dropout_prob", attentionProbsDropoutProb);
        if (hiddenSize % numAttentionHeads != 0) {
            throw Failure.usage(
                    "hidden_size (%d) is not a multiple of num_attention_heads (%d); change one of them",
                    hiddenSize, numAttentionHeads);
        }
        options.requireFit(hiddenSize, numHiddenLayers, numAttentionHeads);
        int embeddingSize = options.embeddingSize() == null ? hiddenSize : options.embeddingSize();
        String width = options.embeddingSize() == null ? "hidden_size" : "embedding_size";
        Bounds.tensor("vocab_size by " + width, vocabSize, embeddingSize);
        Bounds.tensor("type_vocab_size by " + width, typeVocabSize, embeddingSize);
        Bounds.tensor("embedding_size by hidden_size", embeddingSize, hiddenSize);
        if (options.positions() == PositionEmbedding.ABSOLUTE) {
            Bounds.tensor("max_position_embeddings by " + width, maxPositionEmbeddings, embeddingSize);
        } else if (options.positions().relative()) {
            Bounds.tensor("2 * max_position_embeddings - 1 by the heads' width",
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
        return with(size, hiddenDropoutProb, attentionProbsDropoutProb, options);
    }

    /** The same model with other dropout probabilities. */
    public ModelConfig withDropout(double hidden, double attention) {
        return with(vocabSize, hidden, attention, options);
    }

    /** The same model with other options. */
    public ModelConfig withOptions(EncoderOptions other) {
        return with(vocabSize, hiddenDropoutProb, attentionProbsDropoutProb, other);
    }

    private ModelConfig with(int size, double hiddenDropout, double attentionDropout, EncoderOptions other) {
        return new ModelConfig(
                size,
                hiddenSize,
                numHiddenLayers,
                numAttentionHeads,
                intermediateSize,
                hiddenAct,
                hiddenDropout,
                attentionDropout,
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
        ConfigReader reader = new ConfigReader(where, node);
        try {
            return of(reader, where, node);
        } catch (Failure e) {
            throw e.getMessage().startsWith(where + ": ") ? e : Failure.usage("%s: %s", where, e.getMessage());
        }
    }

    private static ModelConfig of(ConfigReader reader, Object where, ObjectNode node) {
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
}
