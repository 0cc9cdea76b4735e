package org.graphbert.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.data.Permutation;
import org.graphbert.text.Tokenizer;

/**
 * Labelled texts as token ids: [CLS] a [SEP], or [CLS] a [SEP] b [SEP].
 *
 * @param texts unpadded, within the longest length
 * @param labels the class of each
 */
public record EncodedTexts(List<Scorer.Query> texts, int[] labels) {

    /** Sequences of like lengths are put together within so many batches, so that little is padding. */
    private static final int POOLED_BATCHES = 16;

    public EncodedTexts {
        texts = List.copyOf(texts);
        if (texts.size() != labels.length || texts.isEmpty()) {
            throw new IllegalArgumentException(labels.length + " labels of " + texts.size() + " texts");
        }
    }

    /**
     * Encodes texts.
     *
     * @param classes the labels in the order of their classes
     * @param longest how many tokens a sequence may have, with [CLS] and [SEP]; what is beyond is cut off, from the end of the
     *     longer text (the second where they are level; run_classifier.py, _truncate_seq_pair)
     * @param segments how many segments the model knows; with one alone, both texts of a pair are in it
     */
    public static EncodedTexts of(
            List<LabelledText> examples, List<String> classes, Tokenizer tokenizer, int longest, int segments) {
        int specials = 1 + examples.get(0).texts().size();
        if (longest <= specials) {
            throw Failure.usage("the model takes sequences of %d tokens, which leaves none for a text beside [CLS] and [SEP]", longest);
        }
        List<Scorer.Query> texts = new ArrayList<>();
        int[] labels = new int[examples.size()];
        for (int i = 0; i < labels.length; i++) {
            LabelledText example = examples.get(i);
            int[][] ids = example.texts().stream().map(text -> tokenizer.encode(text).ids()).toArray(int[][]::new);
            truncate(ids, longest - specials);
            Scorer.Query query = Scorer.Query.of(tokenizer.special(), ids);
            texts.add(segments > 1 ? query : new Scorer.Query(query.inputIds(), new int[query.inputIds().length], new int[0]));
            labels[i] = classes.indexOf(example.label());
        }
        return new EncodedTexts(texts, labels);
    }

    /** Cuts one text or two to so many tokens together, from the end of the longer one. */
    static void truncate(int[][] ids, int most) {
        int first = ids[0].length;
        int second = ids.length == 1 ? 0 : ids[1].length;
        while (first + second > most) {
            if (first > second) {
                first--;
            } else {
                second--;
            }
        }
        ids[0] = Arrays.copyOf(ids[0], first);
        if (ids.length > 1) {
            ids[1] = Arrays.copyOf(ids[1], second);
        }
    }

    /**
     * So many full batches, from one pass over the texts after another, each in another order.
     *
     * @param seed decides the order, and nothing else does
     */
    public List<ClassificationBatch> shuffled(int batches, int batchSize, long seed) {
        int n = texts.size();
        List<ClassificationBatch> shuffled = new ArrayList<>();
        Permutation pass = null;
        for (int from = 0; from < batches; from += POOLED_BATCHES) {
            int pooled = Math.min(POOLED_BATCHES, batches - from);
            int[] pool = new int[pooled * batchSize];
            for (int i = 0; i < pool.length; i++) {
                long at = (long) from * batchSize + i;
                if (pass == null || at % n == 0) {
                    pass = new Permutation(n, seed + at / n);
                }
                pool[i] = (int) pass.at(at % n);
            }
            List<ClassificationBatch> sorted = inBatches(byLength(IntStream.of(pool)), batchSize);
            Permutation order = new Permutation(pooled, ~seed + from);
            IntStream.range(0, pooled).forEach(i -> shuffled.add(sorted.get((int) order.at(i))));
        }
        return shuffled;
    }

    /** Each text once, the shortest first. */
    public List<ClassificationBatch> each(int batchSize) {
        return inBatches(byLength(IntStream.range(0, texts.size())), batchSize);
    }

    private int[] byLength(IntStream indices) {
        return indices.boxed()
                .sorted(Comparator.comparingInt(i -> texts.get(i).inputIds().length))
                .mapToInt(i -> i)
                .toArray();
    }

    private List<ClassificationBatch> inBatches(int[] indices, int batchSize) {
        List<ClassificationBatch> batches = new ArrayList<>();
        for (int from = 0; from < indices.length; from += batchSize) {
            int[] of = Arrays.copyOfRange(indices, from, Math.min(from + batchSize, indices.length));
            batches.add(new ClassificationBatch(
                    PaddedQueries.of(IntStream.of(of).mapToObj(texts::get).toList()),
                    IntStream.of(of).map(i -> labels[i]).toArray()));
        }
        return batches;
    }
}
