package org.graphbert.text;

/**
 * A piece that a trainer found.
 *
 * @param piece its text; a word's first begins with '▁'
 * @param score of a unigram model the natural logarithm of its probability, of a BPE model its rank below 0
 */
record ScoredPiece(String piece, float score) {

    /** No trainer gives pieces of more code points (sentencepiece's max_sentencepiece_length). */
    static final int LONGEST = 16;

    ScoredPiece {
        if (piece.isEmpty() || !Float.isFinite(score)) {
            throw new IllegalArgumentException("piece '" + piece + "' with score " + score);
        }
    }
}
