package org.graphbert.graph;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.graphbert.graph.StaticGraph.Node;
import org.graphbert.graph.StaticGraph.Source;
import org.graphbert.graph.StaticGraph.Tensor;

/**
 * The memory that a step needs beside the variables, found by going through its nodes as TensorFlow's executor does:
 * first ready, first run; a tensor lives until its last reader has run; an element-wise op writes over an input that
 * nobody else will read; a reshaped tensor is the same memory.
 */
public final class StepMemory {

    /** Their output is their first input's memory. */
    private static final Set<String> SAME_MEMORY =
            Set.of("Reshape", "Identity", "IdentityN", "StopGradient", "Squeeze", "ExpandDims", "Bitcast");

    /** Their kernels write over an input of the output's size and type that has no other reader. */
    private static final Set<String> IN_PLACE = Set.of(
            "Add", "AddN", "AddV2", "BiasAdd", "Div", "Erf", "Exp", "LogSoftmax", "Maximum", "Mul", "MulNoNan", "Neg", "RealDiv",
            "Relu", "ReluGrad", "Rsqrt", "RsqrtGrad", "Sigmoid", "SigmoidGrad", "Softmax", "Sqrt", "Square", "Sub", "Tanh",
            "TanhGrad");

    /** The same, but only over the first input: the logits, not the labels. */
    private static final String OVER_LOGITS = "SoftmaxCrossEntropyWithLogits";

    /** They change a variable; what was read of it before keeps its old memory. */
    private static final Set<String> UPDATES =
            Set.of("AssignSubVariableOp", "AssignAddVariableOp", "ResourceApplyAdam", "ResourceApplyGradientDescent",
                    "ResourceApplyMomentum");

    private final StaticGraph graph;
    private final BitSet step;
    private final int loss;

    /**
     * A step of a graph whose sizes are all known.
     *
     * @param targets the nodes that a step runs or fetches
     * @param loss the node that the gradients are taken of
     */
    public StepMemory(StaticGraph graph, Collection<String> targets, String loss) {
        this.graph = graph;
        this.step = graph.neededBy(targets);
        this.loss = graph.named(List.of(loss)).nextSetBit(0);
    }

    /**
     * What a step uses, in bytes.
     *
     * @param held what lives when the loss is there: the activations
     * @param peak the most that lives at one time, gradients included
     * @param at the node that ran then
     */
    public record Use(long held, long peak, String at) {}

    /** A piece of memory, which several tensors may be. */
    private static final class Buffer {
        private final long bytes;
        private int readers;
        private int reading;
        private boolean isVariable;

        Buffer(long bytes, boolean isVariable) {
            this.bytes = bytes;
            this.isVariable = isVariable;
        }
    }

    /**
     * Goes through a step.
     *
     * @param bytes the size of a tensor
     */
    public Use use(ToLongFunction<Tensor> bytes) {
        return new Walk(bytes).use();
    }

    private final class Walk {

        private final ToLongFunction<Tensor> size;
        private final Map<Source, Buffer> buffers = new HashMap<>();
        private final Map<Integer, Buffer> variables = new HashMap<>();
        private final Map<Source, Integer> readers = new HashMap<>();
        private final Map<Integer, Deque<Integer>> waiting = new HashMap<>();
        private final int[] missing = new int[graph.nodes().size()];
        private long live;
        private long held;
        private long peak;
        private String at = "";

        Walk(ToLongFunction<Tensor> size) {
            this.size = size;
        }

        Use use() {
            Deque<Integer> ready = new ArrayDeque<>();
            step.stream().mapToObj(graph.nodes()::get).forEach(node -> {
                node.inputs().forEach(source -> {
                    readers.merge(source, 1, Integer::sum);
                    wait(node, source.node());
                });
                node.after().forEach(before -> wait(node, before));
                if (missing[node.index()] == 0) {
                    ready.add(node.index());
                }
            });
            while (!ready.isEmpty()) {
                List<Node> together = ready.stream().map(graph.nodes()::get).toList();
                ready.clear();
                together.forEach(node -> node.inputs().forEach(source -> buffers.get(source).reading++));
                for (Node node : together) {
                    run(node);
                    for (int next : waiting.getOrDefault(node.index(), new ArrayDeque<>())) {
                        if (--missing[next] == 0) {
                            ready.add(next);
                        }
                    }
                }
                together.forEach(node -> node.inputs().forEach(source -> buffers.get(source).reading--));
            }
            return new Use(held, peak, at);
        }

        private void wait(Node node, int before) {
            missing[node.index()]++;
            waiting.computeIfAbsent(before, index -> new ArrayDeque<>()).add(node.index());
        }

        private void run(Node node) {
            if (UPDATES.contains(node.op())) {
                update(node);
            }
            for (int i = 0; i < node.outputs().size(); i++) {
                Source output = new Source(node.index(), i);
                Buffer buffer = memory(node, i);
                buffer.readers += readers.getOrDefault(output, 0);
                buffers.put(output, buffer);
            }
            if (live > peak) {
                peak = live;
                at = node.name();
            }
            for (Source input : node.inputs()) {
                Buffer buffer = buffers.get(input);
                buffer.readers--;
                release(buffer);
            }
            for (int i = 0; i < node.outputs().size(); i++) {
                release(buffers.get(new Source(node.index(), i)));
            }
            if (node.index() == loss) {
                held = live;
            }
        }

        private Buffer memory(Node node, int output) {
            Tensor tensor = node.outputs().get(output);
            switch (node.op()) {
                // Which axes a gradient is summed over: a few numbers, and how many TensorFlow does not say.
                case "BroadcastGradientArgs" -> {
                    return new Buffer(0, true);
                }
                case "VarHandleOp", "Const", "Placeholder" -> {
                    return new Buffer(0, true);
                }
                case "ReadVariableOp" -> {
                    return variables.computeIfAbsent(
                            node.inputs().get(0).node(), handle -> new Buffer(size.applyAsLong(tensor), true));
                }
                default -> {
                    Buffer taken = taken(node, tensor);
                    return taken != null ? taken : allocate(size.applyAsLong(tensor));
                }
            }
        }

        /** The input's memory that the output takes, if there is one. */
        private Buffer taken(Node node, Tensor tensor) {
            if (SAME_MEMORY.contains(node.op())) {
                return buffers.get(node.inputs().get(0));
            }
            if (IN_PLACE.contains(node.op()) || node.op().equals(OVER_LOGITS)) {
                for (Source input : node.op().equals(OVER_LOGITS) ? node.inputs().subList(0, 1) : node.inputs()) {
                    Buffer buffer = buffers.get(input);
                    if (!buffer.isVariable
                            && buffer.readers == 1
                            && buffer.reading == 1
                            && buffer.bytes == size.applyAsLong(tensor)
                            && graph.tensor(input).type() == tensor.type()) {
                        return buffer;
                    }
                }
            }
            return null;
        }

        private Buffer allocate(long bytes) {
            live += bytes;
            return new Buffer(bytes, false);
        }

        /** Those who have read the variable and are not done keep what they read: the update goes to new memory. */
        private void update(Node node) {
            int handle = node.inputs().get(0).node();
            Buffer old = variables.get(handle);
            if (old != null && old.readers > 0) {
                Buffer fresh = allocate(old.bytes);
                fresh.isVariable = true;
                variables.put(handle, fresh);
                old.isVariable = false;
            }
        }

        private void release(Buffer buffer) {
            if (buffer.readers == 0 && !buffer.isVariable) {
                live -= buffer.bytes;
                buffer.readers = -1;
            }
        }
    }
}
