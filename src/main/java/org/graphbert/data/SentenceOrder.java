package org.graphbert.data;

import java.util.EnumSet;
import java.util.function.Consumer;

/**
 * Sentence-order pairs (Lan et al. 2019, ALBERT, 3.1; google-research/albert's create_pretraining_data.py): the two parts
 * of a chunk, in order (0) or swapped (1).
 *
 * <p>Departures: the reference gives a chunk of one sentence a random next one and labels it 1, which is another task. Here
 * a chunk goes on to a second sentence where the document has one; a last sentence that is left over is cut in two at the
 * word nearest its middle. A last sentence of one token cannot be, and is passed over.
 */
final class SentenceOrder implements Pairs {

    private final PairOptions options;
    private final WordStarts words;
    private final Chunks chunks;

    SentenceOrder(PairOptions options, WordStarts words) {
        this.options = options;
        this.words = words;
        chunks = new Chunks(options, 2);
    }

    @Override
    public long of(Documents documents, int from, int to, Rng rng, Consumer<Pair> pairs) {
        long[] passedOver = {0};
        for (int d = from; d < to; d++) {
            chunks.of(documents, d, rng, chunk -> {
                Stretch whole = Stretch.of(documents, chunk.document(), chunk.start(), chunk.end());
                if (whole.length() == 1) {
                    passedOver[0]++;
                } else {
                    pairs.accept(pair(documents, chunk, whole, rng));
                }
                return chunk.end();
            });
        }
        return passedOver[0];
    }

    private Pair pair(Documents documents, Chunks.Chunk chunk, Stretch whole, Rng rng) {
        EnumSet<Pair.Mark> marks = Pair.marks(chunk.target());
        int place = 0;
        if (chunk.single()) {
            place = whole.middle(words);
            marks.add(Pair.Mark.HALVED);
        }
        for (int s = chunk.start(); !chunk.single() && s < chunk.split(); s++) {
            place += documents.length(chunk.document(), s);
        }
        Stretch[] parts = whole.cut(place);
        int label = rng.uniform() < options.positiveRatio() ? 0 : 1;
        return Pair.of(parts[label], parts[1 - label], label, options.mostTokens(), marks, rng);
    }
}
