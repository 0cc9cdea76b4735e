package org.graphbert.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.graph.Flops;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.AllocatorMemoryUsed;
import org.tensorflow.proto.RunMetadata;

/** Times training steps, dropout on, the optimiser included: on random tokens or on a data set's records. */
public final class PretrainBench {

    private static final double GB = 1e9;
    private static final int WARMUP_STEPS = 5;
    private static final int TRACED_STEPS = 3;
    private static final int PREDICTIONS = 20;
    private static final double LEARNING_RATE = 1e-4;

    private PretrainBench() {}

    /**
     * What to time.
     *
     * @param sequenceLength S of random tokens; a data set has its own
     * @param steps timed, after a few that are not
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @param data a data set's directory; null for random tokens, full sequences with 20 predictions
     * @param pack several records in a sequence
     * @param profile whether a few more steps are traced
     */
    public record Request(
            ModelConfig model,
            int batchSize,
            int sequenceLength,
            int steps,
            int threads,
            Compute compute,
            Path data,
            boolean pack,
            boolean profile,
            long seed) {}

    /**
     * The measured figures.
     *
     * @param stepSeconds median time of a step
     * @param cpuSeconds processor time of a step, mean over all; the products beside are not in it
     * @param tokensPerSecond batch · length / stepSeconds
     * @param filledTokensPerSecond the same without padding
     * @param teraflopsPerSecond matrix-product FLOPs of a step / stepSeconds
     * @param productTeraflopsPerSecond of the fastest of the model's products alone, timed between the steps
     * @param productShare of that what the step reaches
     * @param peakResidentBytes of the process, as Linux counts it; null elsewhere
     * @param allocatorBytes in use in TensorFlow's allocator at most, a GPU's or the CPU's; null where it does not count, as the
     *     CPU's does not by default (see TF_CPU_ALLOCATOR_USE_BFC)
     * @param profile where the time goes; null unless asked for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Figures(
            int batchSize,
            int sequenceLength,
            int vocabSize,
            String precision,
            boolean xla,
            String data,
            boolean pack,
            int steps,
            double stepSeconds,
            double cpuSeconds,
            double tokensPerSecond,
            double filledTokensPerSecond,
            double teraflopsPerSecond,
            double productTeraflopsPerSecond,
            double productShare,
            Long peakResidentBytes,
            Long allocatorBytes,
            StepProfile profile) {}

    public static Figures run(Request request) {
        if (request.data() == null) {
            TrainingGraph.Sizes sizes =
                    new TrainingGraph.Sizes(request.batchSize(), request.sequenceLength(), PREDICTIONS, false);
            Batch batch = synthetic(request.model(), sizes, request.seed());
            return run(request, sizes, step -> batch);
        }
        try (DataSet set = DataSet.open(request.data())) {
            Loader plain = Loader.of(set, request.batchSize(), request.seed());
            Loader loader = request.pack() ? plain.packed() : plain;
            return run(
                    request,
                    new TrainingGraph.Sizes(
                            request.batchSize(), set.maxSeqLength(), loader.predictions(), loader.places(), false),
                    step -> {
                        Batch batch = loader.batch(step);
                        batch.requireIds(
                                set.path(), request.model().vocabSize(), request.model().typeVocabSize());
                        return batch;
                    });
        }
    }

    private static Figures run(Request request, TrainingGraph.Sizes sizes, LongFunction<Batch> batches) {
        ModelConfig model = request.model();
        TrainingGraph graph =
                TrainingGraph.build(model, sizes, Optimisation.reference(), request.compute(), request.seed());
        var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double[] seconds = new double[request.steps()];
        double cpu = 0;
        double tokens = 0;
        List<RunMetadata> memory = new ArrayList<>();
        List<RunMetadata> traces = new ArrayList<>();
        double product;
        try (TrainingSession session = new TrainingSession(graph, request.threads(), request.seed());
                ProductRate rate =
                        ProductRate.ofModel(model, sizes, request.compute().precision(), request.threads())) {
            session.initialise();
            for (int step = -WARMUP_STEPS; step < request.steps(); step++) {
                Batch batch = batches.apply(step + WARMUP_STEPS);
                long cpuStart = machine.getProcessCpuTime();
                long start = System.nanoTime();
                session.step(step, List.of(batch), LEARNING_RATE);
                if (step >= 0) {
                    seconds[step] = (System.nanoTime() - start) / 1e9;
                    cpu += (machine.getProcessCpuTime() - cpuStart) / 1e9;
                    tokens += batch.tokens();
                    rate.measure();
                }
            }
            product = rate.best();
            session.traceMemory(memory::add);
            session.step(0, List.of(batches.apply(0)), LEARNING_RATE);
            if (request.profile()) {
                session.trace(traces::add);
                for (int step = 0; step < TRACED_STEPS; step++) {
                    session.step(step, List.of(batches.apply(step)), LEARNING_RATE);
                }
            }
        } catch (TensorFlowException e) {
            throw OutOfMemory.of(e).map(found -> tooLarge(found, request, sizes, e)).orElseThrow(() -> e);
        }
        Arrays.sort(seconds);
        double median = seconds[request.steps() / 2];
        double perStep = (double) sizes.batch() * sizes.length();
        double flops = Flops.trainingStep(
                model, sizes.batch(), sizes.length(), sizes.predictions(), Math.max(1, sizes.places()));
        return new Figures(
                sizes.batch(),
                sizes.length(),
                model.vocabSize(),
                request.compute().precision().toString(),
                request.compute().xla(),
                request.data() == null ? null : request.data().toString(),
                request.pack(),
                request.steps(),
                median,
                cpu / request.steps(),
                perStep / median,
                tokens / request.steps() / median,
                flops / median / 1e12,
                product / 1e12,
                flops / median / product,
                ProcessMemory.peak().isPresent() ? ProcessMemory.peak().getAsLong() : null,
                allocated(memory),
                traces.isEmpty() ? null : StepProfile.of(traces));
    }

    private static Failure tooLarge(OutOfMemory found, Request request, TrainingGraph.Sizes sizes, TensorFlowException cause) {
        try (TrainingGraph graph =
                TrainingGraph.build(request.model(), sizes, Optimisation.reference(), request.compute(), request.seed())) {
            return Failure.usage("out of memory on %s: no room for %s, in a step of %,d sequences of %,d tokens, which takes about %.2f GB by "
                            + "the estimate; lower --batch-size",
                    found.place(), found.asked(), sizes.batch(), sizes.length(), MemoryEstimate.of(graph).tensorBytes() / GB, cause);
        }
    }

    /** The most that TensorFlow's allocator had in use; null where it does not count. */
    static Long allocated(List<RunMetadata> traces) {
        long most = traces.stream()
                .flatMap(trace -> trace.getStepStats().getDevStatsList().stream())
                .flatMap(device -> device.getNodeStatsList().stream())
                .flatMap(node -> node.getMemoryList().stream())
                .mapToLong(AllocatorMemoryUsed::getAllocatorBytesInUse)
                .max()
                .orElse(0);
        return most == 0 ? null : most;
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
