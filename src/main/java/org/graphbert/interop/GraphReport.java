package org.graphbert.interop;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * What a GraphDef holds.
 *
 * @param nodes how many
 * @param functions in its library
 * @param operations node counts by type, the most frequent first
 * @param placeholders its inputs, in the graph's order
 * @param variables in the graph's order
 * @param variableElements of the variables whose shape is known
 * @param constants by name; a frozen graph's weights are among them
 * @param constantElements of the floating-point ones
 */
@JsonPropertyOrder("kind")
public record GraphReport(
        String path,
        int nodes,
        int functions,
        List<Operation> operations,
        List<Node> placeholders,
        List<Node> variables,
        long variableElements,
        List<Constant> constants,
        long constantElements) {

    private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");
    private static final Set<String> PLACEHOLDERS = Set.of("Placeholder", "PlaceholderV2", "PlaceholderWithDefault");

    /** How many nodes of a type there are. */
    public record Operation(String type, long nodes) {}

    /**
     * A placeholder or a variable.
     *
     * @param type Python's name, e.g. float32
     * @param shape -1 for a size that is left free; null if not even the rank is known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Node(String name, String type, List<Long> shape) {

        static Node of(NodeDef node) {
            TensorShapeProto shape = node.getAttrOrThrow("shape").getShape();
            // A resource variable's key in checkpoints is its shared name.
            String shared = node.containsAttr("shared_name")
                    ? node.getAttrOrThrow("shared_name").getS().toStringUtf8() : "";
            return new Node(
                    shared.isEmpty() ? node.getName() : shared,
                    TypeNames.of(node.getAttrOrThrow("dtype").getType()),
                    shape.getUnknownRank()
                            ? null
                            : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList());
        }

        long elements() {
            return shape == null || shape.contains(-1L) ? 0 : shape.stream().reduce(1L, (a, b) -> a * b);
        }
    }

    /**
     * A constant.
     *
     * @param type Python's name, e.g. float32
     * @param norm L2, of the finite values; null for types other than floating-point ones
     * @param nonFinite how many values are infinite or no numbers; null likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Constant(String name, String type, List<Long> shape, long elements, Double norm, Long nonFinite) {}

    /**
     * Reads a GraphDef.
     *
     * @throws Failure (data) if it is none
     */
    public static GraphReport of(Path file) throws IOException {
        GraphDef graph = GraphTensors.graph(file);
        try {
            return of(file, graph);
        } catch (IllegalArgumentException e) {
            throw Failure.data("%s: a placeholder or variable lacks its attribute %s", file, e.getMessage(), e);
        }
    }

    private static GraphReport of(Path file, GraphDef graph) throws IOException {
        Map<String, Long> counts = graph.getNodeList().stream()
                .collect(Collectors.groupingBy(NodeDef::getOp, TreeMap::new, Collectors.counting()));
        List<Operation> operations = counts.entrySet().stream()
                .map(e -> new Operation(e.getKey(), e.getValue()))
                .sorted(Comparator.comparingLong(Operation::nodes).reversed())
                .toList();
        List<Node> variables = nodes(graph, VARIABLES);
        List<Constant> constants = constants(GraphTensors.of(file, graph));
        return new GraphReport(
                file.toString(),
                graph.getNodeCount(),
                graph.getLibrary().getFunctionCount(),
                operations,
                nodes(graph, PLACEHOLDERS),
                variables,
                variables.stream().mapToLong(Node::elements).sum(),
                constants,
                constants.stream().filter(c -> TypeNames.floating(c.type())).mapToLong(Constant::elements).sum());
    }

    private static List<Constant> constants(GraphTensors tensors) throws IOException {
        List<Constant> constants = new ArrayList<>();
        for (TensorFile.Entry entry : tensors.entries().values()) {
            Norm norm = Norm.of(tensors, entry.name());
            constants.add(new Constant(entry.name(), entry.type(), entry.shape(), entry.elements(),
                    norm == null ? null : norm.l2(), norm == null ? null : norm.nonFinite()));
        }
        return constants;
    }

    private static List<Node> nodes(GraphDef graph, Set<String> types) {
        return graph.getNodeList().stream().filter(n -> types.contains(n.getOp())).map(Node::of).toList();
    }

    @JsonProperty
    public String kind() {
        return "graph";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        return Json.write(this);
    }

    /** As a table. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "%-14s%s", "graph", path);
        line(out, "%-14s%,d of %,d types, %,d functions", "nodes", nodes, operations.size(), functions);
        line(out, "%-14s%,d, %,d elements", "variables", variables.size(), variableElements);
        long scalars = constants.stream().filter(c -> c.shape().isEmpty()).count();
        line(out, "%-14s%,d, %,d floating-point elements%s", "constants", constants.size(), constantElements,
                scalars == 0 ? "" : String.format(Locale.ROOT, "; %,d are scalars, not listed below", scalars));
        Table inputs = new Table("placeholder", "type", "shape");
        placeholders.forEach(node -> inputs.row(node.name(), node.type(), shape(node.shape())));
        inputs.appendTo(out);
        Table table = new Table("variable", "type", "shape", ">elements");
        variables.forEach(node -> table.row(node.name(), node.type(), shape(node.shape()), Table.count(node.elements())));
        table.appendTo(out);
        Table arrays = new Table("constant", "type", "shape", ">elements", ">norm");
        constants.stream().filter(c -> !c.shape().isEmpty()).forEach(c -> arrays.row(
                c.name(), c.type(), c.shape(), Table.count(c.elements()), Table.magnitude(c.norm())));
        arrays.appendTo(out);
        constants.forEach(c -> Norm.pointOutNonFinite(out, c.name(), c.elements(), c.nonFinite()));
        Table types = new Table("operation", ">nodes");
        operations.forEach(operation -> types.row(operation.type(), Table.count(operation.nodes())));
        types.appendTo(out);
        return out.toString();
    }

    /** A shape to read: ? for a free size. */
    public static String shape(List<Long> shape) {
        return shape == null
                ? "any"
                : shape.stream().map(n -> n < 0 ? "?" : n.toString()).collect(Collectors.joining(", ", "[", "]"));
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
