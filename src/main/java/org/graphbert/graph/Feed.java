package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Batch;
import org.graphbert.config.Packing;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The tensors of one run, for the placeholders that its graph has; closing releases their memory. */
public final class Feed implements AutoCloseable {

    private record Entry(Operand<?> placeholder, Tensor tensor) {}

    private final List<Entry> entries = new ArrayList<>();

    /** Adds a whole batch. */
    public Feed batch(Inputs to, Batch batch) {
        Shape bySequence = Shape.of(batch.size(), batch.sequenceLength());
        Shape byPrediction = Shape.of(batch.size(), batch.predictions());
        if ((to.packed() == null) != (batch.packing() == null)) {
            throw new IllegalArgumentException(batch.packing() == null
                    ? "a batch that is not packed, for a graph of packed pairs"
                    : "a packed batch, for a graph of one pair a sequence");
        }
        if (to.packed() == null) {
            ints(to.inputMask(), bySequence, batch.inputMask());
        } else {
            packing(to.packed(), bySequence, batch);
        }
        return ints(to.inputIds(), bySequence, batch.inputIds())
                .ints(to.segmentIds(), bySequence, batch.segmentIds())
                .ints(to.maskedLmPositions(), byPrediction, batch.maskedLmPositions())
                .ints(to.maskedLmIds(), byPrediction, batch.maskedLmIds())
                .floats(to.maskedLmWeights(), byPrediction, batch.maskedLmWeights())
                .ints(to.nextSentenceLabels(), Shape.of(batch.nextSentenceLabels().length), batch.nextSentenceLabels());
    }

    private void packing(Inputs.Packed to, Shape bySequence, Batch batch) {
        Packing packing = batch.packing();
        ints(to.pairIds(), bySequence, packing.pairIds());
        ints(to.positionIds(), bySequence, packing.positionIds());
        ints(to.clsPositions(), Shape.of(batch.size(), packing.places()), packing.clsPositions());
        floats(to.pairWeights(), Shape.of(packing.pairWeights().length), packing.pairWeights());
    }

    /** Adds integers, row-major. */
    public Feed ints(Operand<TInt32> placeholder, Shape shape, int[] values) {
        return add(placeholder, TInt32.tensorOf(shape, DataBuffers.of(values, true, false)));
    }

    /** Adds floats, row-major. */
    public Feed floats(Operand<TFloat32> placeholder, Shape shape, float[] values) {
        return add(placeholder, TFloat32.tensorOf(shape, DataBuffers.of(values, true, false)));
    }

    /** Adds one number. */
    public Feed scalar(Operand<TFloat32> placeholder, double value) {
        return add(placeholder, TFloat32.scalarOf((float) value));
    }

    /**
     * Adds any tensor, which from now on belongs to this feed.
     *
     * @param placeholder null for what this graph has no use for: the tensor is let go
     */
    public Feed add(Operand<?> placeholder, Tensor tensor) {
        if (placeholder == null) {
            tensor.close();
            return this;
        }
        entries.add(new Entry(placeholder, tensor));
        return this;
    }

    /** Hands all of it to a run. */
    public Session.Runner to(Session.Runner runner) {
        entries.forEach(e -> runner.feed(e.placeholder(), e.tensor()));
        return runner;
    }

    @Override
    public void close() {
        entries.forEach(e -> e.tensor().close());
    }
}
