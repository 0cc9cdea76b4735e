package org.graphbert.text;

/** Cuts normalised text into the pieces of a SentencePiece model. Immutable and safe to share between threads. */
sealed interface Segmenter permits UnigramSegmenter, PairSegmenter {

    /** The pieces of a whole text, characters that no piece holds each as the unknown piece. */
    Segments segment(Normalized text);
}
