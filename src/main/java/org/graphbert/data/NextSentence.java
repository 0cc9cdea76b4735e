package org.graphbert.data;

import java.util.EnumSet;
import java.util.function.Consumer;

/**
 * Next-sentence pairs as in google-research/bert's create_pretraining_data.py: B is the rest of A's chunk (IsNext, 0), or a
 * run of sentences from a random place (NotNext, 1), in which case the unused rest goes back and starts the next chunk. A
 * chunk of one sentence is always NotNext.
 *
 * <p>One departure: the other document is drawn from all but this one, where the reference draws up to ten times from all
 * and may end with the same one.
 *
 * <p>With {@link PairOptions#balance} a chunk goes on to a second sentence where there is one. The reference's chunk ends
 * with a sentence that reaches the target length alone, so that long sentences, and nearly all pairs of a short target,
 * are NotNext: their share rises, and the length gives the label away.
 */
final class NextSentence implements Pairs {

    private final PairOptions options;
    private final Chunks chunks;

    NextSentence(PairOptions options) {
        this.options = options;
        chunks = new Chunks(options, options.balance() ? 2 : 1);
    }

    @Override
    public long of(Documents documents, int from, int to, Rng rng, Consumer<Pair> pairs) {
        LabelBalance balance = new LabelBalance(options.positiveRatio());
        for (int d = from; d < to; d++) {
            chunks.of(documents, d, rng, chunk -> {
                double isNext = options.balance() ? balance.probability() : options.positiveRatio();
                boolean notNext = chunk.single() || rng.uniform() >= isNext;
                balance.add(!chunk.single(), !notNext);
                EnumSet<Pair.Mark> marks = Pair.marks(chunk.target());
                if (chunk.single()) {
                    marks.add(Pair.Mark.FORCED);
                }
                Stretch a = Stretch.of(documents, chunk.document(), chunk.start(), chunk.split());
                Stretch b = notNext
                        ? notNext(documents, chunk, a.length(), marks, rng)
                        : Stretch.of(documents, chunk.document(), chunk.split(), chunk.end());
                pairs.accept(Pair.of(a, b, notNext ? 1 : 0, options.mostTokens(), marks, rng));
                return notNext ? chunk.split() : chunk.end();
            });
        }
        return 0;
    }

    private Stretch notNext(Documents documents, Chunks.Chunk chunk, int aLength, EnumSet<Pair.Mark> marks, Rng rng) {
        int length = chunk.target().length() - aLength;
        if (options.negatives() == Negatives.SAME_DOCUMENT) {
            Stretch elsewhere = elsewhere(documents, chunk, length, rng);
            if (elsewhere != null) {
                return elsewhere;
            }
            marks.add(Pair.Mark.FALLBACK);
        }
        int other = rng.below(documents.size() - 1);
        int document = other < chunk.document() ? other : other + 1;
        return run(documents, document, rng.below(documents.sentences(document)), documents.sentences(document), length);
    }

    /**
     * Sentences from elsewhere in the same document: at least one sentence lies between them and the chunk, with what
     * actually follows. A run that ends too soon, at the chunk or at the document's end, is lengthened at its front, so
     * that its length does not give it away.
     *
     * @return null if there are none
     */
    private static Stretch elsewhere(Documents documents, Chunks.Chunk chunk, int length, Rng rng) {
        int document = chunk.document();
        int all = documents.sentences(document);
        int before = Math.max(0, chunk.start() - 1); // sentences [0, before)
        int behind = Math.min(all, chunk.end() + 1); // sentences [behind, all)
        int places = before + all - behind;
        if (places == 0) {
            return null;
        }
        int place = rng.below(places);
        int start = place < before ? place : behind + place - before;
        int first = place < before ? 0 : behind;
        int end = place < before ? before : all;
        Stretch run = run(documents, document, start, end, length);
        int tokens = run.length();
        int front = start;
        while (front > first && tokens < length) {
            tokens += documents.length(document, --front);
        }
        return front == start ? run : Stretch.of(documents, document, front, end);
    }

    /** Sentences from a place on, until they reach the length or the end. */
    private static Stretch run(Documents documents, int document, int start, int end, int length) {
        int tokens = 0;
        int last = start;
        do {
            tokens += documents.length(document, last++);
        } while (last < end && tokens < length);
        return Stretch.of(documents, document, start, last);
    }
}
