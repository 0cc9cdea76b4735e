package org.graphbert.graph;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.family.TType;

/**
 * What of a graph its entry points need, as a graph of its own. TensorFlow's C++ gradients leave behind what nobody asked
 * for, such as the gradient of a mask; a graph cannot forget an operation, so what is needed is copied. On the way
 * {@link BatchProducts} take the form that is computed fastest, {@link KnownShapes} become constants, and free sizes have the
 * place that {@link HostSizes} gives them.
 */
public final class Reachable {

    private final Graph graph;
    private final String prefix;

    private Reachable(Graph graph, String prefix) {
        this.graph = graph;
        this.prefix = prefix;
    }

    /**
     * What has been copied into a graph.
     *
     * @param prefix of the names there
     */
    public static Reachable copied(Graph into, String prefix) {
        return new Reachable(into, prefix);
    }

    /** Copies what these need; the graph that they are in may then be closed. */
    public static Reachable from(Graph whole, Collection<? extends Op> entries) {
        GraphDef.Builder known = whole.toGraphDef().toBuilder();
        List<NodeDef> nodes = List.copyOf(known.getNodeList());
        known.clearNode();
        nodes.forEach(node -> known.addNode(KnownShapes.asConstant(whole, node)));
        GraphDef definition = known.build();
        Set<String> needed = names(definition, entries.stream().map(entry -> entry.op().name()).toList());
        Set<String> sizes = HostSizes.of(whole, definition);
        GraphDef.Builder part = definition.toBuilder().clearNode();
        definition.getNodeList().stream()
                .filter(node -> needed.contains(node.getName()))
                .map(BatchProducts::asV2)
                .map(node -> sizes.contains(node.getName()) ? HostSizes.placed(node) : node)
                .forEach(part::addNode);
        // Gradients are taken before, for they are among what is copied.
        ExplicitGradient.forget(whole);
        Graph graph = new Graph();
        graph.importGraphDef(part.build());
        return new Reachable(graph, "");
    }

    /** The names of the nodes that these nodes need, themselves among them. */
    public static Set<String> names(GraphDef definition, Collection<String> entries) {
        Map<String, NodeDef> nodes = new HashMap<>();
        definition.getNodeList().forEach(node -> nodes.put(node.getName(), node));
        Set<String> needed = new HashSet<>(entries);
        Deque<String> open = new ArrayDeque<>(needed);
        while (!open.isEmpty()) {
            for (String input : nodes.get(open.pop()).getInputList()) {
                // An input is NAME, NAME:OUTPUT, or ^NAME for a control dependency.
                String name = input.startsWith("^") ? input.substring(1) : input.replaceFirst(":\\d+$", "");
                if (needed.add(name)) {
                    open.push(name);
                }
            }
        }
        return needed;
    }

    public Graph graph() {
        return graph;
    }

    /** That operand of the whole graph, here; null for none and for what nothing needs. */
    @SuppressWarnings("unchecked")
    public <T extends TType> Operand<T> of(Operand<T> operand) {
        GraphOperation operation = operand == null ? null : graph.operation(prefix + operand.op().name());
        return operation == null ? null : (Operand<T>) operation.output(operand.asOutput().index());
    }

    /** Those of these that are here. */
    public <T extends TType> List<Operand<T>> of(List<Operand<T>> operands) {
        return operands.stream().map(this::of).filter(Objects::nonNull).toList();
    }

    /** Those operands of the whole graph, here, by their names; null for what nothing needs. */
    public <T extends TType> Map<String, Operand<T>> of(Map<String, Operand<T>> operands) {
        Map<String, Operand<T>> here = new LinkedHashMap<>();
        operands.forEach((name, operand) -> here.put(name, of(operand)));
        return here;
    }

    /** That operation of the whole graph, here; null for none. */
    public Op of(Op op) {
        if (op == null) {
            return null;
        }
        GraphOperation operation = graph.operationOrThrow(prefix + op.op().name());
        return () -> operation;
    }
}
