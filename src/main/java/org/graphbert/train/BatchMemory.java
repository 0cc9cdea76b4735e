package org.graphbert.train;

import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.StaticGraph.Tensor;

/**
 * The memory of training at any batch size, from one graph. A tensor's size either has nothing to do with the batch or is
 * a multiple of it; which of the two shows in a graph for a batch that is a multiple of a prime that divides no other
 * size of the model.
 */
final class BatchMemory {

    /** The batch is a multiple of 4: dropout makes its random bytes four at a time. */
    private static final int BYTES_A_WORD = 4;
    private static final int FROM = 1009;

    private final MemoryEstimate.Steps steps;
    private final int prime;
    private final int largest;

    /** Under google-research/bert's optimiser; no other keeps more beside the weights. */
    BatchMemory(ModelConfig model, int length, int predictions) {
        this(model, length, predictions, Optimisation.reference());
    }

    /**
     * Of sequences that are one pair each.
     *
     * @param length S
     * @param predictions P
     */
    BatchMemory(ModelConfig model, int length, int predictions, Optimisation optimisation) {
        this(model, length, predictions, optimisation, Compute.FLOAT32);
    }

    /** The same under another precision. */
    BatchMemory(ModelConfig model, int length, int predictions, Optimisation optimisation, Compute compute) {
        prime = prime(
                model.vocabSize(), model.hiddenSize(), model.embeddingSize(), model.intermediateSize(),
                model.numAttentionHeads(), model.maxPositionEmbeddings(), 2 * model.maxPositionEmbeddings() - 1,
                model.typeVocabSize(), length, 2 * length - 1, predictions,
                predictions + 1);
        // The rows of a layer's output are one tensor.
        largest = (int) (Integer.MAX_VALUE / ((long) length * model.hiddenSize()));
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(BYTES_A_WORD * prime, length, predictions, false);
        try (TrainingGraph graph = TrainingGraph.build(model, sizes, optimisation, compute, 0)) {
            steps = new MemoryEstimate.Steps(graph);
        }
    }

    /** Of a batch of so many sequences. */
    MemoryEstimate at(int batch) {
        return steps.estimate(tensor -> scaled(tensor, batch));
    }

    /** The largest batch whose variables and step take no more than these bytes; 0 if not even one sequence's do. */
    int largestOfTensors(long bytes) {
        return largest(bytes, MemoryEstimate::tensorBytes);
    }

    /** The largest batch that takes no more than these bytes, the process included; 0 if not even one sequence does. */
    int largest(long bytes) {
        return largest(bytes, MemoryEstimate::totalBytes);
    }

    private int largest(long bytes, ToLongFunction<MemoryEstimate> taken) {
        int fits = 0;
        int tooLarge = largest + 1;
        while (tooLarge - fits > 1) {
            int middle = fits + (tooLarge - fits) / 2;
            if (taken.applyAsLong(at(middle)) <= bytes) {
                fits = middle;
            } else {
                tooLarge = middle;
            }
        }
        return fits;
    }

    private long scaled(Tensor tensor, long batch) {
        long bytes = tensor.bytes();
        return bytes % prime == 0 ? Math.multiplyExact(bytes / prime, batch) / BYTES_A_WORD : bytes;
    }

    private static int prime(int... sizes) {
        return IntStream.iterate(FROM, candidate -> candidate + 2)
                .filter(candidate -> IntStream.rangeClosed(2, (int) Math.sqrt(candidate)).noneMatch(d -> candidate % d == 0))
                .filter(candidate -> IntStream.of(sizes).noneMatch(size -> size % candidate == 0))
                .findFirst()
                .orElseThrow();
    }
}
