package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.graphbert.config.Failure;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.Test;

/** Labelled texts as a model sees them, and the batches that they are put into. */
class EncodedExamplesTest {

    private static final Tokenizer TOKENIZER =
            Tokenizers.load(Path.of("src/test/resources/golden/tokenizer/wordpiece-vocab.txt"), null);
    private static final SpecialTokens SPECIAL = TOKENIZER.special();
    private static final int THE = TOKENIZER.id("the").orElseThrow();
    private static final int OF = TOKENIZER.id("of").orElseThrow();

    @Test
    void textsStandBetweenTheSpecialTokens() {
        EncodedExamples one = EncodedExamples.of(List.of(text("b", "the of")), List.of("a", "b"), TOKENIZER, 16, 2);
        assertArrayEquals(new int[] {SPECIAL.cls(), THE, OF, SPECIAL.sep()}, one.examples().get(0).text().inputIds());
        assertArrayEquals(new int[4], one.examples().get(0).text().segmentIds());
        assertArrayEquals(new int[] {1}, one.examples().get(0).labels());
        for (int segments : new int[] {1, 2}) {
            EncodedExamples two = EncodedExamples.of(List.of(text("a", "the", "of of")), List.of("a", "b"), TOKENIZER, 16, segments);
            assertArrayEquals(
                    new int[] {SPECIAL.cls(), THE, SPECIAL.sep(), OF, OF, SPECIAL.sep()}, two.examples().get(0).text().inputIds());
            assertArrayEquals(
                    segments == 1 ? new int[6] : new int[] {0, 0, 0, 1, 1, 1}, two.examples().get(0).text().segmentIds());
        }
        Failure failure = assertThrows(Failure.class,
                () -> EncodedExamples.of(List.of(text("a", "the", "of")), List.of("a"), TOKENIZER, 3, 2));
        assertTrue(failure.getMessage().contains("sequences of 3 tokens"), failure.getMessage());
    }

    /** Of the longer one token after the other, of the second where they are level: as many as the reference leaves. */
    @Property(tries = 200)
    void theLongerIsCutFirst(
            @ForAll @IntRange(min = 1, max = 20) int a,
            @ForAll @IntRange(min = 1, max = 20) int b,
            @ForAll @IntRange(min = 4, max = 40) int longest) {
        EncodedExamples pair = EncodedExamples.of(
                List.of(text("x", repeated("the", a), repeated("of", b))), List.of("x"), TOKENIZER, longest, 2);
        int[] ids = pair.examples().get(0).text().inputIds();
        int most = longest - 3;
        // Both halves where both are longer; all of the shorter, and the rest, where that is shorter than its half. The odd
        // place is the first's.
        int expectedA = a + b <= most ? a : Math.max(Math.min(a, most - most / 2), Math.min(a, most - b));
        int expectedB = Math.min(b, most - expectedA);
        assertEquals(Math.min(longest, a + b + 3), ids.length);
        assertEquals(expectedA, count(ids, THE), a + " and " + b + " in " + longest);
        assertEquals(expectedB, count(ids, OF));
        assertEquals(2, count(ids, SPECIAL.sep()));
        EncodedExamples one = EncodedExamples.of(List.of(text("x", repeated("of", b))), List.of("x"), TOKENIZER, longest, 2);
        assertEquals(Math.min(longest, b + 2), one.examples().get(0).text().inputIds().length);
        assertEquals(SPECIAL.sep(), one.examples().get(0).text().inputIds()[Math.min(longest, b + 2) - 1]);
    }

    @Property(tries = 50)
    void passesTakeEachTextOnce(
            @ForAll @IntRange(min = 1, max = 100) int n,
            @ForAll @IntRange(min = 1, max = 7) int batchSize,
            @ForAll long seed) {
        Random random = new Random(n);
        List<LabelledText> examples = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            examples.add(text("" + i, repeated("the", 1 + random.nextInt(30))));
        }
        List<String> classes = examples.stream().map(LabelledText::label).toList();
        EncodedExamples encoded = EncodedExamples.of(examples, classes, TOKENIZER, 64, 2);
        assertEquals(Collections.nCopies(n, 1L), List.copyOf(counts(encoded.each(batchSize)).values()));

        int batches = 40;
        List<TaskBatch> shuffled = all(encoded.shuffled(batches, batchSize, seed));
        assertTrue(shuffled.stream().allMatch(batch -> batch.size() == batchSize));
        assertEquals(batches, shuffled.size());
        Map<Integer, Long> counts = counts(shuffled);
        long passes = (long) batches * batchSize / n;
        assertTrue(counts.values().stream().allMatch(count -> count == passes || count == passes + 1), counts.toString());
        assertTrue(passes == 0 || counts.size() == n, counts.toString());
        for (TaskBatch batch : shuffled) {
            for (int i = 0; i < batch.size(); i++) {
                int length = batch.texts().length();
                int[] row = Arrays.copyOfRange(batch.texts().inputIds(), i * length, (i + 1) * length);
                int[] own = encoded.examples().get(batch.labels()[i]).text().inputIds();
                assertArrayEquals(Arrays.copyOf(own, length), row, "a text has gone to another's label");
            }
        }
        List<TaskBatch> again = all(encoded.shuffled(batches, batchSize, seed));
        assertEquals(labels(shuffled), labels(again));
        if (n > 20 && batchSize > 3) {
            assertNotEquals(labels(shuffled), labels(all(encoded.shuffled(batches, batchSize, seed + 1_000_003))));
        }
    }

    @Test
    void batchesAreOfLikeLengths() {
        Random random = new Random(4);
        List<LabelledText> examples = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            examples.add(text("x", repeated("the", 1 + random.nextInt(60))));
        }
        EncodedExamples encoded = EncodedExamples.of(examples, List.of("x"), TOKENIZER, 64, 2);
        double tokens = 0;
        double places = 0;
        for (TaskBatch batch : all(encoded.shuffled(60, 16, 1))) {
            tokens += Arrays.stream(batch.texts().inputMask()).sum();
            places += batch.texts().inputMask().length;
        }
        assertTrue(tokens / places > 0.9, "of the places are tokens: " + tokens / places);
    }

    /** One after the other, and once more in the opposite order: what came before decides nothing. */
    private static List<TaskBatch> all(EncodedExamples.Shuffled batches) {
        List<TaskBatch> all = new ArrayList<>();
        for (long i = 0; i < batches.size(); i++) {
            all.add(batches.get(i));
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            assertArrayEquals(all.get(i).examples(), batches.get(i).examples());
        }
        return all;
    }

    private static Map<Integer, Long> counts(List<TaskBatch> batches) {
        return labels(batches).stream().flatMap(List::stream)
                .collect(Collectors.groupingBy(label -> label, TreeMap::new, Collectors.counting()));
    }

    private static List<List<Integer>> labels(List<TaskBatch> batches) {
        return batches.stream().map(batch -> IntStream.of(batch.labels()).boxed().toList()).toList();
    }

    private static long count(int[] ids, int id) {
        return IntStream.of(ids).filter(i -> i == id).count();
    }

    private static String repeated(String word, int times) {
        return String.join(" ", Collections.nCopies(times, word));
    }

    private static LabelledText text(String label, String... texts) {
        return new LabelledText(2, label, List.of(texts));
    }
}
