package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the pair head learns: {@code --pairs}. */
public enum PairTask {
    /** Next sentence (Devlin et al. 2018, 3.1, Task 2): 0 = B follows A, 1 = B is from a random place. */
    NSP,
    /** Sentence order (Lan et al. 2019, ALBERT, 3.1): 0 = two consecutive segments in order, 1 = swapped. */
    SOP,
    /** No pairs, one segment: FULL-SENTENCES and DOC-SENTENCES (Liu et al. 2019, RoBERTa, 4.2). */
    NONE;

    /** What the records of a data set teach; google-research/bert's files hold next sentences. */
    public static PairTask of(DataSet data) {
        return data.manifest().map(m -> m.request().recipe().pairs().task()).orElse(NSP);
    }

    /** As a sentence has it. */
    public String words() {
        return this == SOP ? "sentence order" : "next sentence";
    }

    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
