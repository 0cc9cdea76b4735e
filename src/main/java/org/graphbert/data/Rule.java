package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What {@link Verification} checks; each violation names one. */
enum Rule {
    /** A shard that the manifest names is there. */
    SHARD_MISSING,
    /** It has as many bytes as the manifest says. */
    SHARD_BYTES,
    /** Its SHA-256 is the manifest's. */
    SHARD_SHA256,
    /** It has as many records as the manifest says. */
    SHARD_RECORDS,
    /** A file beside the shards that the manifest names is there. */
    FILE_MISSING,
    /** It has as many bytes as the manifest says. */
    FILE_BYTES,
    /** Its SHA-256 is the manifest's. */
    FILE_SHA256,
    /** The offsets index gives each record's place and length, and the shard's. */
    INDEX,
    /** The checksum of each record's length, and a frame that lies within the file. */
    RECORD_LENGTH,
    /** The checksum of each record's data. */
    RECORD_DATA,
    /** The data are a tf.Example with BERT's features, their numbers within the features' ranges. */
    EXAMPLE,
    /** S positions and P predictions. */
    FEATURE_LENGTHS,
    /** Ones for the tokens, at least one, then zeros. */
    INPUT_MASK,
    /** Ids and segment ids behind the tokens are 0. */
    PADDING,
    /** Token ids and labels are entries of the vocabulary. */
    VOCABULARY,
    /** The first token is [CLS], and no other. */
    CLS,
    /** The last token is [SEP]; a pair has two with something before each. */
    SEP,
    /** 0 up to the first [SEP], 1 behind it; 0 throughout where there are no pairs. */
    SEGMENT_IDS,
    /** The label of the pair; 0 where there are no pairs. */
    NEXT_SENTENCE_LABELS,
    /** Chosen positions ascend, each once, inside the tokens. */
    POSITIONS,
    /** [CLS] and [SEP] are never chosen. */
    CHOSEN_SPECIAL,
    /** At least one prediction, where tokens are chosen one by one. */
    PREDICTIONS,
    /** Weights are ones, then zeros. */
    WEIGHTS,
    /** Positions and labels of weight 0 are 0. */
    PREDICTION_PADDING,
    /** [MASK] stands at chosen positions only. */
    MASK_NOT_CHOSEN,
    /** The manifest's counts and shares are those of the records. */
    STATISTICS,
    /** unigram_counts.txt fits the vocabulary and the manifest. */
    UNIGRAM_COUNTS,
    /** The tokenizer's files are those that the records were made with. */
    TOKENIZER;

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
