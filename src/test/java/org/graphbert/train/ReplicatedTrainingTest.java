package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.graphbert.config.Batch;
import org.graphbert.config.Devices;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.distribute.Group;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.train.TrainingSession.StepResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.op.Ops;

/** Several replicas learn what one learns of the same batches, and all of them the same. A replica that waits for ever fails. */
@Timeout(120)
class ReplicatedTrainingTest {

    private static final int STEPS = 20;
    private static final int BATCH = 12;
    private static final double RATE = 1e-3;
    private static final ModelConfig MODEL = Tiny.shallow(0);

    @TempDir
    private Path directory;

    /** A session on so many devices, for micro-batches like this one. */
    private static TrainingSession open(
            ModelConfig model, Batch micro, int devices, boolean accumulated, Optimisation optimisation, Compute compute) {
        Group group = Group.of(devices);
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(
                micro.size() / devices, micro.sequenceLength(), micro.predictions(), micro.packing() == null ? 0 : micro.places(), accumulated);
        TrainingGraph template = TrainingGraph.build(model, sizes, optimisation, compute, 1, group);
        return new TrainingSession(ReplicatedGraph.of(template, group, Devices.cpus(devices)), 2, 1);
    }

    private static TrainingSession open(ModelConfig model, Batch micro, int devices) {
        TrainingSession session = open(model, micro, devices, false, Optimisation.reference(), Compute.FLOAT32);
        session.initialise();
        return session;
    }

    /** Each replica's part has another number of predictions, and of pairs where they are packed. */
    private static Batch batch(int step, boolean packed) {
        return packed
                ? RandomBatch.of(new Random(7), MODEL, BATCH, Tiny.LENGTH, true, true)
                : Tiny.batch(MODEL, BATCH, Tiny.LENGTH, 5, step);
    }

    private static Stream<Arguments> runs() {
        return Stream.of(
                Arguments.of("adamw", 2, 1, false),
                Arguments.of("adamw", 3, 2, true),
                Arguments.of("lamb", 2, 1, false));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void replicasLearnWhatOneDeviceLearns(String optimizer, int devices, int accumulation, boolean packed) {
        Batch first = batch(0, packed);
        Optimisation optimisation = Optimisation.of(optimizer);
        Batch micro = first.split(accumulation).get(0);
        try (TrainingSession one = open(MODEL, first, 1, false, optimisation, Compute.FLOAT32);
                TrainingSession many = open(MODEL, micro, devices, accumulation > 1, optimisation, Compute.FLOAT32)) {
            one.initialise();
            many.initialise();
            for (int step = 0; step < STEPS; step++) {
                Batch batch = batch(step, packed);
                StepResult expected = one.step(step, List.of(batch), RATE);
                StepResult found = many.step(step, batch.split(accumulation), RATE);
                assertEquals(expected.gradientNorm(), found.gradientNorm(), 1e-5 * expected.gradientNorm());
                assertEquals(expected.sums().metrics().maskedLmLoss(), found.sums().metrics().maskedLmLoss(), 1e-5);
                assertEquals(expected.sums().metrics().nextSentenceLoss(), found.sums().metrics().nextSentenceLoss(), 1e-5);
                assertEquals(
                        List.of(expected.sums().maskedLmWeight(), expected.sums().pairs(), expected.sums().examples(), expected.sums().tokens()),
                        List.of(found.sums().maskedLmWeight(), found.sums().pairs(), found.sums().examples(), found.sums().tokens()));
            }
            Map<String, double[]> expected = Sessions.weights(one);
            Sessions.weights(many).forEach((name, found) -> assertArrayEquals(expected.get(name), found, 1e-5, name));
            requireEqual(many, devices);
        }
    }

    /** Every bit of every variable, slots and counters with them. */
    private static void requireEqual(TrainingSession session, int devices) {
        List<Map<String, byte[]>> replicas = replicas(session);
        assertEquals(devices, replicas.size());
        for (Map<String, byte[]> replica : replicas) {
            assertEquals(replicas.get(0).keySet(), replica.keySet());
            replica.forEach((name, bytes) -> assertArrayEquals(replicas.get(0).get(name), bytes, name));
        }
    }

    private static List<Map<String, byte[]>> replicas(TrainingSession session) {
        // A copy reads only what its steps read, and the optimiser's kernels read their slots themselves.
        Ops tf = Ops.create(session.graph().graph()).withSubScope("read");
        List<Map<String, byte[]>> all = new ArrayList<>();
        Session.Runner runner = session.session().runner();
        for (TrainingGraph replica : session.replicated().replicas()) {
            all.add(new TreeMap<>());
            replica.variables().all().forEach(variable ->
                    runner.fetch(tf.readVariableOp(variable.handle(), variable.initial().type())));
        }
        try (Result result = runner.run()) {
            int next = 0;
            for (int r = 0; r < all.size(); r++) {
                for (Variable variable : session.replicated().replicas().get(r).variables().all()) {
                    Tensor tensor = result.get(next++);
                    byte[] bytes = new byte[Math.toIntExact(tensor.asRawTensor().numBytes())];
                    tensor.asRawTensor().data().read(bytes);
                    all.get(r).put(variable.name(), bytes);
                }
            }
        }
        return all;
    }

    @Test
    void dropoutIsOfEachReplicaItsOwnAndAlwaysTheSame() {
        Batch half = batch(0, false).split(2).get(0);
        ModelConfig model = Tiny.shallow(0.5);
        List<Double> norms = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (TrainingSession session = open(model, half, 2)) {
                norms.add(session.step(0, List.of(half), RATE).gradientNorm());
                requireEqual(session, 2);
            }
        }
        assertEquals(norms.get(0), norms.get(1));
        // The same half batch on both: with one draw of dropout for both, each would have the gradients of the other.
        Batch twice = joined(half.split(2).get(0));
        try (TrainingSession one = open(model, twice.split(2).get(0), 1);
                TrainingSession two = open(model, twice, 2)) {
            assertNotEquals(
                    one.step(0, List.of(twice.split(2).get(0)), RATE).gradientNorm(),
                    two.step(0, List.of(twice), RATE).gradientNorm(),
                    1e-3);
        }
    }

