package org.graphbert.text;

import org.graphbert.config.Failure;

/**
 * How many pieces a SentencePiece trainer is to give, and what it says when a text cannot give them.
 *
 * @param settings what the user asked for
 * @param pieces the vocabulary size without special, user-defined, byte and unused entries; below 0 if these alone are
 *     more
 */
record PieceBudget(SentencePieceTraining settings, int pieces) {

    PieceBudget {
        if (pieces > settings.vocabularySize()) {
            throw new IllegalArgumentException(pieces + " pieces in a vocabulary of " + settings.vocabularySize());
        }
    }

    /**
     * The characters that must be pieces.
     *
     * @throws Failure (data) if the words hold no text; (usage) if there are more characters than pieces
     */
    CharacterCoverage characters(WordCounts words) {
        CharacterCoverage characters = CharacterCoverage.of(words, settings.characterCoverage());
        if (characters.size() == 0) {
            throw Failure.data("the input holds no words, expected text to train a vocabulary of %,d entries on",
                    settings.vocabularySize());
        }
        if (characters.size() > pieces) {
            throw Failure.usage(
                    "--vocab-size is %d, but the %,d characters of this corpus and %,d other entries are more; ask for at"
                            + " least %d, or for fewer characters with --character-coverage (now %s)",
                    settings.vocabularySize(),
                    characters.size(),
                    others(),
                    characters.size() + others(),
                    settings.characterCoverage());
        }
        return characters;
    }

    /**
     * Checks the number of pieces that the text gives, characters included.
     *
     * @throws Failure (usage) if it is too small
     */
    void reachedBy(int found) {
        if (found < pieces) {
            throw Failure.usage(
                    "--vocab-size is %d, but this corpus gives %,d entries at most; ask for at most %d, or give more text",
                    settings.vocabularySize(), found + others(), found + others());
        }
    }

    private int others() {
        return settings.vocabularySize() - pieces;
    }
}
