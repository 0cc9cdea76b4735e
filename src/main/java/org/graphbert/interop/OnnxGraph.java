package org.graphbert.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.graphbert.config.Failure;
import org.graphbert.interop.proto.OnnxProto.NodeProto;
import org.graphbert.interop.proto.OnnxProto.ValueInfoProto;

/** The operators of an ONNX model: what gives a value, what takes it, and which values are constants. */
final class OnnxGraph {

    /** Operators whose output holds the numbers of their first input in the same order, whatever its shape and type. */
    private static final Set<String> VIEWS =
            Set.of("Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout");

    private final OnnxFile file;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, OnnxNode> producers = new HashMap<>();
    private final Map<String, List<OnnxNode>> consumers = new LinkedHashMap<>();
    private final Set<String> inputs;

    private OnnxGraph(OnnxFile file) {
        this.file = file;
        this.inputs = Set.copyOf(file.graph().getInputList().stream().map(ValueInfoProto::getName).toList());
    }

    /**
     * A model's graph.
     *
     * @throws Failure (data) if an operator takes a value that nothing before it gives
     */
    static OnnxGraph of(OnnxFile file) {
        OnnxGraph graph = new OnnxGraph(file);
        for (NodeProto proto : file.graph().getNodeList()) {
            OnnxNode node = OnnxNode.of(proto);
            for (String input : node.inputs()) {
                if (!input.isEmpty() && !graph.known(input)) {
                    throw graph.refused("%s takes '%s', which nothing before it gives; the file is damaged", node, input);
                }
            }
            graph.add(node);
        }
        return graph;
    }

    private boolean known(String value) {
        return producers.containsKey(value) || inputs.contains(value) || file.entries().containsKey(value);
    }

    private void add(OnnxNode node) {
        nodes.add(node);
        for (String output : node.outputs()) {
            if (!output.isEmpty() && producers.put(output, node) != null) {
                throw refused("two operators give '%s'; the file is damaged", output);
            }
        }
        node.inputs().forEach(input -> consumers.computeIfAbsent(input, none -> new ArrayList<>()).add(node));
    }

    /** A failure (data) about this model: one line that begins with the file. */
    Failure refused(String format, Object... arguments) {
        return Failure.data("%s: %s", file.where(), String.format(format, arguments));
    }

    OnnxFile file() {
        return file;
    }

    /** The operators, each behind those that it depends on. */
    List<OnnxNode> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** Whether the value is fed to the graph; older models list their weights as such, too. */
    boolean isInput(String value) {
        return inputs.contains(value) && !file.entries().containsKey(value);
    }

    /** The values that the graph is there to give. */
    List<String> outputs() {
        return file.graph().getOutputList().stream().map(ValueInfoProto::getName).toList();
    }

    /** What gives a value; empty for an input, an initialiser, and what is not there. */
    Optional<OnnxNode> producer(String value) {
        return Optional.ofNullable(producers.get(value));
    }

    /** The operator of a type that gives a value. */
    Optional<OnnxNode> producer(String value, String type) {
        return producer(value).filter(node -> node.is(type));
    }

    /** What takes a value. */
    List<OnnxNode> consumers(String value) {
        return consumers.getOrDefault(value, List.of());
    }

    /** The value whose numbers these are: back through operators that only change shape and type. */
    String source(String value) {
        return back(value, false);
    }

    /** As {@link #source}, and back through transpositions of axes. */
    String untransposed(String value) {
        return back(value, true);
    }

    private String back(String value, boolean transpositions) {
        String at = value;
        for (Optional<OnnxNode> node = producer(at);
                node.isPresent() && (VIEWS.contains(node.get().op()) || transpositions && node.get().is("Transpose"));
                node = producer(at)) {
            at = node.get().input(0);
        }
        return at;
    }

    /**
     * A constant, as a graph takes it.
     *
     * @param name of the tensor
     * @param transposed whether rows and columns of the tensor are exchanged
     */
    record Weight(String name, List<Long> stored, boolean transposed) {

        /** The shape that the graph sees. */
        List<Long> shape() {
            return transposed ? List.of(stored.get(1), stored.get(0)) : stored;
        }

        Weight transpose() {
            return new Weight(name, stored, !transposed);
        }
    }

    /** The constant of floating-point numbers that a value is, perhaps copied, cast or transposed on the way. */
    Optional<Weight> weight(String value) {
        boolean transposed = false;
        String at = value;
        while (!file.entries().containsKey(at)) {
            OnnxNode node = producers.get(at);
            if (node == null || !(node.is("Identity") || node.is("Cast") || node.is("Transpose"))) {
                return Optional.empty();
            }
            transposed ^= node.is("Transpose") && !node.integers("perm").equals(List.of(0L, 1L));
            at = node.input(0);
        }
        TensorFile.Entry entry = file.entries().get(at);
        return FloatType.of(entry.type()).isEmpty() || transposed && entry.shape().size() != 2
                ? Optional.empty()
                : Optional.of(new Weight(entry.name(), entry.shape(), transposed));
    }

    /** A constant vector. */
    Optional<Weight> vector(String value) {
        return weight(value).filter(weight -> weight.shape().size() == 1);
    }

    /** A constant matrix. */
    Optional<Weight> matrix(String value) {
        return weight(value).filter(weight -> weight.shape().size() == 2);
    }

    /** The number that a constant of a single element is. */
    Optional<Double> scalar(String value) {
        List<Double> numbers = numbers(source(value));
        return numbers.size() == 1 ? Optional.of(numbers.get(0)) : Optional.empty();
    }

    /**
     * A shape that is given as a constant or put together from single sizes.
     *
     * @return its sizes in order; empty where a size is computed
     */
    List<Optional<Double>> sizes(String value) {
        Optional<OnnxNode> concat = producer(source(value), "Concat");
        return concat.isPresent()
                ? concat.get().inputs().stream().map(this::scalar).toList()
                : numbers(source(value)).stream().map(Optional::of).toList();
    }

    /** A few constant numbers; empty if the value is no constant, or a large one. */
    private List<Double> numbers(String name) {
        TensorFile.Entry entry = file.entries().get(name);
        if (entry == null || entry.elements() > 8) {
            return List.of();
        }
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(file.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw refused("cannot read %s: %s", name, e.getMessage());
        }
        List<Double> numbers = new ArrayList<>();
        while (bytes.hasRemaining()) {
            switch (entry.type()) {
                case "float32" -> numbers.add((double) bytes.getFloat());
                case "float64" -> numbers.add(bytes.getDouble());
                case "float16" -> numbers.add((double) SmallFloats.fromHalf(bytes.getShort()));
                case "bfloat16" -> numbers.add((double) SmallFloats.fromBfloat16(bytes.getShort()));
                case "int32" -> numbers.add((double) bytes.getInt());
                case "int64" -> numbers.add((double) bytes.getLong());
                default -> {
                    return List.of();
                }
            }
        }
        return numbers;
    }
}
