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
 * Examples of a task as token ids, and the batches that are made of them.
 *
 * @param cut how many were longer than the model takes
 */
public record EncodedExamples(List<TaskExample> examples, long cut) {

    /** Sequences of like lengths are put together within so many batches, so that little is padding. */
    private static final int POOLED_BATCHES = 16;

    public EncodedExamples {
        examples = List.copyOf(examples);
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("no examples");
        }
    }

    /** Of which none was too long. */
    public EncodedExamples(List<TaskExample> examples) {
        this(examples, 0);
    }

    /** What becomes of an encoded text, by its number among all. */
    @FunctionalInterface
    public interface Target {
        TaskExample of(Scorer.Query text, int number);
    }

    /**
     * Encodes labelled texts: [CLS] a [SEP], or [CLS] a [SEP] b [SEP].
     *
     * @param longest how many tokens a sequence may have, with [CLS] and [SEP]; what is beyond is cut off, from the end of the
     *     longer text (the second where they are level; run_classifier.py, _truncate_seq_pair)
     * @param segments how many segments the model knows; with one alone, both texts of a pair are in it
     */
    public static EncodedExamples of(
            List<LabelledText> examples, Tokenizer tokenizer, int longest, int segments, Target target) {
        int specials = 1 + examples.get(0).texts().size();
        if (longest <= specials) {
            throw Failure.usage("the model takes sequences of %d tokens, which leaves none for a text beside [CLS] and [SEP]", longest);
        }
        List<TaskExample> encoded = new ArrayList<>();
        long cut = 0;
        for (LabelledText example : examples) {
            int[][] ids = example.texts().stream().map(text -> tokenizer.encode(text).ids()).toArray(int[][]::new);
            cut += Arrays.stream(ids).mapToInt(text -> text.length).sum() > longest - specials ? 1 : 0;
            truncate(ids, longest - specials);
            encoded.add(target.of(Scorer.Query.of(tokenizer.special(), ids).in(segments), encoded.size()));
        }
        return new EncodedExamples(encoded, cut);
    }

    /**
     * The same with their classes.
     *
     * @param classes the labels in the order of their classes
     */
    public static EncodedExamples of(
            List<LabelledText> examples, List<String> classes, Tokenizer tokenizer, int longest, int segments) {
        return of(examples, tokenizer, longest, segments,
                (text, i) -> TaskExample.ofClass(text, classes.indexOf(examples.get(i).label()), 1));
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

    public int size() {
        return examples.size();
    }

    /**
     * So many full batches, from one pass over the examples after another, each in another order.
     *
     * @param seed decides the order, and nothing else does
     */
    public Shuffled shuffled(long batches, int batchSize, long seed) {
        return new Shuffled(batches, batchSize, seed);
    }

    /** Batches in a shuffled order; any is computed from its number, and those near it come at little cost. */
    public final class Shuffled {

        private final long batches;
        private final int batchSize;
        private final long seed;
        /** The batches that were put together with the last one asked for, and the number of the first of them. */
        private List<int[]> pool = List.of();
        private long first;

        private Shuffled(long batches, int batchSize, long seed) {
            this.batches = batches;
            this.batchSize = batchSize;
            this.seed = seed;
        }

        public long size() {
            return batches;
        }

        /** The examples of a batch. */
        public int[] numbers(long batch) {
            long from = batch - batch % POOLED_BATCHES;
            if (pool.isEmpty() || from != first) {
                pool = pool(from);
                first = from;
            }
            return pool.get((int) (batch - from)).clone();
        }

        public TaskBatch get(long batch) {
            return batch(numbers(batch));
        }

        private List<int[]> pool(long from) {
            int n = examples.size();
            int pooled = (int) Math.min(POOLED_BATCHES, batches - from);
            int[] of = new int[pooled * batchSize];
            Permutation pass = null;
            for (int i = 0; i < of.length; i++) {
                long at = from * batchSize + i;
                if (pass == null || at % n == 0) {
                    pass = new Permutation(n, seed + at / n);
                }
                of[i] = (int) pass.at(at % n);
            }
            List<int[]> sorted = parts(byLength(IntStream.of(of)), batchSize);
            Permutation order = new Permutation(pooled, ~seed + from);
            return IntStream.range(0, pooled).mapToObj(i -> sorted.get((int) order.at(i))).toList();
        }
    }

    /** Tokens of the longest. */
    public int longest() {
        return examples.stream().mapToInt(TaskExample::length).max().orElseThrow();
    }

    /** Each example once, the shortest first. */
    public List<TaskBatch> each(int batchSize) {
        return parts(byLength(IntStream.range(0, examples.size())), batchSize).stream().map(this::batch).toList();
    }

    /** These examples, padded to the longest of them. */
    public TaskBatch batch(int[] numbers) {
        return TaskBatch.of(IntStream.of(numbers).mapToObj(examples::get).toList(), numbers);
    }

    /** Parts of so many numbers each; the last may have fewer. */
    public static List<int[]> parts(int[] numbers, int size) {
        List<int[]> parts = new ArrayList<>();
        for (int from = 0; from < numbers.length; from += size) {
            parts.add(Arrays.copyOfRange(numbers, from, Math.min(from + size, numbers.length)));
        }
        return parts;
    }

    private int[] byLength(IntStream numbers) {
        return numbers.boxed().sorted(Comparator.comparingInt(i -> examples.get(i).length())).mapToInt(i -> i).toArray();
    }

    /**
     * Cuts a batch's logits into those of its examples, without padding.
     *
     * @param logits [B·K, C], flat
     * @param all [number of an example] [its rows] [C]; the batch's are set
     * @param places whether C counts the places of a sequence, of which an example has no more than it has tokens
     */
    public void unpad(TaskBatch batch, float[] logits, float[][][] all, boolean places) {
        int k = batch.rows();
        int c = logits.length / batch.weights().length;
        for (int i = 0; i < batch.size(); i++) {
            TaskExample example = examples.get(batch.examples()[i]);
            float[][] rows = new float[example.weights().length][];
            for (int row = 0; row < rows.length; row++) {
                int from = (i * k + row) * c;
                rows[row] = Arrays.copyOfRange(logits, from, from + (places ? example.length() : c));
            }
            all[batch.examples()[i]] = rows;
        }
    }
}
