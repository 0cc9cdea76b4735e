package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.graphbert.config.Activation;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.junit.jupiter.api.Test;

class MemoryEstimateTest {

    private static final int LENGTH = 8;
    private static final int PREDICTIONS = 3;

    private final ModelConfig model = GraphVariants.model(Activation.GELU);

    private MemoryEstimate built(int batch, boolean accumulated) {
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(batch, LENGTH, PREDICTIONS, accumulated);
        try (TrainingGraph graph = TrainingGraph.build(model, sizes, Optimisation.reference(), Compute.FLOAT32, 1)) {
            return MemoryEstimate.of(graph);
        }
    }

    /** One graph tells what the graph of any other batch size does. */
    @Test
    void theBatchSizeScales() {
        BatchMemory memory = new BatchMemory(model, LENGTH, PREDICTIONS);
        assertEquals(built(4, false), memory.at(4));
        assertEquals(built(40, false), memory.at(40));
        MemoryEstimate one = memory.at(1_000);
        MemoryEstimate two = memory.at(2_000);
        MemoryEstimate three = memory.at(3_000);
        assertEquals(three.activationBytes() - two.activationBytes(), two.activationBytes() - one.activationBytes());
        assertTrue(three.activationBytes() > two.activationBytes());
        assertEquals(one.parameterBytes(), three.parameterBytes());
    }

    /** What products read is half as large in 16 bits; what the rest reads is kept beside it, and gradients are float32. */
    @Test
    void sixteenBitsTakeLess() {
        Compute half = new Compute(Precision.BFLOAT16, false);
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(40, LENGTH, PREDICTIONS, false);
        MemoryEstimate plain = built(40, false);
        try (TrainingGraph graph = TrainingGraph.build(model, sizes, Optimisation.reference(), half, 1)) {
            MemoryEstimate narrow = MemoryEstimate.of(graph);
            assertTrue(narrow.activationBytes() < plain.activationBytes(), narrow + " and " + plain);
            assertTrue(narrow.activationBytes() > plain.activationBytes() / 2, narrow + " and " + plain);
            assertEquals(plain.gradientBytes(), narrow.gradientBytes());
            assertEquals(narrow, new BatchMemory(model, LENGTH, PREDICTIONS, Optimisation.reference(), half).at(40));
        }
    }

    /** bert-large's heads at 512 positions: one graph for all batch sizes has tensors of more elements than an int counts. */
    @Test
    void longSequencesOfLargeModelsToo() {
        ModelConfig large = new ModelConfig(50, 1024, 1, 16, 64, Activation.GELU, 0.1, 0.1, 512, 2, 0.02, 1e-12);
        BatchMemory memory = new BatchMemory(large, 512, 77);
        // The probabilities, and what is kept of them: [B, N, P + 1, S], for the last layer asks only where the heads look.
        assertTrue(memory.at(8).activationBytes() > 2L * 8 * 16 * 78 * 512 * 4);
        assertTrue(memory.at(8).activationBytes() < memory.at(9).activationBytes());
        ModelConfig two = new ModelConfig(50, 1024, 2, 16, 64, Activation.GELU, 0.1, 0.1, 512, 2, 0.02, 1e-12);
        assertTrue(new BatchMemory(two, 511, 77).at(8).activationBytes() > 2L * 8 * 16 * 511 * 511 * 4);
    }

    @Test
    void theLargestBatchFitsAndTheNextDoesNot() {
        BatchMemory memory = new BatchMemory(model, LENGTH, PREDICTIONS);
        long bytes = 1L << 30;
        int largest = memory.largest(bytes);
        assertTrue(largest > 1);
        assertTrue(memory.at(largest).totalBytes() <= bytes);
        assertTrue(memory.at(largest + 1).totalBytes() > bytes);
        assertEquals(0, memory.largest(memory.at(1).totalBytes() - 1));
        assertEquals(1, memory.largest(memory.at(1).totalBytes()));
        // What a tensor of [B·S, H] can hold is a limit too.
        assertEquals(Integer.MAX_VALUE / (LENGTH * model.hiddenSize()), memory.largest(Long.MAX_VALUE));
    }

    /** Hidden 16: every activation that the backward pass needs is among these, whatever else is. */
    @Test
    void thePartsAreWhatTheyAreCalled() {
        MemoryEstimate plain = built(4, false);
        MemoryEstimate accumulated = built(4, true);
        try (TrainingGraph graph = TrainingGraph.build(
                model, new TrainingGraph.Sizes(4, LENGTH, PREDICTIONS, false), Optimisation.reference(), Compute.FLOAT32, 1)) {
            assertEquals(4 * graph.variables().parameterCount(), plain.parameterBytes());
        }
        assertEquals(2 * plain.parameterBytes(), plain.optimiserBytes());
        assertEquals(0, plain.gradientSumBytes());
        assertEquals(plain.parameterBytes(), accumulated.gradientSumBytes());
        assertTrue(plain.stepBytes() >= plain.gradientBytes());
        assertTrue(plain.stepBytes() >= plain.activationBytes());
        assertTrue(plain.totalBytes() > plain.parameterBytes() + plain.optimiserBytes() + plain.stepBytes());
        long rows = 4L * LENGTH * 4;
        long layer = rows * (3 * 16 + 16 + 16 + 24 + 24 + 16);
        assertTrue(plain.activationBytes() > model.numHiddenLayers() * layer, plain.toString());
    }
}
