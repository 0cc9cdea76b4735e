package org.graphbert.train;

import static org.graphbert.train.Sessions.fetch;
import static org.graphbert.train.Sessions.gradients;
import static org.graphbert.train.Sessions.open;
import static org.graphbert.train.Sessions.randomise;
import static org.graphbert.train.Sessions.value;
import static org.graphbert.train.Sessions.values;
import static org.graphbert.train.Sessions.weights;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Activation;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Metrics;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.api.Test;

/**
 * The training graph against plain Java: accumulation, the optimiser, clipping, dropout. What the graph computes is compared
 * in {@link RandomModelsTest}.
 */
class TrainingSessionTest {

    private static final AdamW PLAIN = AdamW.reference();
    /** Weights this large make gradients that rounding does not blur. */
    private static final ModelConfig LARGE_WEIGHTS =
            new ModelConfig(30, 8, 2, 2, 12, Activation.GELU, 0, 0, 14, 2, 0.3, 1e-12);

    @Test
    void paddingChangesNothing() {
        Batch batch = Tiny.batch(LARGE_WEIGHTS, 3, 12, 4, 5);
        try (TrainingSession session = open(LARGE_WEIGHTS, batch, false, PLAIN, 1.0)) {
            randomise(session, 6);
            int h = LARGE_WEIGHTS.hiddenSize();
            Tower tower = session.graph().evaluation();
            float[] found = fetch(session, tower, batch, tower.sequenceOutput());
            // The same examples in longer rows, other garbage behind them: nothing else changes.
            Batch longer = padded(batch, 14);
            float[] again = fetch(session, tower, longer, tower.sequenceOutput());
            for (int b = 0; b < batch.size(); b++) {
                for (int s = 0; s < 12; s++) {
                    if (batch.inputMask()[b * 12 + s] == 1) {
                        for (int j = 0; j < h; j++) {
                            assertEquals(found[(b * 12 + s) * h + j], again[(b * 14 + s) * h + j], 1e-5);
                        }
                    }
                }
            }
            assertArrayEquals(fetch(session, tower, batch, tower.pooledOutput()),
                    fetch(session, tower, longer, tower.pooledOutput()), 1e-5f);
            Metrics shorter = session.evaluate(batch).metrics();
            assertEquals(shorter.loss(), session.evaluate(longer).metrics().loss(), 1e-5);
            // Weightless predictions change nothing, whatever stands in their place.
            int[] otherIds = batch.maskedLmIds().clone();
            int[] otherPositions = batch.maskedLmPositions().clone();
            for (int i = 0; i < otherIds.length; i++) {
                if (batch.maskedLmWeights()[i] == 0) {
                    otherIds[i] = 17;
                    otherPositions[i] = 3;
                }
            }
            Batch other = new Batch(batch.size(), 12, 4, batch.inputIds(), batch.inputMask(), batch.segmentIds(),
                    otherPositions, otherIds, batch.maskedLmWeights(), batch.nextSentenceLabels(), batch.records());
            assertEquals(shorter, session.evaluate(other).metrics());
        }
    }

    @Test
    void microBatchesOfUnequalWeightsAddUpToTheLargeBatch() {
        ModelConfig model = Tiny.model(0);
        Batch large = Tiny.batch(model, 8, 24, 4, 9);
        List<Batch> micro = large.split(4);
        assertTrue(micro.stream().mapToDouble(Batch::weight).distinct().count() > 1, "unequal weights");
        try (TrainingSession whole = open(model, large, false, PLAIN, 0.5);
                TrainingSession parts = open(model, micro.get(0), true, PLAIN, 0.5)) {
            randomise(whole, 10);
            randomise(parts, 10);
            for (int step = 0; step < 5; step++) {
                TrainingSession.StepResult one = whole.step(step, List.of(large), 1e-3);
                TrainingSession.StepResult four = parts.step(step, micro, 1e-3);
                assertEquals(one.gradientNorm(), four.gradientNorm(), 1e-5 * one.gradientNorm());
                assertTrue(one.gradientNorm() > 0.5, "clipped: " + one.gradientNorm());
                assertEquals(one.sums().metrics().maskedLmLoss(), four.sums().metrics().maskedLmLoss(), 1e-5);
                assertEquals(one.sums().metrics().nextSentenceLoss(), four.sums().metrics().nextSentenceLoss(), 1e-5);
                if (step == 0) {
                    // After one step, both moments are the clipped gradient's: no division magnifies rounding yet.
                    List<String> slots = whole.graph().variables().all().stream()
                            .map(Variable::name).filter(name -> name.contains("/adam_")).toList();
                    assertEquals(2 * 46, slots.size());
                    Map<String, float[]> ofWhole = values(whole, slots);
                    Map<String, float[]> ofParts = values(parts, slots);
                    slots.forEach(slot -> assertArrayEquals(ofWhole.get(slot), ofParts.get(slot), 1e-6f, slot));
                }
            }
            assertEquals(5, parts.globalStep());
        }
    }

