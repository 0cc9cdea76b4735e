package org.graphbert.config;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.stream.Stream;

/** What becomes of the encoder's vectors of a text before its label is told from it. */
public enum Pooling {
    /** The pooler over that of [CLS], as BERT has it: it wants a model that was pre-trained on pairs, or to be taught itself. */
    CLS,
    /** The mean over all tokens, [CLS] and [SEP] with them, and no pooler (Reimers and Gurevych 2019, Sentence-BERT, 3). */
    MEAN;

    /**
     * The one of a name.
     *
     * @throws Failure (usage) if there is none
     */
    static Pooling of(String name) {
        Bounds.oneOf("pooling", name, Stream.of(values()).map(Pooling::toString).toList());
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
