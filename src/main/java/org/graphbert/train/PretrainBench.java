package org.graphbert.train;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Flops;

/** Times training steps on synthetic records: full sequences of random tokens, dropout on, the optimiser included. */
public final class PretrainBench {

    private static final int WARMUP_STEPS = 3;
    private static final int PREDICTIONS = 20;
    private static final double LEARNING_RATE = 1e-4;

    private PretrainBench() {}

    /**
     * The measured figures.
     *
     * @param stepSeconds median time of a step
     * @param tokensPerSecond batch · length / stepSeconds
     * @param teraflopsPerSecond matrix-product FLOPs of a step / stepSeconds
     */
    public record Figures(
            int batchSize,
            int sequenceLength,
            int vocabSize,
            String precision,
            int steps,
            double stepSeconds,
            double tokensPerSecond,
            double teraflopsPerSecond) {}

    public static Figures run(ModelConfig model, int batchSize, int sequenceLength, int steps, int threads, long seed) {
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(batchSize, sequenceLength, PREDICTIONS, false);
        TrainingGraph graph = TrainingGraph.build(model, sizes, Optimisation.reference(), Compute.FLOAT32, seed);
        Batch batch = synthetic(model, sizes, seed);
        double[] seconds = new double[steps];
        try (TrainingSession session = new TrainingSession(graph, threads, seed)) {
            session.initialise();
            for (int step = -WARMUP_STEPS; step < steps; step++) {
                long start = System.nanoTime();
                session.step(step, List.of(batch), LEARNING_RATE);
                if (step >= 0) {
                    seconds[step] = (System.nanoTime() - start) / 1e9;
                }
            }
        }
        Arrays.sort(seconds);
        double median = seconds[steps / 2];
        double flops = Flops.trainingStep(model, batchSize, sequenceLength, PREDICTIONS);
        return new Figures(
                batchSize,
                sequenceLength,
                model.vocabSize(),
                "float32",
                steps,
                median,
                batchSize * sequenceLength / median,
                flops / median / 1e12);
    }

    private static Batch synthetic(ModelConfig model, TrainingGraph.Sizes sizes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int b = sizes.batch();
        int s = sizes.length();
        int p = sizes.predictions();
        int[] ids = random.ints((long) b * s, 0, model.vocabSize()).toArray();
        int[] mask = new int[b * s];
        Arrays.fill(mask, 1);
        int[] segments = random.ints((long) b * s, 0, 2).toArray();
        int[] positions = random.ints((long) b * p, 0, s).toArray();
        int[] labels = random.ints((long) b * p, 0, model.vocabSize()).toArray();
        float[] weights = new float[b * p];
        Arrays.fill(weights, 1f);
        int[] nextSentence = random.ints(b, 0, 2).toArray();
        return new Batch(b, s, p, ids, mask, segments, positions, labels, weights, nextSentence, new long[b]);
    }
}
