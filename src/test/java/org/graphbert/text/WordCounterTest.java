package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.config.RecordedProgress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WordCounterTest {

    private static final int LONGEST = 100;

    /** Some 15 million characters, hence several rounds: 2,000 frequent words and half a million rare ones. */
    private static final List<String> LINES = lines(new Random(11), 150_000);

    private static final Map<String, Long> TRUTH = truth();

    @Test
    void countsExactlyWithinTheBound() {
        RecordedProgress said = new RecordedProgress();
        for (int threads : new int[] {1, 3}) {
            WordCounts counts = count(LINES.iterator(), 0, threads, said);
            assertEquals(TRUTH, map(counts));
            assertEquals(WordCounts.Pruned.NOTHING, counts.pruned());
        }
        assertEquals(List.of(), said.lines());
    }

    @Test
    void dropsTheRarestBeyondTheBoundWhateverTheThreads() {
        assertTrue(TRUTH.size() > 400_000, "different words: " + TRUTH.size());
        RecordedProgress said = new RecordedProgress();
        WordCounts alone = count(LINES.iterator(), 100_000, 1, said);
        Map<String, Long> expected = map(alone);
        WordCounts.Pruned pruned = alone.pruned();
        assertTrue(expected.size() <= 100_000 && expected.size() > 2_000, "left: " + expected.size());
        assertEquals(sum(TRUTH), sum(expected) + pruned.occurrences());
        assertTrue(pruned.words() >= TRUTH.size() - expected.size());
        assertTrue(pruned.shortBy() > 0);
        TRUTH.forEach((word, truth) -> {
            long counted = expected.getOrDefault(word, 0L);
            assertTrue(counted <= truth && truth <= counted + pruned.shortBy(), word + ": " + counted + " of " + truth);
        });
        assertEquals(1, said.lines().size());
        assertTrue(said.lines().get(0).contains("--max-words 100,000"), said.lines().get(0));
        for (int threads = 2; threads <= 5; threads++) {
            WordCounts counts = count(LINES.iterator(), 100_000, threads, said);
            assertEquals(expected, map(counts), threads + " threads");
            assertEquals(pruned, counts.pruned(), threads + " threads");
        }
    }

    @Test
    void longWordsTakeMoreRoom() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            lines.add("x".repeat(90) + i + " often often");
        }
        assertEquals(1001, count(lines.iterator(), 6000, 2, Progress.SILENT).size());
        assertEquals(Map.of("often", 2000L), map(count(lines.iterator(), 4000, 2, Progress.SILENT)));
    }

    /** a 1, b 2, c 3, d 3, e 9: words of equal counts stay or go together. */
    @Test
    void pruningTakesTheLeastBoundThatSuffices() {
        Map<Integer, String> left = Map.of(5, "bcde", 4, "bcde", 3, "cde", 2, "e", 1, "e", 0, "");
        left.forEach((room, words) -> {
            WordCounts counts = new WordCounts();
            int[] times = {3, 1, 9, 2, 3};
            for (int i = 0; i < times.length; i++) {
                counts.add(new int[] {"caebd".charAt(i)}, 1, times[i]);
            }
            counts.prune(room);
            Map<String, Long> map = map(counts);
            assertEquals(words, String.join("", map.keySet().stream().sorted().toList()), "room for " + room);
            assertEquals(18, sum(map) + counts.pruned().occurrences());
            assertEquals(5, map.size() + counts.pruned().words());
            counts.add(new int[] {'e'}, 1, 1);
            counts.add(new int[] {'z'}, 1, 1);
            assertEquals(1, map(counts).get("z"));
            assertEquals(room == 0 ? 1 : 10, map(counts).get("e"));
        });
    }

    @Test
    @Timeout(60)
    void whatFailsInOneThreadStopsAll() {
        AtomicInteger cutters = new AtomicInteger();
        Supplier<Words> cutter = () -> {
            if (cutters.incrementAndGet() == 2) {
                throw Failure.data("no cutter");
            }
            return new BasicWords(WordPieceOptions.uncased());
        };
        Iterator<String> endless = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                return "on and on";
            }
        };
        Failure failure = assertThrows(
                Failure.class, () -> WordCounter.count(endless, cutter, LONGEST, 1, 4, Progress.SILENT));
        assertEquals("no cutter", failure.getMessage());
    }

    @Test
    void theBoundIsValidated() {
        assertEquals(10_000_000, WordCounter.maxWords(0));
        assertEquals(7, WordCounter.maxWords(7));
        for (int wrong : new int[] {-1, 50_000_001}) {
            Failure failure = assertThrows(Failure.class, () -> WordCounter.maxWords(wrong));
            assertEquals(Failure.Kind.USAGE, failure.kind());
        }
    }

    private static WordCounts count(Iterator<String> lines, int maxWords, int threads, Progress progress) {
        return WordCounter.count(
                lines, () -> new BasicWords(WordPieceOptions.uncased()), LONGEST, maxWords, threads, progress);
    }

    private static Map<String, Long> map(WordCounts counts) {
        Map<String, Long> map = new HashMap<>();
        for (int word = 0; word < counts.size(); word++) {
            int start = counts.start(word);
            map.put(new String(counts.letters(), start, counts.end(word) - start), counts.count(word));
        }
        assertEquals(counts.size(), map.size(), "no word twice");
        return map;
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static Map<String, Long> truth() {
        Map<String, Long> truth = new HashMap<>();
        for (String line : LINES) {
            for (String word : line.split(" ")) {
                truth.merge(word, 1L, Long::sum);
            }
        }
        return truth;
    }

    private static List<String> lines(Random random, int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder line = new StringBuilder("the");
            for (int j = 0; j < 16; j++) {
                boolean rare = random.nextInt(4) == 0;
                line.append(rare ? " r" : " f").append(random.nextInt(rare ? 2_000_000 : 2_000));
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
