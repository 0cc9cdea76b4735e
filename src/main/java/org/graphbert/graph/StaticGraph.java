package org.graphbert.graph;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * A graph as data: who reads whose tensors, and the shapes that are known before it runs.
 *
 * @param definition as TensorFlow has it
 * @param nodes in the order in which they were made, so that each stands behind those it reads
 */
public record StaticGraph(GraphDef definition, List<Node> nodes) {

    /**
     * One operation.
     *
     * @param inputs the tensors that it reads, in order
     * @param after the nodes that must have run although it reads nothing of them
     * @param outputs the tensors that it makes
     */
    public record Node(int index, NodeDef definition, List<Source> inputs, List<Integer> after, List<Tensor> outputs) {

        public String name() {
            return definition.getName();
        }

        public String op() {
            return definition.getOp();
        }
    }

    /** Whose output an input is. */
    public record Source(int node, int output) {}

    /** An output: its shape, in which sizes may be unknown, and its type. */
    public record Tensor(Shape shape, DataType type) {

        /** Its number of bytes; 0 for a string or a resource, whose memory is elsewhere. */
        public long bytes() {
            if (shape.hasUnknownDimension()) {
                throw new IllegalArgumentException("a tensor of shape " + shape + " has no fixed size");
            }
            return switch (type) {
                case DT_RESOURCE, DT_STRING, DT_VARIANT -> 0;
                default -> Math.multiplyExact(shape.size(), width());
            };
        }

        private long width() {
            return switch (type) {
                case DT_BOOL, DT_INT8, DT_UINT8 -> 1;
                case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> 2;
                case DT_FLOAT, DT_INT32, DT_UINT32 -> 4;
                case DT_DOUBLE, DT_INT64, DT_UINT64 -> 8;
                default -> throw new IllegalArgumentException("a tensor of " + type);
            };
        }
    }

    public StaticGraph {
        nodes = List.copyOf(nodes);
    }

    /** The graph as it stands. */
    public static StaticGraph of(Graph graph) {
        GraphDef definition = graph.toGraphDef();
        Map<String, Integer> indices = new HashMap<>();
        definition.getNodeList().forEach(node -> indices.put(node.getName(), indices.size()));
        List<Node> nodes = new ArrayList<>();
        for (NodeDef node : definition.getNodeList()) {
            List<Source> inputs = new ArrayList<>();
            List<Integer> after = new ArrayList<>();
            for (String input : node.getInputList()) {
                if (input.startsWith("^")) {
                    after.add(indices.get(input.substring(1)));
                } else {
                    int colon = input.lastIndexOf(':');
                    inputs.add(colon < 0
                            ? new Source(indices.get(input), 0)
                            : new Source(indices.get(input.substring(0, colon)), Integer.parseInt(input.substring(colon + 1))));
                }
            }
            nodes.add(new Node(nodes.size(), node, inputs, after, outputs(graph.operationOrThrow(node.getName()))));
        }
        return new StaticGraph(definition, nodes);
    }

    private static List<Tensor> outputs(GraphOperation operation) {
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < operation.numOutputs(); i++) {
            Output<?> output = operation.output(i);
            outputs.add(new Tensor(output.shape(), output.dataType()));
        }
        return outputs;
    }

    /** The tensor that an input reads. */
    public Tensor tensor(Source source) {
        return nodes.get(source.node()).outputs().get(source.output());
    }

    /** The indices of the nodes of these names, which must all be in the graph. */
    public BitSet named(Collection<String> names) {
        Set<String> open = new HashSet<>(names);
        BitSet named = new BitSet();
        nodes.stream().filter(node -> open.remove(node.name())).forEach(node -> named.set(node.index()));
        if (!open.isEmpty()) {
            throw new IllegalArgumentException("not in the graph: " + open);
        }
        return named;
    }

    /** The indices of all that a run of these nodes runs, they themselves too. */
    public BitSet neededBy(Collection<String> targets) {
        named(targets);
        return named(Reachable.names(definition, targets));
    }
}
