package org.graphbert.interop;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.interop.proto.OnnxProto.AttributeProto;
import org.graphbert.interop.proto.OnnxProto.GraphProto;
import org.graphbert.interop.proto.OnnxProto.ModelProto;
import org.graphbert.interop.proto.OnnxProto.NodeProto;
import org.graphbert.interop.proto.OnnxProto.TensorProto;
import org.graphbert.interop.proto.OnnxProto.ValueInfoProto;

/**
 * The constants of an ONNX model: its initialisers, and what its Constant operators give. The file is mapped, not copied, so
 * that a model takes no memory of its own until a tensor is read.
 */
public final class OnnxFile implements StoredTensors {

    private static final String ENDING = ".onnx";
    /** TensorProto.DataType. */
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final Path file;
    private final ModelProto model;
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final SortedMap<String, Entry> entries = new TreeMap<>();

    private OnnxFile(Path file, ModelProto model) {
        this.file = file;
        this.model = model;
    }

    /** Whether the path is a file whose name ends as those of ONNX models do. */
    public static boolean recognises(Path path) {
        return Files.isRegularFile(path) && path.toString().endsWith(ENDING);
    }

    /**
     * Opens a model.
     *
     * @throws Failure (usage) if there is no such file, (data) if it is no ONNX model, or damaged
     */
    public static OnnxFile open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw Failure.usage("%s: no such file; expected an ONNX model", file);
        }
        OnnxFile opened = new OnnxFile(file, parse(file));
        opened.requireReadableNames();
        for (TensorProto tensor : opened.graph().getInitializerList()) {
            opened.add(tensor.getName(), tensor);
        }
        for (NodeProto node : opened.graph().getNodeList()) {
            if (node.getOpType().equals("Constant") && node.getOutputCount() == 1) {
                Optional<TensorProto> value = constant(node);
                if (value.isPresent()) {
                    opened.add(node.getOutput(0), value.get());
                }
            }
        }
        return opened;
    }

    private static ModelProto parse(Path file) throws IOException {
        ModelProto model;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw Failure.data("%s: is %,d bytes; expected at most %,d, as protobuf has it: larger models keep their weights "
                        + "in files beside them", file, channel.size(), Integer.MAX_VALUE);
            }
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(
                            channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()))
                    .newCodedInput();
            // The tensors' bytes stay where they are, in the mapped file.
            input.enableAliasing(true);
            model = ModelProto.parseFrom(input);
            input.checkLastTagWas(0);
        } catch (InvalidProtocolBufferException e) {
            throw Failure.data("%s: not an ONNX model, or not the whole of one: %s", file, e.getMessage(), e);
        }
        if (model.getGraph().getNodeCount() == 0 || model.getOpsetImportCount() == 0) {
            throw Failure.data("%s: not an ONNX model, or not the whole of one: found %,d operators and %,d versions of operator "
                    + "sets, expected some of both", file, model.getGraph().getNodeCount(), model.getOpsetImportCount());
        }
        return model;
    }

    /** No exporter writes a name with a line break in it; a damaged file may, and messages are one line. */
    private void requireReadableNames() {
        GraphProto graph = model.getGraph();
        Stream<String> ofNodes = graph.getNodeList().stream().flatMap(node -> Stream.of(
                        Stream.of(node.getName(), node.getOpType(), node.getDomain()),
                        node.getInputList().stream(),
                        node.getOutputList().stream())
                .flatMap(names -> names));
        Stream<String> others = Stream.of(
                        graph.getInitializerList().stream().map(TensorProto::getName),
                        graph.getInputList().stream().map(ValueInfoProto::getName),
                        graph.getOutputList().stream().map(ValueInfoProto::getName))
                .flatMap(names -> names);
        if (Stream.concat(ofNodes, others).anyMatch(name -> name.chars().anyMatch(Character::isISOControl))) {
            throw Failure.data("%s: holds a name with a control character in it; the file is damaged", file);
        }
    }

    private void add(String name, TensorProto proto) throws IOException {
        OnnxTensor tensor = OnnxTensor.of(file, name, proto);
        if (tensors.put(name, tensor) != null) {
            throw Failure.data("%s: holds two constants named %s; the file is damaged", file, name);
        }
        entries.put(name, tensor.entry());
    }

    /** What a Constant operator gives; empty for strings and sparse tensors. */
    private static Optional<TensorProto> constant(NodeProto node) {
        TensorProto.Builder numbers = TensorProto.newBuilder();
        for (AttributeProto attribute : node.getAttributeList()) {
            switch (attribute.getName()) {
                case "value" -> {
                    return Optional.of(attribute.getT());
                }
                case "value_float" -> numbers.setDataType(FLOAT).addFloatData(attribute.getF());
                case "value_floats" -> numbers.setDataType(FLOAT)
                        .addDims(attribute.getFloatsCount()).addAllFloatData(attribute.getFloatsList());
                case "value_int" -> numbers.setDataType(INT64).addInt64Data(attribute.getI());
                case "value_ints" -> numbers.setDataType(INT64)
                        .addDims(attribute.getIntsCount()).addAllInt64Data(attribute.getIntsList());
                default -> {
                    // No value.
                }
            }
        }
        return numbers.getDataType() == 0 ? Optional.empty() : Optional.of(numbers.build());
    }

    /** The operators. */
    GraphProto graph() {
        return model.getGraph();
    }

    /** What wrote the file, e.g. "pytorch 2.0.1"; may be empty. */
    public String producer() {
        return (model.getProducerName() + " " + model.getProducerVersion()).strip();
    }

    /** The version of ONNX's own operators, 0 if the model has none of them. */
    public long opset() {
        return model.getOpsetImportList().stream()
                .filter(set -> set.getDomain().isEmpty())
                .mapToLong(set -> set.getVersion())
                .findFirst()
                .orElse(0);
    }

    @Override
    public String where() {
        return file.toString();
    }

    /** The model's file, and those beside it that hold its weights. */
    public List<Path> files() {
        Stream<Path> beside = tensors.values().stream().flatMap(tensor -> tensor.file().stream()).distinct().sorted();
        return Stream.concat(Stream.of(file), beside).toList();
    }

    @Override
    public SortedMap<String, Entry> entries() {
        return Collections.unmodifiableSortedMap(entries);
    }

    @Override
    public long byteSize(String name) {
        return tensors.get(name).byteSize();
    }

    @Override
    public void read(String name, Chunks chunks) throws IOException {
        tensors.get(name).read(chunks);
    }

    /** The mapping ends when nothing refers to it any more. */
    @Override
    public void close() {}
}
