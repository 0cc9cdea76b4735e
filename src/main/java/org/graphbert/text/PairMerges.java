package org.graphbert.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Byte-pair merging over a word list (Sennrich et al. 2016, section 3.2): the most frequent pair of neighbours becomes
 * one symbol, again and again. Frequencies are kept up to date: a merge visits only the words that hold the pair.
 */
final class PairMerges {

    private final int[] symbols;
    private final int[] starts;
    private final int[] lengths;
    private final long[] counts;
    private final PairIndex index = new PairIndex();
    private final PriorityQueue<Candidate> queue;

    /** For each pair the merge that last put it on the queue, so that no merge does so twice. */
    private int[] raisedBy = new int[1 << 12];

    private int[] raised = new int[1 << 8];
    private int raisedSize;
    private int merges;

    /** A pair with the frequency it had when it was queued, which is never less than what it has now. */
    private record Candidate(long count, long pair) {}

    /** Which of two pairs as frequent comes first; below 0 it is the first one. */
    interface Ties {
        int compare(long pair, long other);
    }

    /** Begins with words; ties go to the smaller left id, then the smaller right id, as in Hugging Face's trainer. */
    PairMerges(int[] symbols, int[] starts, long[] counts) {
        this(symbols, starts, counts, Long::compare);
    }

    /**
     * Begins with words as sequences of symbols.
     *
     * @param symbols the ids of all words' symbols; changed by merging
     * @param starts where each word begins in them, and behind the last the end
     * @param counts how often each word occurs
     * @param ties orders pairs that are as frequent
     */
    PairMerges(int[] symbols, int[] starts, long[] counts, Ties ties) {
        queue = new PriorityQueue<>(Comparator.comparingLong(Candidate::count)
                .reversed()
                .thenComparing((a, b) -> ties.compare(a.pair, b.pair)));
        this.symbols = symbols;
        this.starts = starts;
        this.counts = counts;
        lengths = new int[counts.length];
        for (int word = 0; word < counts.length; word++) {
            lengths[word] = starts[word + 1] - starts[word];
            for (int i = starts[word]; i + 1 < starts[word + 1]; i++) {
                int number = index.number(PairIndex.pair(symbols[i], symbols[i + 1]));
                index.add(number, counts[word]);
                index.occursIn(number, word);
            }
        }
        for (int number = 0; number < index.size(); number++) {
            queue.add(new Candidate(index.count(number), index.pairOf(number)));
        }
    }

    /**
     * The most frequent pair, or -1 if none occurs at least this often (and once). A pair that is given and not merged is
     * passed over until it appears anew.
     */
    long best(long minFrequency) {
        while (!queue.isEmpty()) {
            Candidate top = queue.poll();
            long count = index.count(index.number(top.pair));
            if (count < Math.max(1, minFrequency)) {
                if (top.count < Math.max(1, minFrequency)) {
                    return -1;
                }
            } else if (count == top.count) {
                return top.pair;
            } else {
                queue.add(new Candidate(count, top.pair));
            }
        }
        return -1;
    }

    /** Replaces the pair by a symbol in every word, from left to right. */
    void merge(long pair, int symbol) {
        merges++;
        for (int word : index.takeWords(index.number(pair))) {
            mergeIn(word, PairIndex.left(pair), PairIndex.right(pair), symbol);
        }
        for (int i = 0; i < raisedSize; i++) {
            queue.add(new Candidate(index.count(raised[i]), index.pairOf(raised[i])));
        }
        raisedSize = 0;
    }

    private void mergeIn(int word, int left, int right, int symbol) {
        int start = starts[word];
        int end = start + lengths[word];
        int to = start;
        for (int from = start; from < end; to++) {
            if (from + 1 == end || symbols[from] != left || symbols[from + 1] != right) {
                symbols[to] = symbols[from++];
                continue;
            }
            change(left, right, word, false);
            if (to > start) {
                change(symbols[to - 1], left, word, false);
                change(symbols[to - 1], symbol, word, true);
            }
            from += 2;
            if (from < end) {
                change(right, symbols[from], word, false);
                change(symbol, symbols[from], word, true);
            }
            symbols[to] = symbol;
        }
        lengths[word] = to - start;
    }

    private void change(int left, int right, int word, boolean appears) {
        int number = index.number(PairIndex.pair(left, right));
        index.add(number, appears ? counts[word] : -counts[word]);
        if (!appears) {
            return;
        }
        index.occursIn(number, word);
        if (number >= raisedBy.length) {
            raisedBy = Arrays.copyOf(raisedBy, Math.max(number + 1, 2 * raisedBy.length));
        }
        if (raisedBy[number] != merges) {
            raisedBy[number] = merges;
            if (raisedSize == raised.length) {
                raised = Arrays.copyOf(raised, 2 * raisedSize);
            }
            raised[raisedSize++] = number;
        }
    }
}
