package org.graphbert.config;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How a token's place in its sequence enters the encoder. */
public enum PositionEmbedding {
    /** A learnt vector for each place, added to the token's; BERT's. */
    ABSOLUTE("absolute"),
    /** A learnt vector of D for each distance, whose product with the query is added to the score (Shaw et al. 2018). */
    RELATIVE_KEY("relative_key"),
    /** The same, with the vector's product with the key beside it (Huang et al. 2020, method 4). */
    RELATIVE_KEY_QUERY("relative_key_query"),
    /** Queries and keys turned by an angle that grows with the place (Su et al. 2021, RoFormer). */
    ROTARY("rotary");

    private final String key;

    PositionEmbedding(String key) {
        this.key = key;
    }

    public String key() {
        return key;
    }

    /** Whether a learnt vector for each distance adds to the scores. */
    public boolean relative() {
        return this == RELATIVE_KEY || this == RELATIVE_KEY_QUERY;
    }

    static PositionEmbedding of(Object where, String key) {
        for (PositionEmbedding kind : values()) {
            if (kind.key.equals(key)) {
                return kind;
            }
        }
        String known = Arrays.stream(values()).map(PositionEmbedding::key).collect(Collectors.joining(", "));
        throw Failure.usage("%s: position_embedding_type is '%s', expected one of %s", where, key, known);
    }
}
