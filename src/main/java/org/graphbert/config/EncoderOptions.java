package org.graphbert.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a model may do otherwise than BERT, each off by default.
 *
 * @param preLayerNorm LayerNorm before each sub-layer and once behind the last layer, none on the embeddings (Xiong et al.
 *     2020; Shoeybi et al. 2019, section 5.3)
 * @param positions how positions enter
 * @param gatedFeedForward activation(x·W + b) ⊙ (x·V + c) for activation(x·W + b) (Shazeer 2020, GEGLU and its kin)
 * @param pairHead whether there are a pooler and a head for pairs of sentences, as in BERT
 * @param embeddingSize E, the width of the embeddings, projected to H (Lan et al. 2019, section 3.1); null for H
 * @param hiddenGroups groups of neighbouring layers that share their variables (Lan et al. 2019; 1: all share); null for
 *     none shared
 */
public record EncoderOptions(
        boolean preLayerNorm,
        PositionEmbedding positions,
        boolean gatedFeedForward,
        boolean pairHead,
        Integer embeddingSize,
        Integer hiddenGroups) {

    /** BERT. */
    public static final EncoderOptions NONE =
            new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, true, null, null);

    private static final String PRE_LAYER_NORM = "pre_layer_norm";
    private static final String POSITIONS = "position_embedding_type";
    private static final String GATED = "gated_feed_forward";
    private static final String PAIR_HEAD = "pair_head";
    /** ALBERT's key. */
    private static final String EMBEDDING_SIZE = "embedding_size";
    /** ALBERT's key. */
    private static final String GROUPS = "num_hidden_groups";

    static final Set<String> KEYS = Set.of(PRE_LAYER_NORM, POSITIONS, GATED, PAIR_HEAD, EMBEDDING_SIZE, GROUPS);

    /** The same with a pooler and a head for pairs. */
    public EncoderOptions withPairHead() {
        return withPairHead(true);
    }

    /** The same without them. */
    public EncoderOptions withoutPairHead() {
        return withPairHead(false);
    }

    private EncoderOptions withPairHead(boolean pairs) {
        return new EncoderOptions(preLayerNorm, positions, gatedFeedForward, pairs, embeddingSize, hiddenGroups);
    }

    static EncoderOptions of(ConfigReader reader) {
        ObjectNode node = reader.node();
        return new EncoderOptions(
                reader.flag(PRE_LAYER_NORM, false),
                PositionEmbedding.of(reader.where(), reader.text(POSITIONS, PositionEmbedding.ABSOLUTE.key())),
                reader.flag(GATED, false),
                reader.flag(PAIR_HEAD, true),
                node.has(EMBEDDING_SIZE) ? reader.integer(EMBEDDING_SIZE, 0) : null,
                node.has(GROUPS) ? reader.integer(GROUPS, 0) : null);
    }

    void requireFit(int hiddenSize, int layers, int heads) {
        if (embeddingSize != null) {
            Bounds.atLeastOne(EMBEDDING_SIZE, embeddingSize);
        }
        if (hiddenGroups != null && (hiddenGroups < 1 || hiddenGroups > layers)) {
            throw Failure.usage("%s is %d, expected 1 to num_hidden_layers (%d)", GROUPS, hiddenGroups, layers);
        }
        if (positions == PositionEmbedding.ROTARY && hiddenSize / heads % 2 != 0) {
            throw Failure.usage("%s is rotary, which turns pairs of numbers, but hidden_size (%d) by num_attention_heads (%d) is "
                    + "heads of odd width %d; change one of them", POSITIONS, hiddenSize, heads, hiddenSize / heads);
        }
    }

    /** Writes the keys of the options that are on. */
    void write(ObjectNode node) {
        if (preLayerNorm) {
            node.put(PRE_LAYER_NORM, true);
        }
        if (positions != PositionEmbedding.ABSOLUTE) {
            node.put(POSITIONS, positions.key());
        }
        if (gatedFeedForward) {
            node.put(GATED, true);
        }
        if (!pairHead) {
            node.put(PAIR_HEAD, false);
        }
        if (embeddingSize != null) {
            node.put(EMBEDDING_SIZE, embeddingSize);
        }
        if (hiddenGroups != null) {
            node.put(GROUPS, hiddenGroups);
        }
    }

    /** The keys of the options that are on, with their values; empty for BERT. */
    public List<String> named() {
        ObjectNode node = Json.MAPPER.createObjectNode();
        write(node);
        List<String> named = new ArrayList<>();
        node.properties().forEach(entry -> named.add(entry.getKey() + " " + entry.getValue().asText()));
        return named;
    }
}
