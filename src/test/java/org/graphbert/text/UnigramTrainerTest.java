package org.graphbert.text;

import static org.graphbert.text.CharacterCoverageTest.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.text.SentencePieceTraining.Type;
import org.junit.jupiter.api.Test;

class UnigramTrainerTest {

    private static final String WORDS = "\u2581low 5 \u2581lower 2 \u2581newest 6 \u2581widest 3";

    /** Its sparse prior is no part of the likelihood, which therefore rises at first only. */
    @Test
    void expectationMaximisationRaisesTheLikelihood() {
        WordCounts words = random(3, 400);
        CharacterCoverage characters = CharacterCoverage.of(words, 1);
        Units units = Units.of(words, characters, Integer.MAX_VALUE);
        try (Workers workers = new Workers(2)) {
            SeedPieces seeds = SeedPieces.find(units, characters, 1000, workers);
            UnigramModel model = new UnigramModel(characters, units, seeds);
            UnigramTrainer trainer = new UnigramTrainer(units, model, 0, 0, workers);
            double[] expected = trainer.expect();
            for (int i = 0; i < 4; i++) {
                double before = trainer.logLikelihood();
                trainer.maximise(expected);
                expected = trainer.expect();
                assertTrue(trainer.logLikelihood() > before, i + ": " + before + " to " + trainer.logLikelihood());
            }
        }
    }

    /** Every word ends up whole, with its share of the 16 words for a score, less what the sparse prior takes. */
    @Test
    void frequentWordsBecomePieces() {
        List<ScoredPiece> pieces = train(counted(WORDS), 15, 1);
        List<String> longer =
                pieces.stream().map(ScoredPiece::piece).filter(piece -> piece.length() > 1).toList();
        assertEquals(List.of("\u2581newest", "\u2581low", "\u2581widest", "\u2581lower"), longer);
        assertEquals(Digamma.of(6) - Digamma.of(16), pieces.get(0).score(), 0.2);
        assertEquals(Digamma.of(5) - Digamma.of(16), pieces.get(1).score(), 0.2);
    }

    /** None is needed here: their scores are just below the least, by their counts, e 17, w and ▁ 16, s and t 9, ... */
    @Test
    void everyCharacterIsAPiece() {
        List<ScoredPiece> pieces = train(counted(WORDS), 15, 1);
        List<String> characters = pieces.subList(4, 15).stream().map(ScoredPiece::piece).toList();
        assertEquals(List.of("e", "w", "\u2581", "s", "t", "l", "o", "n", "d", "i", "r"), characters);
        for (int i = 4; i < 15; i++) {
            assertEquals(pieces.get(3).score() - 0.0001 * (i - 3), pieces.get(i).score(), 1e-6);
        }
    }

    @Test
    void everySizeBetweenTheAlphabetAndTheSeedsIsReached() {
        WordCounts words = random(4, 60);
        Failure small = assertThrows(Failure.class, () -> train(words, 6, 1));
        assertTrue(small.getMessage().contains("--vocab-size is 11,"), small.getMessage());
        int least = Integer.parseInt(small.getMessage().replaceAll(".*at least (\\d+).*", "$1")) - 5;
        Failure large = assertThrows(Failure.class, () -> train(words, 100_000, 1));
        assertEquals(2, large.exitCode());
        int most = Integer.parseInt(large.getMessage().replaceAll(".*ask for at most (\\d+).*", "$1")) - 5;
        assertEquals(7, least);
        assertTrue(most > 100, large.getMessage());
        for (int size = least; size <= most; size++) {
            List<ScoredPiece> pieces = train(words, size, 1);
            assertEquals(size, pieces.stream().map(ScoredPiece::piece).distinct().count());
            for (int i = 1; i < size; i++) {
                assertTrue(pieces.get(i - 1).score() >= pieces.get(i).score());
            }
        }
        assertThrows(Failure.class, () -> train(words, most + 1, 1));
    }

    @Test
    void anEmptyCorpusIsBadData() {
        Failure failure = assertThrows(Failure.class, () -> train(new WordCounts(), 10, 1));
        assertEquals(3, failure.exitCode());
    }

    /** Bit for bit: records of floats are equal only then. */
    @Test
    void neitherThreadsNorTheOrderOfWordsMatter() {
        WordCounts words = random(5, 3000);
        List<ScoredPiece> expected = train(words, 300, 1);
        for (int threads = 1; threads <= 3; threads++) {
            assertEquals(expected, train(words, 300, threads), threads + " threads");
            assertEquals(expected, train(shuffled(words, threads), 300, threads), threads + " threads, other order");
        }
    }

    private static WordCounts shuffled(WordCounts words, int seed) {
        List<Integer> order = new ArrayList<>();
        for (int word = 0; word < words.size(); word++) {
            order.add(word);
        }
        Collections.shuffle(order, new Random(seed));
        WordCounts shuffled = new WordCounts();
        for (int word : order) {
            shuffled.add(words.letters(), words.start(word), words.end(word), words.count(word));
        }
        return shuffled;
    }

    /** Words of a few syllables, their counts falling as in natural text. */
    private static WordCounts random(int seed, int size) {
        Random random = new Random(seed);
        String[] syllables = random.ints(30, 0, 36)
                .mapToObj(i -> "" + "abcdef".charAt(i / 6) + "abcdef".charAt(i % 6))
                .toArray(String[]::new);
        WordCounts words = new WordCounts();
        for (int i = 0; i < size; i++) {
            StringBuilder word = new StringBuilder("\u2581");
            for (int j = random.nextInt(4); j >= 0; j--) {
                word.append(syllables[random.nextInt(syllables.length)]);
            }
            words.add(word.codePoints().toArray(), word.length(), 1 + size / (i + 1));
        }
        return words;
    }

    /** With five special tokens besides. */
    private static List<ScoredPiece> train(WordCounts words, int pieces, int threads) {
        SentencePieceTraining settings =
                new SentencePieceTraining(Type.UNIGRAM, pieces + 5, 1, false, List.of(), 0, "nfkc", 1 << 20, threads);
        return UnigramTrainer.train(words, settings, pieces, Progress.SILENT);
    }
}
