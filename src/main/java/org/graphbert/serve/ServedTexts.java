package org.graphbert.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
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

    /**
     * As a head for texts was fine-tuned on them, which exports of before leave open: there, whole.
     *
     * @param cut takes the numbers of those that are longer than that
     * @throws Failure (usage) if it has learnt pairs and one is a single text, or the other way round
     */
    List<Scorer.Query> learnt(List<List<String>> examples, IntConsumer cut) {
        requireKind(examples);
        Reading reading = loaded.facts().reading();
        List<Scorer.Query> queries = new ArrayList<>();
        for (List<String> example : examples) {
            if (reading == null) {
                queries.add(whole(example));
                continue;
            }
            EncodedExamples encoded = reading.texts(example, loaded.tokenizer(), loaded.config().typeVocabSize());
            if (encoded.cut() > 0) {
                cut.accept(queries.size());
            }
            queries.add(encoded.examples().get(0).text());
        }
        return queries;
    }

    private void requireKind(List<List<String>> examples) {
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
