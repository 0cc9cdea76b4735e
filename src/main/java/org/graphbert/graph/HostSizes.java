package org.graphbert.graph;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The arithmetic of sizes that are free until a graph runs, and its place: the host. A shape lies in the host's memory, also
 * that of a tensor in a GPU's, and there it is wanted again, by the kernels that reshape, slice and fill. What is computed in
 * between TensorFlow would put on the GPU where that has a kernel for it (Prod, Cast, DynamicStitch): there and back, and
 * the way back waits for all that the GPU has to do before. Sizes that are fixed are constants by the time a graph runs.
 */
final class HostSizes {

    private static final String HOST = "/device:CPU:0";
    /** The same, for what is placed there as it is built. */
    static final DeviceSpec DEVICE = DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.CPU).build();

    /** Theirs is a tensor's shape, which they leave where it is. */
    private static final Set<String> SHAPES = Set.of("Shape", "ShapeN", "Size", "Rank");
    private static final Set<DataType> INTEGERS = Set.of(DataType.DT_INT32, DataType.DT_INT64, DataType.DT_BOOL);

    private final Graph graph;
    /** Constants and shapes that are known, and what is computed of nothing else. */
    private final Set<String> fixed = new HashSet<>();
    /** Shapes of tensors that nobody knows before the graph runs, and what is computed of them. */
    private final Set<String> free = new HashSet<>();
    private final Set<String> placed = new HashSet<>();

    private HostSizes(Graph graph) {
        this.graph = graph;
    }

    /**
     * The names of a graph's nodes that compute sizes of free sizes.
     *
     * @param definition the graph's, with {@link KnownShapes} as constants
     */
    static Set<String> of(Graph graph, GraphDef definition) {
        HostSizes found = new HostSizes(graph);
        // A node stands behind those that it reads.
        definition.getNodeList().forEach(found::see);
        return found.placed;
    }

    private void see(NodeDef node) {
        List<String> inputs = node.getInputList().stream()
                .filter(input -> !input.startsWith("^"))
                .map(input -> input.replaceFirst(":\\d+$", ""))
                .toList();
        if (node.getOp().equals("Const") || !inputs.isEmpty() && fixed.containsAll(inputs)) {
            fixed.add(node.getName());
        } else if (SHAPES.contains(node.getOp())) {
            (KnownShapes.isFree(graph, node) ? free : fixed).add(node.getName());
        } else if (inputs.stream().anyMatch(free::contains)
                && inputs.stream().allMatch(input -> free.contains(input) || fixed.contains(input))
                && makesIntegers(node)) {
            free.add(node.getName());
            placed.add(node.getName());
        }
    }

    private boolean makesIntegers(NodeDef node) {
        GraphOperation operation = graph.operationOrThrow(node.getName());
        for (int i = 0; i < operation.numOutputs(); i++) {
            if (!INTEGERS.contains(operation.output(i).dataType())) {
                return false;
            }
        }
        return true;
    }

    /** The node, on the host. */
    static NodeDef placed(NodeDef node) {
        return node.toBuilder().setDevice(HOST).build();
    }
}
