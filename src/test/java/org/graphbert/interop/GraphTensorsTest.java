package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBfloat16;

class GraphTensorsTest {

    @TempDir
    private Path directory;

    private Path write(GraphDef graph) throws IOException {
        return Files.write(directory.resolve("g.pb"), graph.toByteArray());
    }

    private static TensorProto.Builder tensor(DataType type, long... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        Arrays.stream(shape).forEach(n -> dimensions.addDim(TensorShapeProto.Dim.newBuilder().setSize(n)));
        return TensorProto.newBuilder().setDtype(type).setTensorShape(dimensions);
    }

    private static NodeDef constant(String name, TensorProto.Builder value) {
        return NodeDef.newBuilder().setName(name).setOp("Const")
                .putAttr("value", AttrValue.newBuilder().setTensor(value).build()).build();
    }

    @Test
    void constantsOfAGraphThatTensorFlowMade() throws IOException {
        float[][] weights = new float[600][500];
        for (int i = 0; i < 600; i++) {
            Arrays.fill(weights[i], i);
        }
        Path file;
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            tf.withName("weights").constant(weights);
            tf.withName("scalar").constant(2.5f);
            tf.withName("text").constant("x");
            tf.dtypes.cast(tf.withName("ids").constant(new long[] {4, 5}), TBfloat16.class);
            file = write(graph.toGraphDef());
        }
        try (TensorFile tensors = TensorFiles.open(file)) {
            assertEquals(List.of("ids", "scalar", "text", "weights"), List.copyOf(tensors.entries().keySet()));
            assertEquals(new TensorFile.Entry("weights", "float32", List.of(600L, 500L)), tensors.entries().get("weights"));
            float[] read = tensors.floats("weights");
            assertEquals(599f, read[599 * 500]);
            assertEquals(598f, read[599 * 500 - 1]);
            double squares = 500.0 * 599 * 600 * (2 * 599 + 1) / 6;
            assertEquals(Math.sqrt(squares), Norm.of(tensors, "weights").l2(), 1e-6, "more than one chunk");
            assertArrayEquals(new float[] {2.5f}, tensors.floats("scalar"));
            assertEquals(null, Norm.of(tensors, "text"));
            assertEquals(null, Norm.of(tensors, "ids"));
            assertThrows(Failure.class, () -> tensors.floats("text"));
        }
    }

    /** As TensorFlow reads them: the last listed value fills the rest. */
    @Test
    void listedValuesOfEachType() throws IOException {
        Path file = write(GraphDef.newBuilder()
                .addNode(constant("filled", tensor(DataType.DT_FLOAT, 2, 2).addFloatVal(1).addFloatVal(3)))
                .addNode(constant("none", tensor(DataType.DT_FLOAT, 3)))
                .addNode(constant("half", tensor(DataType.DT_HALF, 2).addHalfVal(0x3c00).addHalfVal(0xc000)))
                .addNode(constant("bfloat16", tensor(DataType.DT_BFLOAT16, 1).addHalfVal(0x3f80)))
                .addNode(constant("double", tensor(DataType.DT_DOUBLE, 2).addDoubleVal(3).addDoubleVal(-4)))
                .addNode(constant("byte", tensor(DataType.DT_UINT8, 3).addIntVal(200)))
                .addNode(constant("bool", tensor(DataType.DT_BOOL, 2).addBoolVal(true).addBoolVal(false)))
                .addNode(constant("content",
                        tensor(DataType.DT_INT16, 1).setTensorContent(ByteString.copyFrom(new byte[] {1, 2}))))
                .addNode(constant("nan", tensor(DataType.DT_FLOAT, 3).addFloatVal(2).addFloatVal(Float.NaN)))
                .build());
        try (GraphTensors tensors = GraphTensors.open(file)) {
            assertArrayEquals(new float[] {1, 3, 3, 3}, tensors.floats("filled"));
            assertArrayEquals(new float[3], tensors.floats("none"));
            assertArrayEquals(new float[] {1, -2}, tensors.floats("half"));
            assertArrayEquals(new float[] {1}, tensors.floats("bfloat16"));
            assertEquals(new Norm(5, 0), Norm.of(tensors, "double"));
            assertArrayEquals(new byte[] {(byte) 200, (byte) 200, (byte) 200}, tensors.bytes("byte"));
            assertArrayEquals(new byte[] {1, 0}, tensors.bytes("bool"));
            assertArrayEquals(new byte[] {1, 2}, tensors.bytes("content"));
            assertEquals(new Norm(2, 2), Norm.of(tensors, "nan"));
        }
    }

    @Test
    void damagedConstants() throws IOException {
        refused(tensor(DataType.DT_FLOAT, 2).setTensorContent(ByteString.copyFrom(new byte[7])), "has 7 bytes of values");
        refused(tensor(DataType.DT_FLOAT, -2).addFloatVal(1), "the file is damaged");
        refused(tensor(DataType.DT_FLOAT, 1L << 40, 1L << 40).addFloatVal(1), "has the impossible shape");
        refused(tensor(DataType.DT_FLOAT, 1L << 30).addFloatVal(1), "states 1 values for shape [1073741824]");
        refused(tensor(DataType.DT_FLOAT, 1).addFloatVal(1).addFloatVal(2), "states 2 values for shape [1]");
        NodeDef twice = constant("c", tensor(DataType.DT_FLOAT).addFloatVal(1));
        Path file = write(GraphDef.newBuilder().addNode(twice).addNode(twice).build());
        assertTrue(assertThrows(Failure.class, () -> GraphTensors.open(file)).getMessage().contains("two nodes are called c"));
    }

    private void refused(TensorProto.Builder tensor, String message) throws IOException {
        Path file = write(GraphDef.newBuilder().addNode(constant("c", tensor)).build());
        Failure failure = assertThrows(Failure.class, () -> {
            try (GraphTensors tensors = GraphTensors.open(file)) {
                tensors.floats("c");
            }
        });
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }
}
