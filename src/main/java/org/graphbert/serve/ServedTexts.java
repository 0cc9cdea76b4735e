package org.graphbert.serve;

import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.Scorer;

/** Texts, and pairs of texts, as an export takes them: [CLS] a [SEP], or [CLS] a [SEP] b [SEP]. */
record ServedTexts(LoadedModel loaded) {

    /** As long as they are. */
    Scorer.Query whole(List<String> texts) {
        int[][] ids = texts.stream().map(text -> loaded.tokenizer().encode(text).ids()).toArray(int[][]::new);
        return Scorer.Query.of(loaded.tokenizer().special(), ids).in(loaded.config().typeVocabSize());
    }

    /** As a head for texts was fine-tuned on them. */
    Scorer.Query learnt(List<String> example) {
        return cutting() ? encoded(example).examples().get(0).text() : whole(example);
    }

    /** Whether it is longer than that. */
    boolean cuts(List<String> example) {
        return cutting() && encoded(example).cut() > 0;
    }

    /** Exports of before leave it open, and are given texts as long as the model takes. */
    private boolean cutting() {
        return loaded.facts().head().eitherTexts() && loaded.facts().reading() != null;
    }

    private EncodedExamples encoded(List<String> example) {
        return loaded.facts().reading().texts(example, loaded.tokenizer(), loaded.config().typeVocabSize());
    }

    /** Refuses single texts where a head for texts has learnt pairs, and pairs where it has learnt single ones. */
    void requireKind(List<List<String>> examples) {
        Boolean pairs = loaded.facts().pairs();
        for (int i = 0; pairs != null && i < examples.size(); i++) {
            if (pairs != examples.get(i).size() > 1) {
                throw Failure.usage(pairs
                        ? "example %d is a single text, and this model was trained on pairs; give it a second text (\"pair\")"
                        : "example %d is a pair of texts, and this model was trained on single ones; leave the second text (\"pair\") out", i);
            }
        }
    }
}
