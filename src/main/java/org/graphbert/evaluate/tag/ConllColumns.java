package org.graphbert.evaluate.tag;

import org.graphbert.config.Failure;

/**
 * Which columns of a CoNLL file hold the words and the tags.
 *
 * @param word from 1; -1 is the last, -2 the one before it
 * @param tag likewise
 */
public record ConllColumns(int word, int tag) {

    public static final ConllColumns FIRST_AND_LAST = new ConllColumns(1, -1);

    /** @throws Failure (usage) if a number is 0, or both are the same */
    public ConllColumns {
        if (word == 0 || tag == 0 || word == tag) {
            throw Failure.usage("--token-column is %d and --tag-column %d, expected two columns, counted from 1, or from -1 for the last",
                    word, tag);
        }
    }

    /** The place of a column among so many, from 0; negative or beyond if there is none such. */
    static int place(int column, int columns) {
        return column > 0 ? column - 1 : columns + column;
    }
}