    /** Weight decay would take the pooler to nothing, which a fine-tuning then begins with. */
    @Test
    void recordsWithoutPairsLeaveThePairHeadAsItIs() {
        ModelConfig model = Tiny.model(0);
        Batch pairs = Tiny.batch(model, 8, 24, 4, 13);
        Batch single = new Batch(pairs.size(), 24, 4, pairs.inputIds(), pairs.inputMask(), pairs.segmentIds(),
                pairs.maskedLmPositions(), pairs.maskedLmIds(), pairs.maskedLmWeights(), pairs.nextSentenceLabels(), pairs.records(),
                false, null);
        for (Optimiser optimiser : List.of(AdamW.reference(), new Lamb(0.9, 0.999, 1e-6, 0.1, true), new Adafactor(0.1), new Sgd(0.9, 0.1))) {
            for (boolean accumulated : List.of(false, true)) {
                try (TrainingSession session = open(model, accumulated ? single.split(2).get(0) : single, accumulated, optimiser, 1)) {
                    randomise(session, 14);
                    Map<String, double[]> before = weights(session);
                    for (int step = 0; step < 3; step++) {
                        session.step(step, accumulated ? single.split(2) : List.of(single), 0.1);
                    }
                    Map<String, double[]> after = weights(session);
                    session.step(3, accumulated ? pairs.split(2) : List.of(pairs), 0.1);
                    Map<String, double[]> taught = weights(session);
                    for (String name : before.keySet()) {
                        if (name.endsWith("key/bias")) {
                            continue; // its true gradient is zero
                        }
                        boolean ofPairs = name.startsWith("bert/pooler/") || name.startsWith("cls/seq_relationship/");
                        assertEquals(ofPairs, Arrays.equals(before.get(name), after.get(name)), optimiser + ": " + name);
                        assertTrue(!Arrays.equals(after.get(name), taught.get(name)), optimiser + ": " + name);
                    }
                }
            }
        }
    }

    @Test
    void adamWIsThePlainOne() {
        for (AdamW optimiser : List.of(
                AdamW.reference(),
                new AdamW(0.8, 0.95, 1e-3, 0.2, true),
                new AdamW(0.9, 0.999, 1e-6, 0, true))) {
            ModelConfig model = LARGE_WEIGHTS;
            Batch batch = Tiny.batch(model, 4, 12, 4, 11);
            double clip = 0.7;
            try (TrainingSession session = open(model, batch, false, optimiser, clip)) {
                randomise(session, 12);
                List<Variable> variables = session.graph().variables().trainable();
                Map<String, double[]> m = new LinkedHashMap<>();
                Map<String, double[]> v = new LinkedHashMap<>();
                for (int step = 0; step < 3; step++) {
                    double rate = 0.02 / (step + 1);
                    Map<String, double[]> before = weights(session);
                    List<float[]> gradients = gradients(session, batch);
                    double squares = 0;
                    for (float[] g : gradients) {
                        for (float value : g) {
                            squares += (double) value * value;
                        }
                    }
                    double norm = Math.sqrt(squares);
                    TrainingSession.StepResult result =
                            session.step(step, List.of(batch), rate);
                    assertEquals(norm, result.gradientNorm(), 1e-5 * norm);
                    Map<String, double[]> after = weights(session);
                    for (int i = 0; i < variables.size(); i++) {
                        String name = variables.get(i).name();
                        if (name.endsWith("key/bias")) {
                            continue; // its true gradient is zero; Adam magnifies rounding, which no two runs share
                        }
                        double[] mean = m.computeIfAbsent(name, n -> new double[before.get(n).length]);
                        double[] square = v.computeIfAbsent(name, n -> new double[before.get(n).length]);
                        double[] found = after.get(name);
                        boolean decayed = !name.contains("LayerNorm") && !name.contains("bias");
                        for (int j = 0; j < mean.length; j++) {
                            double g = gradients.get(i)[j] * Math.min(1, clip / norm);
                            mean[j] = optimiser.beta1() * mean[j] + (1 - optimiser.beta1()) * g;
                            square[j] = optimiser.beta2() * square[j] + (1 - optimiser.beta2()) * g * g;
                            double mHat = mean[j];
                            double vHat = square[j];
                            double epsilon = optimiser.epsilon();
                            if (optimiser.biasCorrection()) {
                                mHat /= 1 - Math.pow(optimiser.beta1(), step + 1);
                                vHat /= 1 - Math.pow(optimiser.beta2(), step + 1);
                            }
                            double w = before.get(name)[j];
                            double expected = w - rate * (mHat / (Math.sqrt(vHat) + epsilon)
                                    + (decayed ? optimiser.weightDecay() * w : 0));
                            assertEquals(expected, found[j], 2e-6 + 1e-4 * rate, optimiser + " " + name + "[" + j + "]");
                        }
                    }
                }
            }
        }
    }

