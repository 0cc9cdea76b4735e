package org.graphbert.interop;

import com.google.protobuf.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.graphbert.config.Failure;
import org.graphbert.interop.proto.OnnxProto.StringStringEntryProto;
import org.graphbert.interop.proto.OnnxProto.TensorProto;

/**
 * A constant of an ONNX model, and where its values lie: in the message as bytes, in the message as numbers, or in a file
 * beside the model. What it declares has been checked against what is there.
 */
final class OnnxTensor {

    /** onnx.proto, TensorProto.DataType; other types have no place in an encoder. */
    private static final Map<Integer, ElementType> TYPES = Map.ofEntries(
            Map.entry(1, ElementType.F32),
            Map.entry(2, ElementType.U8),
            Map.entry(3, ElementType.I8),
            Map.entry(4, ElementType.U16),
            Map.entry(5, ElementType.I16),
            Map.entry(6, ElementType.I32),
            Map.entry(7, ElementType.I64),
            Map.entry(9, ElementType.BOOL),
            Map.entry(10, ElementType.F16),
            Map.entry(11, ElementType.F64),
            Map.entry(12, ElementType.U32),
            Map.entry(13, ElementType.U64),
            Map.entry(16, ElementType.BF16));

    private final TensorFile.Entry entry;
    private final ElementType type;
    private final long bytes;
    private final TensorProto proto;
    private final External external;

    private OnnxTensor(TensorFile.Entry entry, ElementType type, long bytes, TensorProto proto, External external) {
        this.entry = entry;
        this.type = type;
        this.bytes = bytes;
        this.proto = proto;
        this.external = external;
    }

    /** Values in a file beside the model. */
    private record External(Path file, long offset) {}

    /**
     * Checks a constant.
     *
     * @param model the model's file
     * @throws Failure (data) if type, shape and values do not fit together
     */
    static OnnxTensor of(Path model, String name, TensorProto proto) throws IOException {
        ElementType type = TYPES.get(proto.getDataType());
        if (type == null) {
            throw Failure.data("%s: %s has elements of ONNX's type number %d; expected those of a BERT: float, float16, "
                    + "bfloat16 or integers", model, name, proto.getDataType());
        }
        List<Long> shape = List.copyOf(proto.getDimsList());
        TensorFile.Entry entry = new TensorFile.Entry(name, type.tensorflowName(), shape);
        long elements;
        long bytes;
        try {
            elements = shape.stream().anyMatch(size -> size < 0) ? -1 : entry.elements();
            bytes = type.bytes(elements);
        } catch (ArithmeticException e) {
            elements = -1;
            bytes = -1;
        }
        if (elements < 0) {
            throw Failure.data("%s: %s has shape %s, which no tensor has; the file is damaged", model, name, shape);
        }
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return new OnnxTensor(entry, type, bytes, proto, external(model, name, proto, bytes));
        }
        if (proto.getRawData().isEmpty()) {
            int numbers = numbers(proto, type);
            if (numbers != elements) {
                throw Failure.data("%s: %s, %s %s, holds %,d numbers, expected %,d; the file is damaged",
                        model, name, entry.type(), shape, numbers, elements);
            }
        } else if (proto.getRawData().size() != bytes) {
            throw Failure.data("%s: %s, %s %s, holds %,d bytes, expected %,d; the file is damaged",
                    model, name, entry.type(), shape, proto.getRawData().size(), bytes);
        }
        return new OnnxTensor(entry, type, bytes, proto, null);
    }

    /** Only files beside the model: a model from elsewhere has no business with other paths. */
    private static External external(Path model, String name, TensorProto proto, long bytes) throws IOException {
        Map<String, String> keys = new TreeMap<>();
        for (StringStringEntryProto entry : proto.getExternalDataList()) {
            // Messages are one line.
            keys.put(entry.getKey(), entry.getValue().replaceAll("\\p{Cntrl}", "?"));
        }
        String location = keys.getOrDefault("location", "");
        Path file = null;
        long offset = -1;
        try {
            Path path = Path.of(location);
            offset = Long.parseLong(keys.getOrDefault("offset", "0"));
            if (!path.isAbsolute() && path.getNameCount() == 1 && !location.isEmpty() && !path.startsWith("..")
                    && location.indexOf('\\') < 0) {
                file = model.resolveSibling(path);
            }
        } catch (InvalidPathException | NumberFormatException e) {
            // Refused below, with what was found.
        }
        if (file == null || offset < 0) {
            throw Failure.data("%s: %s lies in the file '%s' from byte %s on; expected the name of a file beside the model and "
                    + "a number", model, name, location, keys.getOrDefault("offset", "0"));
        }
        if (!Files.isRegularFile(file)) {
            throw Failure.data("%s: %s lies in %s, which is not beside the model; copy or download that file too",
                    model, name, location);
        }
        if (Files.size(file) - offset < bytes) {
            throw Failure.data("%s: %s takes %,d bytes from byte %,d of %s on, which has %,d; expected the whole file",
                    model, name, bytes, offset, location, Files.size(file));
        }
        return new External(file, offset);
    }

    TensorFile.Entry entry() {
        return entry;
    }

    long byteSize() {
        return bytes;
    }

    /** The file beside the model that holds the values, if one does. */
    Optional<Path> file() {
        return Optional.ofNullable(external).map(External::file);
    }

    /** Passes the values on, little-endian, chunk by chunk. */
    void read(StoredTensors.Chunks chunks) throws IOException {
        if (external != null) {
            try (FileChannel channel = FileChannel.open(external.file(), StandardOpenOption.READ)) {
                StoredTensors.readRange(channel, external.offset(), bytes, chunks);
            } catch (EOFException e) {
                throw Failure.data("%s: was cut short while it was read", external.file(), e);
            }
            return;
        }
        ByteString raw = proto.getRawData().isEmpty() ? packed() : proto.getRawData();
        for (int begin = 0; begin < raw.size(); begin += StoredTensors.CHUNK_BYTES) {
            int end = (int) Math.min(raw.size(), (long) begin + StoredTensors.CHUNK_BYTES);
            chunks.accept(raw.substring(begin, end).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    /** The numbers in the field of their type; ONNX keeps all that are shorter than an int32 among those. */
    private static int numbers(TensorProto proto, ElementType type) {
        return switch (type) {
            case F32 -> proto.getFloatDataCount();
            case F64 -> proto.getDoubleDataCount();
            case I64 -> proto.getInt64DataCount();
            case I32, I16, I8, U16, U8, BOOL, F16, BF16 -> proto.getInt32DataCount();
            default -> 0;
        };
    }

    private ByteString packed() {
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> proto.getFloatDataList().forEach(buffer::putFloat);
            case F64 -> proto.getDoubleDataList().forEach(buffer::putDouble);
            case I64 -> proto.getInt64DataList().forEach(buffer::putLong);
            case I32 -> proto.getInt32DataList().forEach(buffer::putInt);
            case I16, U16, F16, BF16 -> proto.getInt32DataList().forEach(value -> buffer.putShort(value.shortValue()));
            default -> proto.getInt32DataList().forEach(value -> buffer.put(value.byteValue()));
        }
        return ByteString.copyFrom(buffer.flip());
    }
}
