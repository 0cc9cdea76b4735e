package org.graphbert.data;

import java.util.function.Consumer;
import org.graphbert.text.Tokenizer;

/** The texts of records, out of tokenised documents. */
sealed interface Pairs permits NextSentence, SentenceOrder, FullSentences {

    /** Whether the second of two neighbouring tokens begins a word. */
    interface WordStarts {
        boolean startsWordBehind(int before, int id);
    }

    /**
     * The pairs, or single texts, of the documents [from, to).
     *
     * @param documents at least {@link PairTask#leastDocuments}: those outside [from, to) are drawn from, too
     * @return how many sentences were passed over because no pair can be made of them
     */
    long of(Documents documents, int from, int to, Rng rng, Consumer<Pair> pairs);

    /** By the options, of a tokenizer's ids. */
    static Pairs of(PairOptions options, Tokenizer tokenizer) {
        return of(options, tokenizer.special().sep(), tokenizer::startsWordBehind);
    }

    /** By the options, of ids with that [SEP] and those words. */
    static Pairs of(PairOptions options, int sep, WordStarts words) {
        return switch (options.task()) {
            case NSP -> new NextSentence(options);
            case SOP -> new SentenceOrder(options, words);
            case NONE -> new FullSentences(options, sep, words);
        };
    }
}
