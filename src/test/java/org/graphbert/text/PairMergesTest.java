package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PairMergesTest {

    @Test
    void runsOfOneLetterMergeFromTheLeft() {
        // 5 times aaaaa: a+a 20, then X X a: X+X 5 and X+a 5, the smaller right id (a) first; X+Y remains.
        PairMerges merges = new PairMerges(new int[] {0, 0, 0, 0, 0}, new int[] {0, 5}, new long[] {5});
        assertEquals(PairIndex.pair(0, 0), merges.best(1));
        merges.merge(PairIndex.pair(0, 0), 1);
        assertEquals(PairIndex.pair(1, 0), merges.best(1));
        merges.merge(PairIndex.pair(1, 0), 2);
        assertEquals(PairIndex.pair(1, 2), merges.best(5));
        merges.merge(PairIndex.pair(1, 2), 3);
        assertEquals(-1, merges.best(0));
    }

    @Test
    void nothingIsBestBelowTheMinimum() {
        PairMerges merges = new PairMerges(new int[] {0, 1}, new int[] {0, 2}, new long[] {4});
        assertEquals(-1, merges.best(5));
        assertEquals(-1, new PairMerges(new int[] {0}, new int[] {0, 1}, new long[] {4}).best(1));
    }

    /** Against counting everything anew before each merge. */
    @Property(tries = 300)
    void agreesWithCountingAnew(@ForAll @Size(min = 1, max = 8) List<@Size(max = 9) List<@IntRange(max = 3) Integer>> words) {
        int length = words.stream().mapToInt(List::size).sum();
        int[] symbols = new int[length];
        int[] starts = new int[words.size() + 1];
        long[] counts = new long[words.size()];
        List<List<Integer>> plain = new ArrayList<>();
        for (int word = 0, at = 0; word < words.size(); word++) {
            for (int symbol : words.get(word)) {
                symbols[at++] = symbol;
            }
            starts[word + 1] = at;
            counts[word] = 1 + word % 3;
            plain.add(new ArrayList<>(words.get(word)));
        }
        PairMerges merges = new PairMerges(symbols, starts, counts);
        for (int next = 4; ; next++) {
            long expected = best(plain, counts);
            assertEquals(expected, merges.best(1));
            if (expected < 0) {
                return;
            }
            // Every third merge reuses a symbol, as pieces reached by two ways do.
            int symbol = next % 3 == 0 ? next + 1 : next;
            merges.merge(expected, symbol);
            for (List<Integer> word : plain) {
                merge(word, PairIndex.left(expected), PairIndex.right(expected), symbol);
            }
        }
    }

    private static long best(List<List<Integer>> words, long[] counts) {
        TreeMap<Long, Long> pairs = new TreeMap<>();
        for (int word = 0; word < counts.length; word++) {
            for (int i = 0; i + 1 < words.get(word).size(); i++) {
                pairs.merge(PairIndex.pair(words.get(word).get(i), words.get(word).get(i + 1)), counts[word], Long::sum);
            }
        }
        if (pairs.isEmpty()) {
            return -1;
        }
        long most = Collections.max(pairs.values());
        return pairs.entrySet().stream()
                .filter(e -> e.getValue() == most)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static void merge(List<Integer> word, int left, int right, int symbol) {
        for (int i = 0; i + 1 < word.size(); i++) {
            if (word.get(i) == left && word.get(i + 1) == right) {
                word.set(i, symbol);
                word.remove(i + 1);
            }
        }
    }
}
