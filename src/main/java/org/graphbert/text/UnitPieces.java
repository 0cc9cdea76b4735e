package org.graphbert.text;

/**
 * How a tokenizer encodes the units that its vocabulary was learned from ({@link Words}): basic tokens with WordPiece,
 * words and parts of words with SentencePiece. For the report on a training.
 */
interface UnitPieces {

    /** The ids of the unit [from, to) of the code points, one or more. */
    int[] ids(int[] codePoints, int from, int to);

    /** Whether the unit begins a word, or goes on with one (a SentencePiece unit without U+2581 in front). */
    boolean beginsWord(int[] codePoints, int from, int to);

    /**
     * How many of a unit's code points a piece stands for; 0 for entries that no text becomes (special tokens, unused
     * slots, control symbols).
     */
    int length(int id);
}
