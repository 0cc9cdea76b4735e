package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.AllocatorMemoryUsed;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TInt64;

/**
 * Measures what {@link MemoryEstimate} estimates, by the count that TensorFlow's own allocator keeps, the most over the
 * nodes of a traced step:
 *
 * <pre>
 * mvn test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * TF_CPU_ALLOCATOR_USE_BFC=true java -cp target/test-classes:target/classes:$(cat target/classpath) \
 *     org.graphbert.train.MemoryMeasurement config/bert-mini.json 32 128
 * </pre>
 */
final class MemoryMeasurement {

    private static final int PREDICTIONS = 20;
    private static final int WARMUP_STEPS = 3;
    private static final double MIB = 1 << 20;

    private MemoryMeasurement() {}

    /** A configuration file, a batch size and a length. */
    public static void main(String[] arguments) throws IOException {
        ModelConfig model = ModelConfig.read(Path.of(arguments[0]));
        int batchSize = Integer.parseInt(arguments[1]);
        int length = Integer.parseInt(arguments[2]);
        TrainingGraph graph = TrainingGraph.build(
                model, new TrainingGraph.Sizes(batchSize, length, PREDICTIONS, false), Optimisation.reference(), Compute.FLOAT32, 1);
        MemoryEstimate estimate = MemoryEstimate.of(graph);
        Batch batch = Tiny.batch(model, batchSize, length, PREDICTIONS, 1);
        try (TrainingSession session = new TrainingSession(graph, 0, 1)) {
            session.initialise();
            for (int step = 0; step < WARMUP_STEPS; step++) {
                session.step(step, List.of(batch), 1e-4);
            }
            long tensors = estimate.parameterBytes() + estimate.optimiserBytes() + estimate.stepBytes();
            long measured = inUse(session, batch);
            System.out.printf("%s, batch %d, length %d: the allocator had %.0f MiB in use, tensors were estimated at %.0f MiB, "
                            + "with its pieces and the process at %.0f MiB%n",
                    arguments[0], batchSize, length, measured / MIB, tensors / MIB, estimate.totalBytes() / MIB);
        }
    }

    /** Only the BFC allocator counts; without TF_CPU_ALLOCATOR_USE_BFC this is 0. */
    private static long inUse(TrainingSession session, Batch batch) {
        TrainingGraph graph = session.graph();
        try (Feed feed = new Feed()
                .batch(graph.training().inputs(), batch)
                .add(graph.training().dropoutKey(), TInt64.scalarOf(WARMUP_STEPS))
                .scalar(graph.maskedLmWeight(), batch.weight())
                .scalar(graph.examples(), batch.pairs())
                .scalar(graph.learning().scalars().get("learning_rate"), 1e-4)
                .scalar(graph.learning().scalars().get("adam_rate"), 1e-4)) {
            Session.Runner runner = Sums.request(session.session().runner(), graph.training().losses())
                    .addTarget(graph.learning().update())
                    .fetch(graph.learning().gradientNorm())
                    .setOptions(RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build());
            try (Result result = feed.to(runner).runAndFetchMetadata()) {
                return result.getMetadata().orElseThrow().getStepStats().getDevStatsList().stream()
                        .flatMap(device -> device.getNodeStatsList().stream())
                        .flatMap(node -> node.getMemoryList().stream())
                        .mapToLong(AllocatorMemoryUsed::getAllocatorBytesInUse)
                        .max()
                        .orElse(0);
            }
        }
    }
}