    @Test
    void clippingScalesByTheGlobalNorm() {
        Batch batch = Tiny.batch(LARGE_WEIGHTS, 4, 12, 4, 13);
        float[][] first = new float[2][];
        double[] clips = {1e9, 0.01};
        double norm = 0;
        for (int i = 0; i < clips.length; i++) {
            try (TrainingSession session = open(LARGE_WEIGHTS, batch, false, PLAIN, clips[i])) {
                randomise(session, 14);
                norm = session.step(0, List.of(batch), 1e-3).gradientNorm();
                first[i] = value(session, "bert/pooler/dense/kernel/adam_m");
            }
        }
        for (int j = 0; j < first[0].length; j++) {
            assertEquals(first[0][j] * 0.01 / norm, first[1][j], 1e-8 + 1e-5 * Math.abs(first[1][j]));
        }
    }

    @Test
    void dropoutIsKeyedByStepAndMicroBatchAndAbsentInEvaluation() {
        ModelConfig model = Tiny.model(0.2);
        Batch batch = Tiny.batch(model, 8, 24, 4, 15);
        try (TrainingSession session = open(model, batch, false, PLAIN, 1.0)) {
            double step7 = session.step(7, List.of(batch), 0).sums().maskedLmLoss();
            assertEquals(step7, session.step(7, List.of(batch), 0).sums().maskedLmLoss(), "same step, same bits");
            assertNotEquals(step7, session.step(8, List.of(batch), 0).sums().maskedLmLoss(), "another step");
            double evaluated = session.evaluate(batch).maskedLmLoss();
            assertEquals(evaluated, session.evaluate(batch).maskedLmLoss());
            assertNotEquals(evaluated, step7);
        }
        Batch half = batch.split(2).get(0);
        try (TrainingSession session = open(model, half, true, PLAIN, 1.0)) {
            double one = session.step(3, List.of(half), 0).sums().maskedLmLoss();
            double two = session.step(3, List.of(half, half), 0).sums().maskedLmLoss();
            assertNotEquals(2 * one, two, 1e-4, "the second micro-batch draws other bits");
        }
    }

    @Test
    void weightsDependOnTheSeedAlone() {
        Batch batch = Tiny.batch(LARGE_WEIGHTS, 2, 12, 4, 16);
        float[][] tables = new float[3][];
        for (int i = 0; i < 3; i++) {
            TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(2, 12, 4, false);
            try (TrainingSession session = new TrainingSession(
                    TrainingGraph.build(
                            LARGE_WEIGHTS, sizes, new Optimisation(PLAIN, 1.0, 1, List.of()), Compute.FLOAT32, i / 2), 1, i / 2)) {
                session.initialise();
                String self = "/attention/self/";
                List<String> names = List.of("bert/embeddings/word_embeddings", "bert/encoder/layer_0" + self + "query/kernel",
                        "bert/encoder/layer_0" + self + "key/kernel", "bert/encoder/layer_1" + self + "query/kernel",
                        "bert/pooler/dense/bias");
                List<float[]> values = List.copyOf(values(session, names).values());
                tables[i] = values.get(0);
                float[] query = values.get(1);
                float[] key = values.get(2);
                float[] next = values.get(3);
                assertTrue(!Arrays.equals(query, key) && !Arrays.equals(query, next), "each variable draws its own");
                for (float value : tables[i]) {
                    assertTrue(Math.abs(value) <= 0.6f, "cut at two standard deviations: " + value);
                }
                assertArrayEquals(new float[8], values.get(4));
            }
        }
        assertArrayEquals(tables[0], tables[1]);
        assertTrue(!Arrays.equals(tables[0], tables[2]));
    }

    private static Batch padded(Batch batch, int length) {
        int from = batch.sequenceLength();
        int[] ids = new int[batch.size() * length];
        int[] mask = new int[ids.length];
        int[] segments = new int[ids.length];
        Arrays.fill(ids, 9);
        Arrays.fill(segments, 1);
        for (int b = 0; b < batch.size(); b++) {
            for (int s = 0; s < from; s++) {
                if (batch.inputMask()[b * from + s] == 1) {
                    ids[b * length + s] = batch.inputIds()[b * from + s];
                    mask[b * length + s] = 1;
                    segments[b * length + s] = batch.segmentIds()[b * from + s];
                }
            }
        }
        return new Batch(batch.size(), length, batch.predictions(), ids, mask, segments, batch.maskedLmPositions(),
                batch.maskedLmIds(), batch.maskedLmWeights(), batch.nextSentenceLabels(), batch.records());
    }
}