    /** A batch that is the same one twice. */
    private static Batch joined(Batch half) {
        return new Batch(
                2 * half.size(), half.sequenceLength(), half.predictions(),
                twice(half.inputIds()), twice(half.inputMask()), twice(half.segmentIds()), twice(half.maskedLmPositions()),
                twice(half.maskedLmIds()), twice(half.maskedLmWeights()), twice(half.nextSentenceLabels()),
                new long[2 * half.size()]);
    }

    private static int[] twice(int[] values) {
        int[] both = Arrays.copyOf(values, 2 * values.length);
        System.arraycopy(values, 0, both, values.length, values.length);
        return both;
    }

    private static float[] twice(float[] values) {
        float[] both = Arrays.copyOf(values, 2 * values.length);
        System.arraycopy(values, 0, both, values.length, values.length);
        return both;
    }

    @Test
    void aReplicaWithoutPredictionsDoesNoHarm() {
        Batch full = batch(0, false);
        float[] weights = full.maskedLmWeights().clone();
        Arrays.fill(weights, weights.length / 2, weights.length, 0);
        Batch lopsided = new Batch(
                full.size(), full.sequenceLength(), full.predictions(), full.inputIds(), full.inputMask(), full.segmentIds(),
                full.maskedLmPositions(), full.maskedLmIds(), weights, full.nextSentenceLabels(), full.records());
        try (TrainingSession one = open(MODEL, lopsided, 1);
                TrainingSession two = open(MODEL, lopsided, 2)) {
            StepResult expected = one.step(0, List.of(lopsided), RATE);
            StepResult found = two.step(0, List.of(lopsided), RATE);
            assertEquals(expected.gradientNorm(), found.gradientNorm(), 1e-5 * expected.gradientNorm());
            assertEquals(expected.sums().metrics().maskedLmLoss(), found.sums().metrics().maskedLmLoss(), 1e-5);
        }
    }

    @Test
    void recordsWithoutPairsTrainTheMaskedLanguageModelAlone() {
        Batch unpaired = RandomBatch.of(new Random(3), MODEL, BATCH, Tiny.LENGTH, false, false);
        try (TrainingSession one = open(MODEL, unpaired, 1);
                TrainingSession two = open(MODEL, unpaired, 2)) {
            StepResult expected = one.step(0, List.of(unpaired), RATE);
            StepResult found = two.step(0, List.of(unpaired), RATE);
            assertEquals(expected.gradientNorm(), found.gradientNorm(), 1e-5 * expected.gradientNorm());
            assertEquals(0, found.sums().pairs());
            assertEquals(null, found.sums().metrics().nextSentenceLoss());
        }
    }

