package org.graphbert.text;

import org.graphbert.config.Failure;

/**
 * How text is made ready for WordPiece; google-research/bert's FullTokenizer with its names.
 *
 * @param lowerCase whether text is lower-cased
 * @param stripAccents whether text is decomposed (NFD) and its nonspacing marks are dropped
 * @param splitChinese whether each Chinese character is a word of its own
 * @param maxWordLength words of more code points than this are [UNK]
 */
public record WordPieceOptions(boolean lowerCase, boolean stripAccents, boolean splitChinese, int maxWordLength) {

    /** google-research/bert's WordpieceTokenizer has 200; Hugging Face, whose ids we reproduce, 100. */
    public static final int DEFAULT_MAX_WORD_LENGTH = 100;

    public WordPieceOptions {
        if (maxWordLength < 1) {
            throw Failure.usage("max_input_chars_per_word is %d, expected at least 1", maxWordLength);
        }
    }

    /** Lower-casing with accents stripped, as bert-base-uncased has it. */
    public static WordPieceOptions uncased() {
        return new WordPieceOptions(true, true, true, DEFAULT_MAX_WORD_LENGTH);
    }

    /** The text's own case and accents, as bert-base-cased has it. */
    public static WordPieceOptions cased() {
        return new WordPieceOptions(false, false, true, DEFAULT_MAX_WORD_LENGTH);
    }

    /** The same with another limit to the length of words. */
    public WordPieceOptions withMaxWordLength(int codePoints) {
        return new WordPieceOptions(lowerCase, stripAccents, splitChinese, codePoints);
    }
}
