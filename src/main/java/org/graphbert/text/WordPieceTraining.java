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
 * @param unused so many slots "[unused0]", "[unused1]", … behind the special tokens, for entries to be added later; they
 *     count as entries
 * @param maxWords so many different words at most are counted, the rarest beyond them dropped; a million of ten letters
 *     take 90 MB while they are counted and as much again while pairs are merged; 0 for {@value #DEFAULT_MAX_WORDS}
 */
public record WordPieceTraining(
        int vocabularySize,
        long minFrequency,
        int limitAlphabet,
        WordPieceOptions options,
        int threads,
        int unused,
        int maxWords) {

    public static final int DEFAULT_MIN_FREQUENCY = 2;
    public static final int DEFAULT_LIMIT_ALPHABET = 1000;
    public static final int DEFAULT_MAX_WORDS = WordCounter.DEFAULT_MAX_WORDS;

    public WordPieceTraining {
        atLeastOne("--vocab-size", vocabularySize);
        atLeastOne("--min-frequency", minFrequency);
        atLeastOne("--limit-alphabet", limitAlphabet);
        atLeastOne("--threads", threads);
        if (unused < 0 || unused >= vocabularySize) {
            throw Failure.usage(
                    "--unused is %d, expected 0 or more and fewer than the %d entries of --vocab-size",
                    unused, vocabularySize);
        }
        maxWords = WordCounter.maxWords(maxWords);
    }

    /** The defaults, on as many threads as there are processors. */
    public static WordPieceTraining of(int vocabularySize, WordPieceOptions options) {
        return new WordPieceTraining(
                vocabularySize,
                DEFAULT_MIN_FREQUENCY,
                DEFAULT_LIMIT_ALPHABET,
                options,
                Runtime.getRuntime().availableProcessors(),
                0,
                DEFAULT_MAX_WORDS);
    }

    private static void atLeastOne(String option, long value) {
        if (value < 1) {
            throw Failure.usage("%s is %d, expected at least 1", option, value);
        }
    }
}
