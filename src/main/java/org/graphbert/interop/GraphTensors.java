package org.graphbert.interop;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.graphbert.config.Failure;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** The constants of a GraphDef, by their nodes' names: a frozen graph's weights are among them. */
public final class GraphTensors implements StoredTensors {

    /** A constant may state one value and a shape to fill with it; larger ones than this are taken for damage. */
    private static final long MAX_FILLED = 1L << 26;

    private final Path file;
    private final SortedMap<String, Entry> entries = new TreeMap<>();
    private final SortedMap<String, TensorProto> values = new TreeMap<>();

    private GraphTensors(Path file) {
        this.file = file;
    }

    /**
     * Reads a GraphDef.
     *
     * @throws Failure (data) if it is none, or a constant is damaged
     */
    public static GraphTensors open(Path file) throws IOException {
        return of(file, graph(file));
    }

    static GraphTensors of(Path file, GraphDef graph) {
        GraphTensors tensors = new GraphTensors(file);
        for (NodeDef node : graph.getNodeList()) {
            if (node.getOp().equals("Const") && node.containsAttr("value")) {
                tensors.add(node.getName(), node.getAttrOrThrow("value").getTensor());
            }
        }
        return tensors;
    }

    /**
     * Parses a GraphDef in binary form.
     *
     * @throws Failure (data) if it is none
     */
    static GraphDef graph(Path file) throws IOException {
        GraphDef graph;
        try (InputStream in = Files.newInputStream(file)) {
            graph = GraphDef.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw Failure.data("%s: not a GraphDef in binary form: %s", file, e.getMessage(), e);
        }
        if (graph.getNodeCount() == 0) {
            throw Failure.data("%s: found no nodes in it; expected a GraphDef in binary form", file);
        }
        return graph;
    }

    private void add(String name, TensorProto tensor) {
        List<Long> shape =
                tensor.getTensorShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
        Entry entry = new Entry(name, TypeNames.of(tensor.getDtype()), shape);
        int content = tensor.getTensorContent().size();
        int size = TypeNames.bytes(tensor.getDtype().name());
        try {
            if (shape.stream().anyMatch(n -> n < 0)
                    || content > 0 && size > 0 && content != Math.multiplyExact(entry.elements(), (long) size)) {
                throw Failure.data("%s: the constant %s, %s %s, has %,d bytes of values; the file is damaged",
                        file, name, entry.type(), shape, content);
            }
            Math.multiplyExact(entry.elements(), (long) Long.BYTES);
        } catch (ArithmeticException e) {
            throw Failure.data("%s: the constant %s has the impossible shape %s; the file is damaged", file, name, shape, e);
        }
        if (values.put(name, tensor) != null) {
            throw Failure.data("%s: two nodes are called %s; the file is damaged", file, name);
        }
        entries.put(name, entry);
    }

    @Override
    public String where() {
        return file.toString();
    }

    @Override
    public SortedMap<String, Entry> entries() {
        return Collections.unmodifiableSortedMap(entries);
    }

    @Override
    public long byteSize(String name) {
        return entries.get(name).elements() * TypeNames.bytes(values.get(name).getDtype().name());
    }

    @Override
    public boolean readable(String name) {
        DataType type = values.get(name).getDtype();
        return TypeNames.bytes(type.name()) > 0 && type != DataType.DT_COMPLEX64;
    }

    @Override
    public void read(String name, Chunks chunks) {
        TensorProto tensor = values.get(name);
        if (!readable(name)) {
            throw Failure.data("%s: %s is %s, whose values are not read", where(), name, entries.get(name).type());
        }
        if (!tensor.getTensorContent().isEmpty()) {
            ByteBuffer content = tensor.getTensorContent().asReadOnlyByteBuffer();
            for (int at = 0; at < content.limit(); at += CHUNK_BYTES) {
                int bytes = Math.min(CHUNK_BYTES, content.limit() - at);
                chunks.accept(content.slice(at, bytes).order(ByteOrder.LITTLE_ENDIAN));
            }
            return;
        }
        long elements = entries.get(name).elements();
        int stated = stated(tensor);
        if (stated > elements || elements > Math.max(stated, MAX_FILLED)) {
            throw Failure.data("%s: %s states %,d values for shape %s; the file is damaged",
                    where(), name, stated, entries.get(name).shape());
        }
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, byteSize(name))).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < elements; i++) {
            put(tensor, (int) Math.min(i, stated - 1), chunk);
            if (!chunk.hasRemaining() || i == elements - 1) {
                chunks.accept(chunk.flip());
                chunk.clear();
            }
        }
    }

    @Override
    public float[] floats(String name) throws IOException {
        Entry entry = entries.get(name);
        if (values.get(name).getTensorContent().isEmpty() && entry.elements() > MAX_FILLED) {
            read(name, chunk -> { });
        }
        return StoredTensors.super.floats(name);
    }

    /** How many values are listed one by one; the last of them stands for all that are missing, and zero for none. */
    private static int stated(TensorProto tensor) {
        return switch (tensor.getDtype()) {
            case DT_FLOAT -> tensor.getFloatValCount();
            case DT_DOUBLE -> tensor.getDoubleValCount();
            case DT_HALF, DT_BFLOAT16 -> tensor.getHalfValCount();
            case DT_INT64 -> tensor.getInt64ValCount();
            case DT_UINT64 -> tensor.getUint64ValCount();
            case DT_UINT32 -> tensor.getUint32ValCount();
            case DT_BOOL -> tensor.getBoolValCount();
            default -> tensor.getIntValCount();
        };
    }

    private static void put(TensorProto tensor, int index, ByteBuffer to) {
        boolean none = index < 0;
        switch (tensor.getDtype()) {
            case DT_FLOAT -> to.putFloat(none ? 0 : tensor.getFloatVal(index));
            case DT_DOUBLE -> to.putDouble(none ? 0 : tensor.getDoubleVal(index));
            case DT_HALF, DT_BFLOAT16 -> to.putShort((short) (none ? 0 : tensor.getHalfVal(index)));
            case DT_INT64 -> to.putLong(none ? 0 : tensor.getInt64Val(index));
            case DT_UINT64 -> to.putLong(none ? 0 : tensor.getUint64Val(index));
            case DT_UINT32 -> to.putInt(none ? 0 : tensor.getUint32Val(index));
            case DT_BOOL -> to.put((byte) (!none && tensor.getBoolVal(index) ? 1 : 0));
            case DT_INT32 -> to.putInt(none ? 0 : tensor.getIntVal(index));
            case DT_INT16, DT_UINT16 -> to.putShort((short) (none ? 0 : tensor.getIntVal(index)));
            default -> to.put((byte) (none ? 0 : tensor.getIntVal(index)));
        }
    }

    /** Nothing is left open. */
    @Override
    public void close() {}
}
