package org.graphbert.text;

import org.graphbert.config.Failure;

/**
 * What a WordPiece vocabulary is trained with; the defaults are those of Hugging Face's BertWordPieceTokenizer.
 *
 * @param vocabularySize entries of the vocabulary, special tokens included
 * @param minFrequency pairs that occur less often are not merged
 * @param limitAlphabet so many different characters at most; the rarest beyond them become [UNK]
 * @param options how text is made ready
 * @param threads that count words; the result does not depend on them
 */
public record WordPieceTraining(
        int vocabularySize, long minFrequency, int limitAlphabet, WordPieceOptions options, int threads) {

    public static final int DEFAULT_MIN_FREQUENCY = 2;
    public static final int DEFAULT_LIMIT_ALPHABET = 1000;

    public WordPieceTraining {
        atLeastOne("--vocab-size", vocabularySize);
        atLeastOne("--min-frequency", minFrequency);
        atLeastOne("--limit-alphabet", limitAlphabet);
        atLeastOne("--threads", threads);
    }

    /** The defaults, on as many threads as there are processors. */
    public static WordPieceTraining of(int vocabularySize, WordPieceOptions options) {
        return new WordPieceTraining(
                vocabularySize,
                DEFAULT_MIN_FREQUENCY,
                DEFAULT_LIMIT_ALPHABET,
                options,
                Runtime.getRuntime().availableProcessors());
    }

    private static void atLeastOne(String option, long value) {
        if (value < 1) {
            throw Failure.usage("%s is %d, expected at least 1", option, value);
        }
    }
}
