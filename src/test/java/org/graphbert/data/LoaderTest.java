package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Sentences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoaderTest {

    @TempDir
    private static Path directory;

    @Test
    void everyRecordOnceAnEpochWithoutASeam() {
        try (DataSet data = open()) {
            Loader loader = Loader.of(data, 7, 99);
            int size = (int) data.size();
            long[] stream = IntStream.range(0, 2 * size / 7 + 1)
                    .mapToObj(loader::batch).flatMapToLong(b -> LongStream.of(b.records())).toArray();
            long[] first = Arrays.copyOf(stream, size);
            long[] second = Arrays.copyOfRange(stream, size, 2 * size);
            assertFalse(Arrays.equals(first, second));
            Arrays.sort(first);
            Arrays.sort(second);
            assertArrayEquals(LongStream.range(0, size).toArray(), first);
            assertArrayEquals(first, second);
            assertEquals(2.0, loader.epochs(2L * size) / 7, 1e-12);
        }
    }

    @Test
    void prefetchFromAnyStepIsTheSameStream() {
        try (DataSet data = open()) {
            Masking masking = Masking.of(MaskOptions.standard(64), new NumberTokenizer());
            for (Loader loader : List.of(Loader.of(data, 5, 3), Loader.of(data, 5, 3).withDynamicMasking(masking))) {
                for (long start : new long[] {0, 1, 17, 1_000_000_007L}) {
                    try (Prefetch batches = loader.start(start)) {
                        for (long step = start; step < start + 12; step++) {
                            same(loader.batch(step), batches.next());
                        }
                    }
                }
            }
        }
    }

    @Test
    void sharesOfABatchMakeItUp() {
        try (DataSet data = open()) {
            Loader loader = Loader.of(data, 8, 5);
            Batch whole = loader.batch(11);
            Batch half = loader.batch(11, 4, 4);
            assertArrayEquals(Arrays.copyOfRange(whole.inputIds(), 4 * 64, 8 * 64), half.inputIds());
            assertArrayEquals(Arrays.copyOfRange(whole.records(), 4, 8), half.records());
        }
    }

    @Test
    void dynamicMaskingChangesWithTheEpochOnly() {
        try (DataSet data = open()) {
            Masking masking = Masking.of(MaskOptions.standard(64), new NumberTokenizer());
            int size = (int) data.size();
            Loader loader = Loader.of(data, size, 8).withDynamicMasking(masking);
            Batch first = loader.batch(0);
            Batch second = loader.batch(1);
            int changed = 0;
            for (int b = 0; b < size; b++) {
                int other = IntStream.range(0, size).filter(sameRecord(first, second, b)).findFirst().orElseThrow();
                assertEquals(first.nextSentenceLabels()[b], second.nextSentenceLabels()[other]);
                changed += Arrays.equals(row(first.maskedLmPositions(), b, 10), row(second.maskedLmPositions(), other, 10))
                        ? 0 : 1;
            }
            assertTrue(changed > 0.95 * size, changed + " of " + size);
            Masking wide = Masking.of(MaskOptions.of(0.5, 32, MaskUnit.TOKEN), new NumberTokenizer());
            assertThrows(Failure.class, () -> Loader.of(data, 2, 1).withDynamicMasking(wide));
        }
    }

    @Test
    void sequentialReadsEachRecordOnce() {
        try (DataSet data = open()) {
            Iterator<Batch> batches = Loader.sequential(data, 16);
            long next = 0;
            while (batches.hasNext()) {
                Batch batch = batches.next();
                assertEquals(Math.min(16, data.size() - next), batch.size());
                for (long record : batch.records()) {
                    assertEquals(next++, record);
                }
            }
            assertEquals(data.size(), next);
        }
    }

    @Test
    void otherSeedsGiveOtherOrders() {
        try (DataSet data = open()) {
            assertNotEquals(Arrays.toString(Loader.of(data, 8, 1).batch(0).records()),
                    Arrays.toString(Loader.of(data, 8, 2).batch(0).records()));
            assertThrows(Failure.class, () -> Loader.of(data, 0, 1));
        }
    }

    @Test
    void aDamagedRecordSurfacesInNext() throws IOException {
        Path copy = Files.createDirectories(directory.resolve("damaged"));
        byte[] bytes = Files.readAllBytes(directory.resolve(prepared() + "/data-00000-of-00001.tfrecord"));
        bytes[bytes.length - 100] ^= 1;
        Files.write(copy.resolve("x.tfrecord"), bytes);
        try (DataSet data = DataSet.open(copy);
                Prefetch batches = Loader.of(data, (int) data.size(), 1).start(0)) {
            Failure failure = assertThrows(Failure.class, batches::next);
            assertTrue(failure.getMessage().contains("x.tfrecord: damaged TFRecord at byte "), failure.getMessage());
            assertThrows(Failure.class, batches::next, "again");
        }
    }

    private static IntPredicate sameRecord(Batch a, Batch b, int element) {
        return other -> a.records()[element] == b.records()[other];
    }

    private static int[] row(int[] matrix, int row, int width) {
        return Arrays.copyOfRange(matrix, row * width, (row + 1) * width);
    }

    private static void same(Batch expected, Batch found) {
        assertArrayEquals(expected.records(), found.records());
        assertArrayEquals(expected.inputIds(), found.inputIds());
        assertArrayEquals(expected.maskedLmPositions(), found.maskedLmPositions());
        assertArrayEquals(expected.maskedLmIds(), found.maskedLmIds());
        assertArrayEquals(expected.maskedLmWeights(), found.maskedLmWeights());
        assertArrayEquals(expected.nextSentenceLabels(), found.nextSentenceLabels());
    }

    private static DataSet open() {
        return DataSet.open(prepared());
    }

    private static Path prepared() {
        Path set = directory.resolve("set");
        if (!Files.exists(set)) {
            Path corpus = Corpora.write(directory.resolve("corpus.txt"), 30, 20, 4);
            Recipe recipe = new Recipe(
                    PairOptions.nextSentence(64, 0.1, 0.5), MaskOptions.standard(64), 1, Sentences.LINES, "en", 0, 1, 42);
            new Preparation(List.of(corpus), new NumberTokenizer(), recipe, set, 2, 0).run(Progress.SILENT);
        }
        return set;
    }
}
