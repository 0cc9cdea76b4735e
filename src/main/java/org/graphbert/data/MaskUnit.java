package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is chosen for prediction together: {@code --masking}. */
public enum MaskUnit {
    /** A piece. */
    TOKEN,
    /** The pieces of a word. */
    WHOLE_WORD,
    /** One to three words in a row, n of them with a weight of 1/n (Lan et al. 2019, ALBERT, 4.1). */
    SPAN;

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
