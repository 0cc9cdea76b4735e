package org.graphbert.train;

import static org.graphbert.train.Sessions.fetch;
import static org.graphbert.train.Sessions.gradients;
import static org.graphbert.train.Sessions.open;
import static org.graphbert.train.Sessions.randomise;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.graphbert.config.Activation;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.Example;
import org.graphbert.data.Loader;
import org.graphbert.data.PairOptions;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packed pairs learn what the same pairs learn alone: the loss, every gradient, and nothing of their neighbours. */
class PackedTrainingTest {

    private static final ModelConfig MODEL = new ModelConfig(50, 16, 2, 2, 32, Activation.GELU, 0, 0, 64, 2, 0.3, 1e-12);
    private static final AdamW PLAIN = AdamW.reference();
    private static final int LENGTH = 64;

    @TempDir
    private static Path directory;

    private static Batch packed;
    private static Batch unpacked;

    /** Records as a user's would be, packed by the loader, and the same ones a sequence each. */
    @BeforeAll
    static void prepare() throws IOException {
        Path vocabulary = Tiny.vocabulary(directory.resolve("tokenizer"));
        Path data = Tiny.dataSet(directory, "data", vocabulary, PairOptions.nextSentence(LENGTH, 0.9, 0.5));
        try (DataSet set = DataSet.open(data)) {
            packed = Loader.of(set, 6, 1).packed().batch(0);
            unpacked = alone(set, LongStream.of(packed.records()).filter(r -> r >= 0).toArray());
        }
    }

    @Test
    void theBatchIsAHardOne() {
        long[] pairs = new long[packed.size()];
        boolean padded = false;
        for (int b = 0; b < packed.size(); b++) {
            pairs[b] = LongStream.of(packed.records()).skip((long) b * packed.places()).limit(packed.places())
                    .filter(r -> r >= 0).count();
            padded |= packed.inputMask()[(b + 1) * LENGTH - 1] == 0;
        }
        assertTrue(LongStream.of(pairs).distinct().count() > 1, "sequences of unequal numbers: " + Arrays.toString(pairs));
        assertTrue(LongStream.of(pairs).max().orElseThrow() >= 3, Arrays.toString(pairs));
        assertTrue(padded, "one ends with padding");
        assertEquals(unpacked.size(), packed.pairs());
        assertEquals(unpacked.tokens(), packed.tokens());
        assertEquals(unpacked.weight(), packed.weight());
        assertEquals(2, IntStream.of(packed.nextSentenceLabels()).distinct().count(), "both labels");
    }

    @Test
    void lossesAndEveryGradientAreThoseOfThePairsAlone() {
        try (TrainingSession together = open(MODEL, packed, false, PLAIN, 1.0);
                TrainingSession alone = open(MODEL, unpacked, false, PLAIN, 1.0)) {
            randomise(together, 2);
            randomise(alone, 2);
            List<float[]> found = gradients(together, packed);
            List<float[]> expected = gradients(alone, unpacked);
            List<Variable> variables = alone.graph().variables().trainable();
            assertEquals(46, variables.size());
            for (int i = 0; i < expected.size(); i++) {
                String name = variables.get(i).name();
                double largest = largest(expected.get(i));
                // Softmax does not see what a key's bias adds to all its scores: the gradient is nothing but rounding.
                double scale = name.endsWith("key/bias") ? 1 : largest;
                assertTrue(scale > 1e-3, name + " has a gradient to compare: " + largest);
                for (int j = 0; j < expected.get(i).length; j++) {
                    assertEquals(expected.get(i)[j], found.get(i)[j], 1e-5 * scale, name + "[" + j + "]");
                }
            }
            Sums one = together.step(0, List.of(packed), 1e-3).sums();
            Sums other = alone.step(0, List.of(unpacked), 1e-3).sums();
            assertEquals(other.maskedLmLoss(), one.maskedLmLoss(), 1e-5 * other.maskedLmLoss());
            assertEquals(other.nextSentenceLoss(), one.nextSentenceLoss(), 1e-5 * other.nextSentenceLoss());
            assertEquals(other.maskedLmCorrect(), one.maskedLmCorrect());
            assertEquals(other.nextSentenceCorrect(), one.nextSentenceCorrect());
            assertEquals(other.pairs(), one.pairs());
            assertEquals(other.tokens(), one.tokens());
        }
    }

    @Test
    void microBatchesOfUnequallyManyPairsAddUp() {
        List<Batch> micro = packed.split(3);
        assertTrue(micro.stream().mapToInt(Batch::pairs).distinct().count() > 1, "unequally many pairs");
        try (TrainingSession whole = open(MODEL, packed, false, PLAIN, 0.5);
                TrainingSession parts = open(MODEL, micro.get(0), true, PLAIN, 0.5)) {
            randomise(whole, 3);
            randomise(parts, 3);
            TrainingSession.StepResult one = whole.step(0, List.of(packed), 1e-3);
            TrainingSession.StepResult three = parts.step(0, micro, 1e-3);
            assertEquals(one.gradientNorm(), three.gradientNorm(), 1e-5 * one.gradientNorm());
            assertEquals(one.sums().metrics().loss(), three.sums().metrics().loss(), 1e-5);
            assertEquals(one.sums().pairs(), three.sums().pairs());
        }
    }

