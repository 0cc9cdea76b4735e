package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.junit.jupiter.api.Test;

class WordPieceTrainerTest {

    /** Sennrich et al.'s words (2016, figure 1): low 5, lower 2, newest 6, widest 3. */
    private static final List<String> LINES = List.of(
            "low low low low low lower lower", "newest newest newest newest newest newest", "widest widest widest");

    /** Alphabet d e i l n o r s t w (10), ## forms d e i o r s t w (8): 23 entries with the special tokens. */
    private static final List<String> ALPHABET = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "d", "e", "i", "l", "n", "o", "r", "s", "t", "w", "##d", "##e",
            "##i", "##o", "##r", "##s", "##t", "##w");

    /**
     * By hand: ##e+##s 9, ##es+##t 9 (behind ties: ##e+##s has the smaller ids), then l+##o 7, lo+##w 7; of the sixes
     * the smallest ids first: n+##e, then ##w+##est, then ne+##west.
     */
    private static final List<String> MERGES =
            List.of("##es", "##est", "lo", "low", "ne", "##west", "newest");

    @Test
    void mergesAsComputedByHand() {
        List<String> expected = new ArrayList<>(ALPHABET);
        expected.addAll(MERGES);
        assertEquals(expected, train(LINES, 30, 1).entries());
    }

    @Test
    void theVocabularyHasExactlyTheSizeAskedFor() {
        for (int size = 23; size <= 30; size++) {
            List<String> expected = new ArrayList<>(ALPHABET);
            expected.addAll(MERGES.subList(0, size - 23));
            assertEquals(expected, train(LINES, size, 2).entries());
        }
    }

    @Test
    void orderOfLinesAndThreadsDoNotMatter() {
        List<String> lines = randomLines(new Random(5), 3000);
        List<String> expected = train(lines, 300, 1).entries();
        for (int threads = 2; threads <= 5; threads++) {
            List<String> shuffled = new ArrayList<>(lines);
            Collections.shuffle(shuffled, new Random(threads));
            assertEquals(expected, train(shuffled, 300, threads).entries(), threads + " threads");
        }
    }

    @Test
    void reportsWhatBecomesOfTheCorpus() {
        WordPieceTraining settings = new WordPieceTraining(30, 2, 1000, WordPieceOptions.uncased(), 1, 0, 0);
        TrainingReport report = WordPieceTrainer.train(LINES.iterator(), settings, Progress.SILENT).report();
        // low: 1, lower: low ##e ##r, newest: 1, widest: w ##i ##d ##est
        assertEquals(5 + 2 * 3 + 6 + 3 * 4, report.pieces());
        assertEquals(16, report.words());
        assertEquals(4, report.distinctUnits());
        assertEquals(0, report.unknown());
        assertEquals(1.0, report.coverage());
        assertEquals(5 * 3 + 2 * 5 + 6 * 6 + 3 * 6, report.characters());
        // ##es, lo, ne and ##west are steps only; of two as rare, the smaller id first.
        assertEquals(
                List.of("##es 0", "lo 0", "ne 0", "##west 0", "##est 3", "newest 6", "low 7"),
                report.rarest().stream().map(piece -> piece.token() + " " + piece.count()).toList());
        assertEquals(4, report.neverUsed());
        assertEquals(new TrainingReport.Piece("newest", 6), report.longest().get(0));
        assertTrue(report.toText().contains("30 entries from 16 words (4 different units)"), report.toText());
    }

    @Test
    void unusedSlotsStandBehindTheSpecialTokens() {
        WordPieceTraining settings = new WordPieceTraining(33, 2, 1000, WordPieceOptions.uncased(), 1, 3, 0);
        TrainedTokenizer trained = WordPieceTrainer.train(LINES.iterator(), settings, Progress.SILENT);
        List<String> expected = new ArrayList<>(ALPHABET);
        expected.addAll(MERGES);
        expected.addAll(5, List.of("[unused0]", "[unused1]", "[unused2]"));
        assertEquals(expected, ((WordPieceTokenizer) trained.tokenizer()).entries());
        for (int id : trained.tokenizer().encode("[unused0] [unused2]low unused1").ids()) {
            assertTrue(id < 5 || id >= 8, "id " + id + " out of text");
        }
        List<String> listed = new ArrayList<>();
        trained.report().longest().forEach(piece -> listed.add(piece.token()));
        trained.report().rarest().forEach(piece -> listed.add(piece.token()));
        assertTrue(listed.stream().noneMatch(token -> token.startsWith("[")), listed.toString());
    }

    @Test
    void unusedSlotsNeedRoom() {
        WordPieceTraining settings = new WordPieceTraining(25, 2, 1000, WordPieceOptions.uncased(), 1, 3, 0);
        Failure failure = assertThrows(
                Failure.class, () -> WordPieceTrainer.train(LINES.iterator(), settings, Progress.SILENT));
        assertTrue(failure.getMessage().contains("3 unused slots"), failure.getMessage());
        assertTrue(failure.getMessage().contains("at least 26"), failure.getMessage());
    }

    /** Four different words where three are allowed: lower, which occurs twice, goes. */
    @Test
    void wordsBeyondTheBoundAreDroppedAndReported() {
        WordPieceTraining settings = new WordPieceTraining(21, 2, 1000, WordPieceOptions.uncased(), 2, 0, 3);
        TrainingReport report = WordPieceTrainer.train(LINES.iterator(), settings, Progress.SILENT).report();
        assertEquals(3 + 6 + 5, report.words());
        assertEquals(1, report.droppedWords());
        assertEquals(2, report.droppedOccurrences());
        assertTrue(report.toText().contains("2 occurrences of rare words were dropped"), report.toText());
    }

    @Test
    void theRarestCharactersBeyondTheLimitAreUnknown() {
        WordPieceTraining settings = new WordPieceTraining(9, 2, 2, WordPieceOptions.uncased(), 1, 0, 0);
        // a 4, b 3, c 3: of the tie the lower code point stays.
        TrainedTokenizer trained =
                WordPieceTrainer.train(List.of("ab ab ab ac cc").iterator(), settings, Progress.SILENT);
        assertEquals(List.of("a", "b", "##b", "ab"), ((WordPieceTokenizer) trained.tokenizer()).entries().subList(5, 9));
        assertEquals(2, trained.report().unknown());
        assertEquals(0.4, trained.report().unknownRate(), 1e-12);
        assertEquals(0.6, trained.report().coverage(), 1e-12);
    }

    @Test
    void tooSmallASizeNamesTheAlphabet() {
        Failure failure = assertThrows(Failure.class, () -> train(LINES, 22, 1));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().contains("--vocab-size is 22"), failure.getMessage());
        assertTrue(failure.getMessage().contains("take 23"), failure.getMessage());
        assertTrue(failure.getMessage().contains("--limit-alphabet"), failure.getMessage());
    }

    @Test
    void tooLargeASizeNamesTheLargest() {
        Failure failure = assertThrows(Failure.class, () -> train(LINES, 1000, 1));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        String message = failure.getMessage();
        int largest = Integer.parseInt(message.replaceAll(".*ask for at most (\\d+).*", "$1"));
        assertEquals(largest, train(LINES, largest, 1).size());
        assertThrows(Failure.class, () -> train(LINES, largest + 1, 1));
    }

    @Test
    void anEmptyCorpusIsBadData() {
        Failure failure = assertThrows(Failure.class, () -> train(List.of("", " \t"), 100, 2));
        assertEquals(Failure.Kind.DATA, failure.kind());
    }

    @Test
    void aFailingSourceFailsTheTraining() {
        Iterator<String> lines = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                throw Failure.data("file: byte 0xFF at offset 3 is not UTF-8");
            }
        };
        WordPieceTraining settings = WordPieceTraining.of(100, WordPieceOptions.uncased());
        Failure failure =
                assertThrows(Failure.class, () -> WordPieceTrainer.train(lines, settings, Progress.SILENT));
        assertEquals("file: byte 0xFF at offset 3 is not UTF-8", failure.getMessage());
    }

    @Test
    void settingsAreValidated() {
        assertThrows(Failure.class, () -> WordPieceTraining.of(0, WordPieceOptions.uncased()));
        assertThrows(Failure.class, () -> new WordPieceTraining(9, 0, 9, WordPieceOptions.cased(), 1, 0, 0));
        assertThrows(Failure.class, () -> new WordPieceTraining(9, 1, 0, WordPieceOptions.cased(), 1, 0, 0));
        assertThrows(Failure.class, () -> new WordPieceTraining(9, 1, 9, WordPieceOptions.cased(), 0, 0, 0));
        assertThrows(Failure.class, () -> new WordPieceTraining(9, 1, 9, WordPieceOptions.cased(), 1, -1, 0));
        assertThrows(Failure.class, () -> new WordPieceTraining(9, 1, 9, WordPieceOptions.cased(), 1, 9, 0));
        assertThrows(Failure.class, () -> new WordPieceTraining(9, 1, 9, WordPieceOptions.cased(), 1, 0, -1));
        assertEquals(10_000_000, new WordPieceTraining(9, 1, 9, WordPieceOptions.cased(), 1, 0, 0).maxWords());
    }

    private static WordPieceTokenizer train(List<String> lines, int size, int threads) {
        WordPieceTraining settings = new WordPieceTraining(size, 2, 1000, WordPieceOptions.uncased(), threads, 0, 0);
        return (WordPieceTokenizer) WordPieceTrainer.train(lines.iterator(), settings, Progress.SILENT).tokenizer();
    }

    private static List<String> randomLines(Random random, int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder line = new StringBuilder();
            for (int j = random.nextInt(12); j >= 0; j--) {
                random.ints(1 + random.nextInt(6), 'a', 'f').forEach(c -> line.append((char) c));
                line.append(' ');
            }
            lines.add(line.append("x".repeat(60)).toString());
        }
        return lines;
    }
}
