package org.graphbert.data;

import com.google.protobuf.WireFormat;

/**
 * Names of a record's features (google-research/bert, create_pretraining_data.py) and the field numbers around them
 * (tensorflow/core/example/example.proto and feature.proto).
 */
final class Features {

    static final String INPUT_IDS = "input_ids";
    static final String INPUT_MASK = "input_mask";
    static final String SEGMENT_IDS = "segment_ids";
    static final String MASKED_LM_POSITIONS = "masked_lm_positions";
    static final String MASKED_LM_IDS = "masked_lm_ids";
    static final String MASKED_LM_WEIGHTS = "masked_lm_weights";
    static final String NEXT_SENTENCE_LABELS = "next_sentence_labels";

    /** Example.features and Features.feature. */
    static final int FEATURES = 1;

    static final int FEATURE = 1;

    /** Of an entry of the map Features.feature. */
    static final int KEY = 1;

    static final int VALUE = 2;

    /** Feature's choices. */
    static final int FLOAT_LIST = 2;

    static final int INT64_LIST = 3;

    /** FloatList.value and Int64List.value. */
    static final int LIST_VALUE = 1;

    private Features() {}

    /** The tag of a field that holds a message, a string or packed numbers. */
    static int delimited(int field) {
        return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }
}
