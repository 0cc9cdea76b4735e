package org.graphbert.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sentence pairs out of tokenised documents, by the rules of google-research/bert's create_pretraining_data.py
 * (create_instances_from_document). Sentences gather into a chunk until it reaches the target length; the chunk's first
 * sentences become A; B is the rest of the chunk (IsNext), or a run of sentences from a random place in another document
 * (NotNext), in which case the unused rest goes back and starts the next chunk.
 *
 * <p>One departure: the other document is drawn from all but this one, where the reference draws up to ten times from
 * all and may end with the same one.
 */
final class Pairs {

    private static final int SHORTEST_TARGET = 2;

    private final PairOptions options;

    Pairs(PairOptions options) {
        this.options = options;
    }

    /**
     * The pairs of one document.
     *
     * @param documents at least two, each with at least one sentence, each sentence with at least one token id
     */
    void of(List<int[][]> documents, int index, Rng rng, Consumer<Pair> pairs) {
        int[][] document = documents.get(index);
        int most = options.maxSeqLength() - PairOptions.SPECIALS;
        boolean shortTarget = rng.uniform() < options.shortSeqProb();
        int target = shortTarget ? rng.between(SHORTEST_TARGET, most) : most;
        int chunk = 0; // the chunk is document[chunk .. i]
        int length = 0;
        for (int i = 0; i < document.length; i++) {
            length += document[i].length;
            if (i < document.length - 1 && length < target) {
                continue;
            }
            int sentences = i + 1 - chunk;
            int aEnd = chunk + (sentences >= 2 ? rng.between(1, sentences - 1) : 1);
            boolean forced = sentences == 1;
            boolean notNext = forced || rng.uniform() >= options.positiveRatio();
            Stretch a = new Stretch(document, chunk, aEnd);
            Stretch b;
            if (notNext) {
                b = randomNext(documents, index, target - a.length(), rng);
                i = aEnd - 1; // put the unused sentences back
            } else {
                b = new Stretch(document, aEnd, i + 1);
            }
            boolean truncated = truncate(a, b, most, rng);
            pairs.accept(new Pair(a.tokens(), b.tokens(), notNext, forced, truncated, shortTarget));
            chunk = i + 1;
            length = 0;
        }
    }

    /** Sentences from a random place in another document, until they reach the length or the document's end. */
    private static Stretch randomNext(List<int[][]> documents, int index, int length, Rng rng) {
        int other = rng.below(documents.size() - 1);
        int[][] document = documents.get(other < index ? other : other + 1);
        int start = rng.below(document.length);
        int end = start;
        int tokens = 0;
        do {
            tokens += document[end++].length;
        } while (end < document.length && tokens < length);
        return new Stretch(document, start, end);
    }

    /** Drops a token from the front or the back, at random, of the longer (b if level) until both fit. */
    private static boolean truncate(Stretch a, Stretch b, int most, Rng rng) {
        boolean truncated = false;
        while (a.length() + b.length() > most) {
            Stretch longer = a.length() > b.length() ? a : b;
            if (rng.uniform() < 0.5) {
                longer.from++;
            } else {
                longer.to--;
            }
            truncated = true;
        }
        return truncated;
    }

    /** A run of sentences, joined, of which [from, to) is left. */
    private static final class Stretch {
        private final int[] joined;
        private int from;
        private int to;

        Stretch(int[][] document, int start, int end) {
            for (int s = start; s < end; s++) {
                to += document[s].length;
            }
            joined = new int[to];
            int at = 0;
            for (int s = start; s < end; s++) {
                System.arraycopy(document[s], 0, joined, at, document[s].length);
                at += document[s].length;
            }
        }

        int length() {
            return to - from;
        }

        int[] tokens() {
            return Arrays.copyOfRange(joined, from, to);
        }
    }
}
