package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where the random next sentences of next-sentence prediction come from: {@code --negatives}. */
public enum Negatives {
    /** From another document, as in the reference. */
    RANDOM,
    /** From elsewhere in the same document, which the topic does not give away. */
    SAME_DOCUMENT;

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
