package org.graphbert.corpus;

/**
 * What a {@link DocumentReader} left out or changed.
 *
 * @param duplicates documents that repeat an earlier one
 * @param tooShort documents below the least length
 * @param cut documents longer than the longest, which come in pieces
 */
public record DocumentCounts(long duplicates, long tooShort, long cut) {

    public static final DocumentCounts NONE = new DocumentCounts(0, 0, 0);
}
