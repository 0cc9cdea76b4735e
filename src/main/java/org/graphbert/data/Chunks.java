package org.graphbert.data;

import java.util.function.ToIntFunction;

/**
 * Cuts documents by the rules of google-research/bert's create_pretraining_data.py (create_instances_from_document):
 * sentences gather into a chunk until it reaches the target length, and a random number of its first ones become A.
 *
 * @param options how long and how short
 * @param leastSentences a chunk goes on until it has so many, if the document does: 1 in the reference
 */
record Chunks(PairOptions options, int leastSentences) {

    /**
     * Sentences of a document: A is [start, split), the rest of the chunk [split, end).
     *
     * @param split {@code end} for a single sentence
     */
    record Chunk(int document, int start, int split, int end, Target target) {

        boolean single() {
            return end - start == 1;
        }
    }

    /**
     * Walks through a document.
     *
     * @param pair takes a chunk and returns the first sentence of the next one: what it did not use goes back
     */
    void of(Documents documents, int document, Rng rng, ToIntFunction<Chunk> pair) {
        Target target = Target.draw(options.shortSeqProb(), options.mostTokens(), rng);
        int sentences = documents.sentences(document);
        int start = 0;
        int length = 0;
        int end = 0; // the chunk is [start, end)
        while (end < sentences) {
            length += documents.length(document, end++);
            if (end < sentences && (length < target.length() || end - start < leastSentences)) {
                continue;
            }
            int split = end - start >= 2 ? start + rng.between(1, end - start - 1) : end;
            end = pair.applyAsInt(new Chunk(document, start, split, end, target));
            start = end;
            length = 0;
        }
    }
}
