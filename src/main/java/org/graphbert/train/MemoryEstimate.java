package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.graphbert.graph.TaskTower;
import org.graphbert.graph.StaticGraph;
import org.graphbert.graph.StaticGraph.Tensor;
import org.graphbert.graph.StepMemory;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.interop.OptimizerSlots;

/**
 * The memory that training takes, in bytes.
 *
 * @param parameterBytes the weights
 * @param optimiserBytes what the optimiser keeps beside them, Adam two moments of each
 * @param gradientSumBytes the sums over micro-batches; 0 where a step is one batch
 * @param gradientBytes the gradients of all that learn, which are there together when they are clipped
 * @param activationBytes what lives of the forward pass when the loss is known
 * @param stepBytes the most that a step holds at one time beside the variables: less than activations and gradients
 *     together where these come while those go, more where one large tensor comes on top of the activations
 * @param totalBytes variables and step as the allocator holds them, and the process itself
 */
public record MemoryEstimate(
        long parameterBytes,
        long optimiserBytes,
        long gradientSumBytes,
        long gradientBytes,
        long activationBytes,
        long stepBytes,
        long totalBytes) {

    /**
     * TensorFlow's allocator (BFC, on the CPU as on a GPU) hands out pieces up to twice as large as asked for, and its
     * threads run some nodes sooner than {@link StepMemory}. Measured by its own count (MemoryMeasurement) on tiny, mini and
     * small with 8 and 32 sequences: 1.09 to 1.34 of what the tensors are estimated at.
     */
    private static final double ALLOCATOR = 1.2;

    /** The JVM, TensorFlow's library and the graph itself. Measured, as the rest of VmHWM of the same: 500 to 750 MiB. */
    static final long PROCESS = 600L << 20;

    /** The same without the process: what variables and a step take of the memory that they lie in, be it a GPU's. */
    long tensorBytes() {
        return totalBytes - PROCESS;
    }

    /** What so many replicas take that lie in the same memory. */
    MemoryEstimate times(int replicas) {
        return new MemoryEstimate(
                replicas * parameterBytes, replicas * optimiserBytes, replicas * gradientSumBytes, replicas * gradientBytes,
                replicas * activationBytes, replicas * stepBytes, replicas * tensorBytes() + PROCESS);
    }

    /** What training with this graph takes; its sizes must be fixed. */
    static MemoryEstimate of(TrainingGraph graph) {
        return new Steps(graph).estimate(Tensor::bytes);
    }

    /**
     * What a fine-tuning with this graph takes beside the process, in bytes: its variables, which are its own, and the larger of a
     * step and an evaluation; its sizes must be fixed.
     */
    static long bytes(FineTuningGraph graph) {
        StaticGraph nodes = StaticGraph.of(graph.graph());
        long largest = 0;
        for (TaskTower tower : List.of(graph.training(), graph.evaluation())) {
            String loss = tower.loss().op().name();
            List<String> fetched = new ArrayList<>(List.of(loss));
            if (tower.correct() != null) {
                fetched.add(tower.correct().op().name());
            }
            if (tower == graph.training()) {
                fetched.add(graph.learning().update().op().name());
            }
            largest = Math.max(largest, new StepMemory(nodes, fetched, loss).use(Tensor::bytes).peak());
        }
        return allocated(Steps.bytes(graph.variables().all().stream()) + largest);
    }

    /** As the allocator holds so many bytes of tensors. */
    static long allocated(long bytes) {
        return Math.round(ALLOCATOR * bytes);
    }

    /** The runs that a training step is made of. */
    static final class Steps {

        private final List<StepMemory> runs = new ArrayList<>();
        private final long parameters;
        private final long slots;
        private final long learned;
        private final boolean accumulated;

        Steps(TrainingGraph graph) {
            StaticGraph nodes = StaticGraph.of(graph.graph());
            String loss = graph.training().losses().maskedLmLoss().op().name();
            String update = graph.learning().update().op().name();
            accumulated = graph.learning().accumulate() != null;
            parameters = Float.BYTES * graph.variables().parameterCount();
            slots = bytes(graph.variables().all().stream().filter(v -> OptimizerSlots.variableOf(v.name()).isPresent()));
            learned = bytes(graph.learning().learned().stream().map(Learned::variable));
            List<String> fetched = new ArrayList<>();
            graph.training().losses().all().forEach(sum -> fetched.add(sum.op().name()));
            fetched.add(accumulated ? graph.learning().accumulate().op().name() : update);
            runs.add(new StepMemory(nodes, fetched, loss));
            if (accumulated) {
                runs.add(new StepMemory(nodes, List.of(update), loss));
            }
        }

        /**
         * With tensors of these sizes.
         *
         * @param bytes of a tensor
         */
        MemoryEstimate estimate(ToLongFunction<Tensor> bytes) {
            long activations = 0;
            long step = 0;
            for (StepMemory run : runs) {
                StepMemory.Use use = run.use(bytes);
                activations = Math.max(activations, use.held());
                step = Math.max(step, use.peak());
            }
            long sums = accumulated ? learned : 0;
            long variables = parameters + slots + sums;
            long total = allocated(variables + step) + PROCESS;
            return new MemoryEstimate(parameters, slots, sums, learned, activations, step, total);
        }

        private static long bytes(Stream<Variable> variables) {
            return Float.BYTES * variables.mapToLong(variable -> variable.shape().size()).sum();
        }
    }
}
