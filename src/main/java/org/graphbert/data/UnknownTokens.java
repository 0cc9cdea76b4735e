package org.graphbert.data;

import java.util.Locale;
import java.util.Optional;

/** Notices that a vocabulary does not suit the text: a model that is trained on [UNK] learns next to nothing. */
final class UnknownTokens {

    /** A vocabulary trained on the text itself leaves well under a hundredth unknown; another language, most of it. */
    private static final double TOLERABLE = 0.1;

    private UnknownTokens() {}

    /** A line for the user if too many tokens of the corpus are [UNK]. */
    static Optional<String> warning(Manifest manifest) {
        Statistics.Corpus corpus = manifest.statistics().corpus();
        double share = Statistics.share(corpus.unknownTokens(), corpus.tokens());
        if (share <= TOLERABLE) {
            return Optional.empty();
        }
        Manifest.TokenizerFacts tokenizer = manifest.request().tokenizer();
        return Optional.of(String.format(
                Locale.ROOT,
                "warning: %.1f%% of the tokens are [UNK], expected at most %.0f%%: this %s vocabulary of %,d entries was not "
                        + "made for such text; train one on it with 'graphbert tokenizer train', or check --tokenizer, "
                        + "--cased and --encoding",
                100 * share, 100 * TOLERABLE, tokenizer.type(), tokenizer.vocabularySize()));
    }
}
