package org.graphbert.text;

import static org.graphbert.text.CharacterCoverageTest.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.text.SentencePieceTraining.Type;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {

    /** Sennrich et al.'s words (2016, figure 1), as SentencePiece writes them. */
    private static final String WORDS = "\u2581low 5 \u2581lower 2 \u2581newest 6 \u2581widest 3";

    /**
     * By hand: e+s 9 (before s+t, by code points), es+t 9; of the sevens l+o (before o+w and ▁+l), then lo+w (before
     * ▁+lo), ▁+low; of the sixes e+w, ▁+n (before n+ew, by length), ▁n+ew, ▁new+est; of the threes i+d, ▁+w, ▁w+id,
     * ▁wid+est; of the twos e+r, ▁low+er.
     */
    private static final List<String> MERGES = List.of(
            "es", "est", "lo", "low", "\u2581low", "ew", "\u2581n", "\u2581new", "\u2581newest", "id", "\u2581w", "\u2581wid",
            "\u2581widest", "er", "\u2581lower");

    /** e 17, w and ▁ 16, s and t 9, l and o 7, n 6, d and i 3, r 2. */
    private static final List<String> ALPHABET =
            List.of("e", "w", "\u2581", "s", "t", "l", "o", "n", "d", "i", "r");

    @Test
    void mergesAsComputedByHand() {
        for (int merges = 0; merges <= MERGES.size(); merges++) {
            List<String> expected = new ArrayList<>(MERGES.subList(0, merges));
            expected.addAll(ALPHABET);
            assertEquals(expected, texts(train(counted(WORDS), expected.size())));
        }
    }

    @Test
    void scoresCountDownFromZero() {
        List<ScoredPiece> pieces = train(counted(WORDS), 26);
        for (int i = 0; i < pieces.size(); i++) {
            assertEquals(-i, pieces.get(i).score());
        }
    }

    @Test
    void noPieceIsLongerThanSixteenCharacters() {
        // a 32, aa, 4, 8, 16 of them: no further.
        WordCounts words = counted("a".repeat(32) + " 1");
        assertEquals(List.of("aa", "aaaa", "a".repeat(8), "a".repeat(16), "a"), texts(train(words, 5)));
        assertThrows(Failure.class, () -> train(words, 6));
    }

    /** Joining ◌́ with what follows is fine, but not when it carries another script from before. */
    @Test
    void noPieceSpansTwoScripts() {
        WordCounts words = counted("a\u0301\u6f22 3");
        assertEquals(List.of("a\u0301", "a", "\u0301", "\u6f22"), texts(train(words, 4)));
        assertThrows(Failure.class, () -> train(words, 5));
    }

    /** Against the algorithm as it is told, counting all pairs anew each time. */
    @Property(tries = 300)
    void agreesWithCountingAnew(@ForAll Random random) {
        Map<String, Long> counts = new HashMap<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            StringBuilder word = new StringBuilder();
            random.ints(1 + random.nextInt(20), 'a', 'a' + 2 + random.nextInt(2)).forEach(word::appendCodePoint);
            counts.merge(word.toString(), 1L + random.nextInt(3), Long::sum);
        }
        List<String> expected = mergedAnew(counts);
        WordCounts words = words(new ArrayList<>(counts.keySet()), counts);
        int alphabet = CharacterCoverage.of(words, 1).size();
        List<String> found = texts(train(words, expected.size() + alphabet));
        assertEquals(expected, found.subList(0, expected.size()));
        assertThrows(Failure.class, () -> train(words, expected.size() + alphabet + 1));
    }

    @Test
    void theOrderOfTheWordsDoesNotMatter() {
        Map<String, Long> counts = new HashMap<>();
        Random random = new Random(7);
        for (int i = 0; i < 400; i++) {
            StringBuilder word = new StringBuilder("\u2581");
            random.ints(1 + random.nextInt(9), 'a', 'g').forEach(word::appendCodePoint);
            counts.merge(word.toString(), 1L + random.nextInt(5), Long::sum);
        }
        List<String> order = new ArrayList<>(counts.keySet());
        List<ScoredPiece> expected = train(words(order, counts), 400);
        for (int i = 0; i < 5; i++) {
            Collections.shuffle(order, random);
            assertEquals(expected, train(words(order, counts), 400));
        }
    }

    @Test
    void sizesOutOfReachAreToldWithTheNextPossible() {
        Failure small = assertThrows(Failure.class, () -> train(counted(WORDS), 10));
        assertEquals(2, small.exitCode());
        assertTrue(small.getMessage().contains("--vocab-size is 15,"), small.getMessage());
        assertTrue(small.getMessage().contains("at least 16"), small.getMessage());
        Failure large = assertThrows(Failure.class, () -> train(counted(WORDS), 27));
        assertEquals(2, large.exitCode());
        assertTrue(large.getMessage().contains("--vocab-size is 32,"), large.getMessage());
        assertTrue(large.getMessage().contains("at most 31,"), large.getMessage());
        Failure empty = assertThrows(Failure.class, () -> train(new WordCounts(), 10));
        assertEquals(3, empty.exitCode());
    }

    /** Symbols are a word's parts. No piece is ever found by a second pair. */
    private static List<String> mergedAnew(Map<String, Long> counts) {
        Map<List<String>, Long> words = new HashMap<>();
        counts.forEach((word, count) -> words.put(new ArrayList<>(List.of(word.split(""))), count));
        List<String> merges = new ArrayList<>();
        while (true) {
            Map<List<String>, Long> pairs = new HashMap<>();
            words.forEach((word, count) -> {
                for (int i = 0; i + 1 < word.size(); i++) {
                    List<String> pair = List.of(word.get(i), word.get(i + 1));
                    if ((pair.get(0) + pair.get(1)).length() <= 16) {
                        pairs.merge(pair, count, Long::sum);
                    }
                }
            });
            List<String> best = null;
            for (List<String> pair : pairs.keySet()) {
                best = best == null || before(pair, best, pairs) ? pair : best;
            }
            if (best == null) {
                return merges;
            }
            String piece = best.get(0) + best.get(1);
            assertFalse(merges.contains(piece), piece);
            merges.add(piece);
            for (List<String> word : words.keySet()) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i).equals(best.get(0)) && word.get(i + 1).equals(best.get(1))) {
                        word.set(i, piece);
                        word.remove(i + 1);
                    }
                }
            }
            Map<List<String>, Long> changed = new HashMap<>();
            words.forEach((word, count) -> changed.merge(word, count, Long::sum));
            words.clear();
            words.putAll(changed);
        }
    }

    private static boolean before(List<String> pair, List<String> other, Map<List<String>, Long> counts) {
        String piece = String.join("", pair);
        String otherPiece = String.join("", other);
        if (!counts.get(pair).equals(counts.get(other))) {
            return counts.get(pair) > counts.get(other);
        }
        if (piece.length() != otherPiece.length()) {
            return piece.length() < otherPiece.length();
        }
        return piece.compareTo(otherPiece) < 0;
    }

    private static WordCounts words(List<String> order, Map<String, Long> counts) {
        WordCounts words = new WordCounts();
        for (String word : order) {
            words.add(word.codePoints().toArray(), word.length(), counts.get(word));
        }
        return words;
    }

    private static List<String> texts(List<ScoredPiece> pieces) {
        return pieces.stream().map(ScoredPiece::piece).toList();
    }

    /** With five special tokens besides. */
    private static List<ScoredPiece> train(WordCounts words, int pieces) {
        SentencePieceTraining settings =
                new SentencePieceTraining(Type.BPE, pieces + 5, 1, false, List.of(), 0, "nfkc", 1 << 20, 1);
        return BpeTrainer.train(words, settings, pieces, Progress.SILENT);
    }
}
