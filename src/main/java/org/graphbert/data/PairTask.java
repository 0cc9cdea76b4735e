package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/** What the pair head learns: {@code --pairs}. */
public enum PairTask {
    /** Next sentence (Devlin et al. 2018, 3.1, Task 2): 0 = B follows A, 1 = B is from a random place. */
    NSP("IsNext", "NotNext"),
    /** Sentence order (Lan et al. 2019, ALBERT, 3.1): 0 = two consecutive segments in order, 1 = swapped. */
    SOP("InOrder", "Swapped"),
    /** No pairs, one segment: FULL-SENTENCES and DOC-SENTENCES (Liu et al. 2019, RoBERTa, 4.2). */
    NONE;

    private final List<String> labels;

    PairTask(String... labels) {
        this.labels = List.of(labels);
    }

    /** The names of {@code next_sentence_labels} 0 and 1; empty where there is nothing to label. */
    public List<String> labels() {
        return labels;
    }

    /** How many documents it takes: random next sentences come from another one. */
    int leastDocuments() {
        return this == NSP ? 2 : 1;
    }

    /** What is wrong with so many documents that give no record. */
    String whyNoRecords(long documents) {
        return switch (this) {
            case NSP -> String.format("fewer than two of its %,d documents have tokens", documents);
            case SOP -> String.format("none of its %,d documents has a sentence of two tokens or a second sentence", documents);
            case NONE -> String.format("none of its %,d documents has tokens", documents);
        };
    }

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
