package org.graphbert.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.graphbert.graph.StaticGraph;
import org.graphbert.graph.StaticGraph.Node;
import org.graphbert.graph.StaticGraph.Source;
import org.tensorflow.Graph;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpDef.ArgDef;

/**
 * For tests: which tensors of a run would lie in the host's memory and which in a GPU's, and which would have to be copied
 * in between. A kernel of the GPU takes some arguments from the host's memory (shapes, axes, seeds), and most integers of 32
 * bits lie there altogether: TensorFlow takes them for sizes.
 *
 * <p>What is fed lies on the host, and is copied to the GPU for those who want it there. What depends on constants and
 * static shapes alone is computed before the first run: then it is a constant, of which those of int32 are the host's.
 */
final class GpuPlacement {

    private static final Set<String> SHAPES = Set.of("Shape", "ShapeN", "Size", "Rank");

    private final StaticGraph graph;
    private final GpuKernels kernels = GpuKernels.read();
    private final Map<String, OpDef> ops = new HashMap<>();
    private final BitSet constant = new BitSet();

    GpuPlacement(Graph graph) throws IOException {
        this.graph = StaticGraph.of(graph);
        TensorFlow.registeredOpList().getOpList().forEach(op -> ops.put(op.getName(), op));
        this.graph.nodes().stream().filter(this::isConstant).forEach(node -> constant.set(node.index()));
    }

    private boolean isConstant(Node node) {
        if (node.op().equals("Const")) {
            return true;
        }
        if (SHAPES.contains(node.op())) {
            return node.inputs().stream().noneMatch(input -> graph.tensor(input).shape().hasUnknownDimension());
        }
        return !node.inputs().isEmpty()
                && !ops.get(node.op()).getIsStateful()
                && node.inputs().stream().allMatch(input -> constant.get(input.node()));
    }

    /**
     * The copies that a run of these nodes cannot do without and should: each from the GPU to the host, for which all of the
     * GPU's work before it must be waited for; and of what the host made for the GPU those that are larger than anything
     * that was fed, as large work for the host is.
     *
     * @return a line for each, "FROM (op) -> TO (op) argument"
     */
    Set<String> copies(Collection<String> targets) {
        BitSet needed = graph.neededBy(targets);
        long fed = needed.stream()
                .mapToObj(graph.nodes()::get)
                .filter(GpuPlacement::isFed)
                .mapToLong(node -> node.outputs().get(0).shape().size())
                .max()
                .orElse(0);
        Set<String> copies = new TreeSet<>();
        needed.stream().filter(index -> !constant.get(index)).mapToObj(graph.nodes()::get).forEach(node -> {
            List<String> arguments = names(ops.get(node.op()).getInputArgList(), node.definition());
            for (int i = 0; i < arguments.size(); i++) {
                Source source = node.inputs().get(i);
                Node from = graph.nodes().get(source.node());
                boolean small = graph.tensor(source).shape().size() <= fed;
                boolean onHost = onHost(source);
                boolean wantedOnHost = isHost(node, arguments.get(i));
                if (!isFed(from) && onHost != wantedOnHost && (wantedOnHost || !small)) {
                    copies.add(from.name() + " (" + from.op() + ") -> "
                            + node.name() + " (" + node.op() + ") " + arguments.get(i));
                }
            }
        });
        return copies;
    }

    private static boolean isFed(Node node) {
        return node.op().equals("Placeholder");
    }

    private boolean onHost(Source source) {
        Node node = graph.nodes().get(source.node());
        return constant.get(source.node()) && node.definition().getDevice().isEmpty()
                ? graph.tensor(source).type() == DataType.DT_INT32
                : isHost(node, names(ops.get(node.op()).getOutputArgList(), node.definition()).get(source.output()));
    }

    /** Whether a node's argument or result lies in the host's memory. */
    private boolean isHost(Node node, String argument) {
        return node.definition().getDevice().contains("CPU")
                || kernels.of(node.definition())
                        .orElseThrow(() -> new IllegalArgumentException("no kernel on a GPU for " + node.definition()))
                        .hostMemory().contains(argument);
    }

    /** The argument that each of a node's tensors belongs to: a list is one argument of several. */
    private static List<String> names(List<ArgDef> arguments, NodeDef node) {
        List<String> names = new ArrayList<>();
        for (ArgDef argument : arguments) {
            long count = 1;
            if (!argument.getNumberAttr().isEmpty()) {
                count = node.getAttrOrThrow(argument.getNumberAttr()).getI();
            } else if (!argument.getTypeListAttr().isEmpty()) {
                count = node.getAttrOrThrow(argument.getTypeListAttr()).getList().getTypeCount();
            }
            for (long i = 0; i < count; i++) {
                names.add(argument.getName());
            }
        }
        return names;
    }
}
