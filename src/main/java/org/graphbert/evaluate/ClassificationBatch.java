package org.graphbert.evaluate;

/**
 * Texts as a model takes them, padded to the longest, with their classes.
 *
 * @param texts B of them
 * @param labels [B]
 */
public record ClassificationBatch(PaddedQueries texts, int[] labels) {

    public ClassificationBatch {
        if (labels.length != texts.batch()) {
            throw new IllegalArgumentException(labels.length + " labels of " + texts.batch() + " texts");
        }
    }

    public int size() {
        return labels.length;
    }
}
