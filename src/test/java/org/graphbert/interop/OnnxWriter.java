package org.graphbert.interop;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.graphbert.interop.OnnxGraphs.Form;
import org.graphbert.interop.OnnxGraphs.Storage;
import org.graphbert.interop.proto.OnnxProto.AttributeProto;
import org.graphbert.interop.proto.OnnxProto.GraphProto;
import org.graphbert.interop.proto.OnnxProto.ModelProto;
import org.graphbert.interop.proto.OnnxProto.NodeProto;
import org.graphbert.interop.proto.OnnxProto.OperatorSetIdProto;
import org.graphbert.interop.proto.OnnxProto.StringStringEntryProto;
import org.graphbert.interop.proto.OnnxProto.TensorProto;

/** For tests: writes ONNX files, operator by operator, with random weights stored in one of several ways. */
class OnnxWriter {

    private final Form form;
    private final Random random;
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Map<String, float[]> variables = new TreeMap<>();
    private final ByteArrayOutputStream external = new ByteArrayOutputStream();
    private int names;

    OnnxWriter(Form form, long seed) {
        this.form = form;
        this.random = new Random(seed);
    }

    /** The values of the variables by google-research/bert's names, row-major. */
    public Map<String, float[]> variables() {
        return variables;
    }

    /** The same with another size of a vector. */
    public Path writeWith(Path file, String vector, int size) throws IOException {
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            if (tensor.getName().equals(vector)) {
                store(tensor.setDims(0, size), new float[size]);
            }
        }
        return write(file);
    }

    /** The graph, to be changed. */
    public GraphProto.Builder graph() {
        return graph;
    }

    /** Writes the model; weights that are stored beside it to weights.bin. */
    public Path write(Path file) throws IOException {
        Files.write(file.resolveSibling("weights.bin"), external.toByteArray());
        return Files.write(file, model().toByteArray());
    }

    private ModelProto model() {
        return ModelProto.newBuilder().setIrVersion(8).setProducerName("pytorch").setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(form.wholeNorm() ? 17 : 13)).build();
    }

    /** An operator; returns what its output is called. */
    String node(String op, String... inputs) {
        return node(List.of(op), inputs);
    }

    /** An operator by its type and its attribute: an axis, a permutation, or one whose value the graph knows. */
    String node(List<String> op, String... inputs) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(op.get(0)).addAllInput(Arrays.asList(inputs));
        if (op.size() > 1) {
            AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(op.get(1));
            switch (op.get(1)) {
                case "epsilon" -> attribute.setF(Float.parseFloat(op.get(2)));
                case "transB" -> attribute.setI(1);
                case "axis" -> attribute.setI(Long.parseLong(op.get(2)));
                default -> op.subList(2, op.size()).forEach(axis -> attribute.addInts(Long.parseLong(axis)));
            }
            node.addAttribute(attribute);
        }
        String output = "value_" + names++;
        graph.addNode(node.addOutput(output).setName("node_" + names));
        return output;
    }

    static List<String> withAxis(String op, int axis) {
        return List.of(op, "axis", Integer.toString(axis));
    }

    static List<String> transpose(long... permutation) {
        List<String> op = new ArrayList<>(List.of("Transpose", "perm"));
        Arrays.stream(permutation).forEach(axis -> op.add(Long.toString(axis)));
        return op;
    }

    private String constant(TensorProto value) {
        String output = "value_" + names++;
        graph.addNode(NodeProto.newBuilder().setOpType("Constant").addOutput(output)
                .addAttribute(AttributeProto.newBuilder().setName("value").setT(value)));
        return output;
    }

    String number(float value) {
        return constant(TensorProto.newBuilder().setDataType(1).addFloatData(value).build());
    }

    String integer(long value) {
        return constant(TensorProto.newBuilder().setDataType(7).addInt64Data(value).build());
    }

    String integers(long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(7).addDims(values.length);
        Arrays.stream(values).forEach(tensor::addInt64Data);
        return constant(tensor.build());
    }

    String vector(String name, int size) {
        return weight(name, fill(name, size), size);
    }

    /** Multiples of 1/64 below 2: exact in float16 and in bfloat16. */
    float[] fill(String name, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (random.nextInt(255) - 127) / 64f;
        }
        variables.put(name, values);
        return values;
    }

    static float[] transposed(float[] values, int rows, int columns) {
        float[] turned = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % columns * rows + i / columns] = values[i];
        }
        return turned;
    }

    String weight(String name, float[] values, long... shape) {
        boolean anonymous = !form.named() || name.startsWith("onnx::");
        String stored = anonymous ? "onnx::Value_" + names++ : name.substring(name.indexOf('/') + 1).replace('/', '.');
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(stored);
        Arrays.stream(shape).forEach(tensor::addDims);
        store(tensor, values);
        graph.addInitializer(tensor);
        return form.copied() ? node("Identity", stored) : stored;
    }

    private void store(TensorProto.Builder tensor, float[] values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        switch (form.storage()) {
            case NUMBERS -> {
                tensor.setDataType(1);
                for (float value : values) {
                    tensor.addFloatData(value);
                }
                return;
            }
            case FLOAT16 -> {
                tensor.setDataType(10);
                for (float value : values) {
                    raw.putShort(SmallFloats.toHalf(value));
                }
            }
            case BFLOAT16 -> {
                // Two bytes as numbers: ONNX keeps them among the int32.
                tensor.setDataType(16);
                for (float value : values) {
                    tensor.addInt32Data(SmallFloats.toBfloat16(value) & 0xffff);
                }
                return;
            }
            default -> {
                tensor.setDataType(1);
                for (float value : values) {
                    raw.putFloat(value);
                }
            }
        }
        ByteString bytes = ByteString.copyFrom(raw.flip());
        if (form.storage() == Storage.EXTERNAL) {
            tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(entry("location", "weights.bin"))
                    .addExternalData(entry("offset", Integer.toString(external.size())))
                    .addExternalData(entry("length", Integer.toString(bytes.size())));
            external.writeBytes(bytes.toByteArray());
        } else {
            tensor.setRawData(bytes);
        }
    }

    static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