    /** In float16 the first scale is too large for gradients like these: every replica must skip the same steps. */
    @Test
    void replicasSkipTheSameSteps() {
        Batch batch = batch(0, false);
        List<Boolean> applied = new ArrayList<>();
        try (TrainingSession session = open(
                MODEL, batch, 2, false, Optimisation.reference(), new Compute(Precision.FLOAT16, false))) {
            session.initialise();
            Map<String, float[]> large = Sessions.drawn(session.graph().variables(), new Random(2));
            large.replaceAll((name, values) -> name.startsWith("cls/") ? scaled(values, 300) : values);
            Sessions.assign(session, large);
            Sessions.assign(session.replicated().graph(), session.session(), session.replicated().replicas().get(1).variables(), large);
            for (int step = 0; step < 12; step++) {
                applied.add(session.step(step, List.of(batch), 1e-5).applied());
            }
            requireEqual(session, 2);
        }
        assertTrue(applied.contains(false) && applied.contains(true), applied.toString());
    }

    private static float[] scaled(float[] values, float factor) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    @Test
    void checkpointsAreThoseOfOneDevice() throws Exception {
        Batch batch = batch(0, false);
        String prefix = directory.resolve("model.ckpt").toString();
        List<String> names;
        try (TrainingSession one = open(MODEL, batch, 1)) {
            names = one.graph().saved().stream().map(Variable::name).sorted().toList();
        }
        byte[] expected;
        try (TrainingSession two = open(MODEL, batch, 2)) {
            two.step(0, List.of(batch), RATE);
            try (Snapshot snapshot = two.snapshot()) {
                snapshot.save(prefix);
            }
            assertEquals(names, List.copyOf(Tiny.variables(prefix).keySet()));
            two.step(1, List.of(batch), RATE);
            expected = replicas(two).get(0).get("bert/pooler/dense/kernel");
        }
        for (int devices : List.of(2, 3, 1)) {
            try (TrainingSession resumed = open(MODEL, batch, devices, false, Optimisation.reference(), Compute.FLOAT32)) {
                resumed.restore(prefix);
                assertEquals(1, resumed.globalStep());
                requireEqual(resumed, devices);
                resumed.step(1, List.of(batch), RATE);
                requireEqual(resumed, devices);
                if (devices == 2) {
                    assertArrayEquals(expected, replicas(resumed).get(0).get("bert/pooler/dense/kernel"));
                }
            }
        }
    }

    @Test
    void weightsOfAnotherCheckpointReachEveryReplica() {
        Batch batch = batch(0, false);
        String prefix = directory.resolve("model.ckpt").toString();
        try (TrainingSession one = open(MODEL, batch, 1);
                Snapshot untrained = one.snapshot()) {
            one.step(0, List.of(batch), RATE);
            try (Snapshot snapshot = one.snapshot()) {
                snapshot.save(prefix);
            }
        }
        try (TrainingSession two = open(MODEL, batch, 2)) {
            byte[] random = replicas(two).get(1).get("bert/pooler/dense/kernel");
            two.initialiseFrom(prefix);
            requireEqual(two, 2);
            assertFalse(Arrays.equals(random, replicas(two).get(1).get("bert/pooler/dense/kernel")));
        }
    }

    /** A replica that fails must not leave the others waiting for it. */
    @Test
    void aReplicaThatFailsEndsTheStep() {
        Batch batch = batch(0, false);
        int[] ids = batch.inputIds().clone();
        ids[ids.length - 1] = MODEL.vocabSize();
        Batch wrong = new Batch(
                batch.size(), batch.sequenceLength(), batch.predictions(), ids, batch.inputMask(), batch.segmentIds(),
                batch.maskedLmPositions(), batch.maskedLmIds(), batch.maskedLmWeights(), batch.nextSentenceLabels(), batch.records());
        try (TrainingSession two = open(MODEL, batch, 2)) {
            two.step(0, List.of(batch), RATE);
            TFInvalidArgumentException e = assertThrows(TFInvalidArgumentException.class, () -> two.step(1, List.of(wrong), RATE));
            assertTrue(e.getMessage().contains("indices"), e.getMessage());
        }
    }

    @Test
    void theFirstVariableThatIsNotFiniteIsFoundInAnyReplica() {
        Batch batch = batch(0, false);
        try (TrainingSession two = open(MODEL, batch, 2)) {
            assertTrue(two.firstNonFinite(0, List.of(batch)).isEmpty());
            float[] weights = batch.maskedLmWeights().clone();
            weights[weights.length - batch.predictions()] = Float.POSITIVE_INFINITY;
            Batch infinite = new Batch(
                    batch.size(), batch.sequenceLength(), batch.predictions(), batch.inputIds(), batch.inputMask(), batch.segmentIds(),
                    batch.maskedLmPositions(), batch.maskedLmIds(), weights, batch.nextSentenceLabels(), batch.records());
            StepResult result = two.step(0, List.of(infinite), RATE);
            assertFalse(result.applied());
            assertFalse(result.finite());
            requireEqual(two, 2);
            assertTrue(two.firstNonFinite(0, List.of(infinite)).orElseThrow().gradient());
        }
    }
}
