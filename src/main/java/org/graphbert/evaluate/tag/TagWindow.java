package org.graphbert.evaluate.tag;

import org.graphbert.evaluate.Scorer;

/**
 * A sentence, or a stretch of one that is too long, as a model takes it, and the words of it that are tagged here. W words, S
 * positions.
 *
 * @param query [CLS], the pieces, [SEP]
 * @param sentence its number, from 0
 * @param firstWord the first that is tagged here; the others follow it
 * @param positions [W] of each word's first piece, ascending
 * @param labels [W] the classes of their tags, -1 where there is none or it is none of the known
 */
public record TagWindow(Scorer.Query query, int sentence, int firstWord, int[] positions, int[] labels) {

    public TagWindow {
        if (positions.length == 0 || labels.length != positions.length
                || positions[positions.length - 1] >= query.inputIds().length) {
            throw new IllegalArgumentException(labels.length + " labels of " + positions.length + " words");
        }
    }
}