    @Test
    void aPairSeesNothingOfItsNeighbours() {
        int hidden = MODEL.hiddenSize();
        int crowded = 0; // a sequence of three pairs or more, whose second one changes
        while (packed.packing().pairWeights()[crowded * packed.places() + 2] == 0) {
            crowded++;
        }
        int changed = crowded * LENGTH + packed.packing().clsPositions()[crowded * packed.places() + 1] + 1;
        int[] ids = packed.inputIds().clone();
        ids[changed] = ids[changed] == 40 ? 41 : 40;
        Batch other = new Batch(packed.size(), LENGTH, packed.predictions(), ids, packed.inputMask(), packed.segmentIds(),
                packed.maskedLmPositions(), packed.maskedLmIds(), packed.maskedLmWeights(), packed.nextSentenceLabels(),
                packed.records(), true, packed.packing());
        try (TrainingSession session = open(MODEL, packed, false, PLAIN, 1.0)) {
            randomise(session, 4);
            Inputs.BatchSizes sizes = new Inputs.BatchSizes(packed.size(), LENGTH, packed.predictions(), packed.places());
            Tower tower = Tower.inference(session.graph().graph(), session.graph().variables(), MODEL, 1, sizes);
            float[] before = fetch(session, tower, packed, tower.sequenceOutput());
            float[] after = fetch(session, tower, other, tower.sequenceOutput());
            for (int s = 0; s < packed.size() * LENGTH; s++) {
                float[] was = Arrays.copyOfRange(before, s * hidden, (s + 1) * hidden);
                float[] is = Arrays.copyOfRange(after, s * hidden, (s + 1) * hidden);
                if (s / LENGTH == crowded && packed.packing().pairIds()[s] == 2) {
                    assertTrue(!Arrays.equals(was, is), "position " + s + " of the same pair");
                } else {
                    assertArrayEquals(was, is, "position " + s + " of another: bit by bit");
                }
            }
        }
    }

    @Test
    void withoutPairLabelsOnlyTheMaskedLanguageModelLearns() {
        Batch unlabelled = new Batch(packed.size(), LENGTH, packed.predictions(), packed.inputIds(), packed.inputMask(),
                packed.segmentIds(), packed.maskedLmPositions(), packed.maskedLmIds(), packed.maskedLmWeights(),
                packed.nextSentenceLabels(), packed.records(), false, packed.packing());
        Batch alone = new Batch(unpacked.size(), LENGTH, unpacked.predictions(), unpacked.inputIds(), unpacked.inputMask(),
                unpacked.segmentIds(), unpacked.maskedLmPositions(), unpacked.maskedLmIds(), unpacked.maskedLmWeights(),
                unpacked.nextSentenceLabels(), unpacked.records(), false, null);
        double[] norms = new double[2];
        for (Batch batch : List.of(unlabelled, alone)) {
            try (TrainingSession session = open(MODEL, batch, false, PLAIN, 1e9)) {
                randomise(session, 5);
                TrainingSession.StepResult result = session.step(0, List.of(batch), 1e-3);
                norms[batch == alone ? 1 : 0] = result.gradientNorm();
                assertTrue(result.finite());
                assertEquals(null, result.sums().metrics().nextSentenceLoss());
                assertEquals(result.sums().metrics().maskedLmLoss(), result.sums().metrics().loss());
                for (String head : List.of("bert/pooler/dense/kernel", "cls/seq_relationship/output_weights")) {
                    for (float moment : Sessions.value(session, head + "/adam_m")) {
                        assertEquals(0f, moment, head);
                    }
                }
                assertNotEquals(0, largest(Sessions.value(session, "cls/predictions/output_bias/adam_m")));
                assertEquals(null, session.graph().training().inputs().packed() == null
                        ? session.evaluate(batch).metrics().nextSentenceAccuracy() : null);
            }
        }
        assertEquals(norms[1], norms[0], 1e-5 * norms[1]);
    }

    @Test
    void aGraphTakesTheBatchesItIsBuiltFor() {
        try (TrainingSession session = open(MODEL, packed, false, PLAIN, 1.0)) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> session.step(0, List.of(unpacked), 1)).getMessage();
            assertEquals("a batch that is not packed, for a graph of packed pairs", message);
            assertThrows(IllegalArgumentException.class, () -> session.evaluate(packed));
        }
    }

    private static Batch alone(DataSet set, long[] records) {
        int size = records.length;
        int room = set.maxPredictions();
        int[][] sequences = new int[3][size * LENGTH];
        int[][] predictions = new int[2][size * room];
        float[] weights = new float[size * room];
        int[] labels = new int[size];
        for (int b = 0; b < size; b++) {
            Example example = set.example(records[b]);
            System.arraycopy(example.inputIds(), 0, sequences[0], b * LENGTH, LENGTH);
            System.arraycopy(example.inputMask(), 0, sequences[1], b * LENGTH, LENGTH);
            System.arraycopy(example.segmentIds(), 0, sequences[2], b * LENGTH, LENGTH);
            System.arraycopy(example.maskedLmPositions(), 0, predictions[0], b * room, room);
            System.arraycopy(example.maskedLmIds(), 0, predictions[1], b * room, room);
            System.arraycopy(example.maskedLmWeights(), 0, weights, b * room, room);
            labels[b] = example.nextSentenceLabel();
        }
        return new Batch(size, LENGTH, room, sequences[0], sequences[1], sequences[2], predictions[0], predictions[1],
                weights, labels, records);
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
