package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.Packing;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Sentences;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedLoaderTest {

    private static final int LENGTH = 64;

    @TempDir
    private static Path directory;

    private static Path set;

    @BeforeAll
    static void prepare() {
        set = directory.resolve("set");
        Path corpus = Corpora.write(directory.resolve("corpus.txt"), 60, 20, 4);
        Recipe recipe = new Recipe(PairOptions.nextSentence(LENGTH, 0.8, 0.5), MaskOptions.standard(LENGTH), 1,
                Sentences.LINES, "en", 0, 3, 42);
        new Preparation(List.of(corpus), new NumberTokenizer(), recipe, set, 2, 0).run(Progress.SILENT);
    }

    @Test
    void anEpochHoldsEveryRecordOnceAndHardlyAnyPadding() {
        try (DataSet data = DataSet.open(set)) {
            Loader loader = Loader.of(data, 1, 5).packed();
            assertTrue(loader.places() > 1 && loader.places() <= LENGTH / 8, "places: " + loader.places());
            assertEquals(data.maxPredictions(), loader.predictions());
            long[] records = new long[0];
            long tokens = 0;
            for (long step = 0; step < loader.sequences(); step++) {
                Batch batch = loader.batch(step);
                tokens += batch.tokens();
                records = LongStream.concat(LongStream.of(records), LongStream.of(batch.records()).filter(r -> r >= 0)).toArray();
            }
            Arrays.sort(records);
            assertArrayEquals(LongStream.range(0, data.size()).toArray(), records);
            assertEquals(1 - (double) tokens / (loader.sequences() * LENGTH), loader.padding(), 1e-12);
            assertEquals(1 - (double) tokens / (data.size() * LENGTH), loader.unpackedPadding(), 1e-12);
            assertTrue(loader.unpackedPadding() > 0.3 && loader.padding() < 0.08,
                    loader.unpackedPadding() + " → " + loader.padding());
            assertEquals(1, loader.epochs(loader.sequences()));
        }
    }

    @Test
    void everyPairIsItsRecordWhicheverTheMasking() {
        try (DataSet data = DataSet.open(set)) {
            Masking masking = Masking.of(MaskOptions.standard(LENGTH), new NumberTokenizer());
            requirePairs(data, Loader.of(data, 9, 3).packed(), null);
            requirePairs(data, Loader.of(data, 9, 3).withDynamicMasking(masking).packed(), masking);
            assertThrows(IllegalStateException.class, () -> Loader.of(data, 9, 3).packed().withDynamicMasking(masking));
        }
    }

    private static void requirePairs(DataSet data, Loader loader, Masking masking) {
        for (long step : new long[] {0, 1, 1_000_000, 1L << 50}) { // so far on, only constant time comes to an end
            Batch batch = loader.batch(step);
            Packing packing = batch.packing();
            for (int b = 0; b < batch.size(); b++) {
                long epoch = (step * 9 + b) / loader.sequences();
                int at = b * LENGTH;
                int next = b * batch.predictions();
                for (int k = 0; k < batch.places(); k++) {
                    int place = b * batch.places() + k;
                    long record = batch.records()[place];
                    assertEquals(record < 0 ? 0 : 1, packing.pairWeights()[place]);
                    if (record < 0) {
                        continue;
                    }
                    Example example = data.example(record);
                    example = masking == null ? example : masking.remask(example, 3, epoch, record);
                    assertEquals(example.nextSentenceLabel(), batch.nextSentenceLabels()[place]);
                    assertEquals(at - b * LENGTH, packing.clsPositions()[place]);
                    int from = at - b * LENGTH;
                    for (int s = 0; s < example.length(); s++, at++) {
                        assertEquals(example.inputIds()[s], batch.inputIds()[at]);
                        assertEquals(example.segmentIds()[s], batch.segmentIds()[at]);
                        assertEquals(1, batch.inputMask()[at]);
                        assertEquals(k + 1, packing.pairIds()[at]);
                        assertEquals(s, packing.positionIds()[at]);
                    }
                    for (int p = 0; p < example.predictions(); p++, next++) {
                        assertEquals(from + example.maskedLmPositions()[p], batch.maskedLmPositions()[next]);
                        assertEquals(example.maskedLmIds()[p], batch.maskedLmIds()[next]);
                        assertEquals(1, batch.maskedLmWeights()[next]);
                    }
                }
                for (; at < (b + 1) * LENGTH; at++) {
                    assertEquals(0, batch.inputIds()[at] + batch.inputMask()[at] + packing.pairIds()[at] + packing.positionIds()[at]);
                }
                for (; next < (b + 1) * batch.predictions(); next++) {
                    assertEquals(0, batch.maskedLmWeights()[next]);
                }
            }
        }
    }

    @Test
    void foreignFilesArePackedByWhatTheyHold() throws IOException {
        Path foreign = Files.createDirectories(directory.resolve("foreign"));
        for (int shard = 0; shard < 3; shard++) {
            String name = "data-%05d-of-00003.tfrecord".formatted(shard);
            Files.copy(set.resolve(name), foreign.resolve(name));
        }
        try (DataSet data = DataSet.open(foreign); DataSet ours = DataSet.open(set)) {
            Loader loader = Loader.of(data, 4, 1).packed();
            assertEquals(Loader.of(ours, 4, 1).packed().sequences(), loader.sequences(), 2);
            requirePairs(data, Loader.of(data, 9, 3).packed(), null);
        }
    }

    @Test
    void thePrefetchIsTheSameStream() {
        try (DataSet data = DataSet.open(set)) {
            Loader loader = Loader.of(data, 5, 7).packed();
            try (Prefetch batches = loader.start(1_000_003)) {
                for (long step = 1_000_003; step < 1_000_009; step++) {
                    Batch expected = loader.batch(step);
                    Batch found = batches.next();
                    assertArrayEquals(expected.records(), found.records());
                    assertArrayEquals(expected.inputIds(), found.inputIds());
                    assertArrayEquals(expected.packing().pairIds(), found.packing().pairIds());
                }
            }
        }
    }

    @Test
    void recordsWithoutPairsHaveNoPairLabels() throws IOException {
        Path none = Files.createDirectories(directory.resolve("none"));
        try (var files = Files.list(set)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, none.resolve(file.getFileName()));
            }
        }
        Path manifest = none.resolve(Manifest.FILE);
        String text = Files.readString(manifest);
        assertTrue(text.contains("\"task\" : \"nsp\""), text);
        Files.writeString(manifest, text.replace("\"task\" : \"nsp\"", "\"task\" : \"none\""));
        try (DataSet data = DataSet.open(none); DataSet pairs = DataSet.open(set)) {
            for (Loader loader : List.of(Loader.of(data, 4, 1), Loader.of(data, 4, 1).packed())) {
                assertFalse(loader.batch(0).paired());
                assertEquals(0, loader.batch(0).pairs());
            }
            assertEquals(0, Loader.sequential(data, 4).next().pairs());
            assertTrue(Loader.of(pairs, 4, 1).packed().batch(0).pairs() > 4);
            assertEquals(4, Loader.sequential(pairs, 4).next().pairs());
        }
    }

    @Test
    void recordsThatCannotBePackedAreNamed() {
        Example hole = example(new int[] {1, 0, 1, 0}, 0);
        assertFails("set: record 17 has padding at position 1, before its last token; it cannot be packed", hole, 4);
        assertFails("set: record 17 predicts the token at position 3, but has 2 tokens; it cannot be packed",
                example(new int[] {1, 1, 0, 0}, 3), 4);
        assertFails("set: record 17 has more predictions than its manifest's mask rate allows; prepare the data again",
                example(new int[] {1, 1, 0, 0}, 1), 0);
    }

    private static Example example(int[] mask, int position) {
        return new Example(new int[4], mask, new int[4], new int[] {position}, new int[1], new float[] {1}, 0);
    }

    private static void assertFails(String message, Example example, int room) {
        Failure failure = assertThrows(Failure.class,
                () -> PackedBatches.of("set", new Example[][] {{example}}, new long[][] {{17}}, room, 1, true));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertEquals(message, failure.getMessage());
    }
}
