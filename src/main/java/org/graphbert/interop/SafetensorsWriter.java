package org.graphbert.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;

/**
 * Writes a safetensors file: the header, then one tensor at a time, in the order of their names. The same tensors make the
 * same file.
 */
public final class SafetensorsWriter {

    /** The data begin at a multiple of this, by spaces behind the header; so the reference implementation has it. */
    private static final int ALIGNMENT = 8;
    /** Hugging Face's loaders refuse a file whose metadata does not say so; pt are PyTorch's layouts. */
    private static final Map<String, String> METADATA = Map.of("format", "pt");

    private SafetensorsWriter() {}

    /** Gives the values of one tensor after the other. */
    @FunctionalInterface
    public interface Values {
        /** The values of the tensor of that name, row-major. */
        float[] of(String name) throws IOException;
    }

    /** A tensor in the header; the keys in the reference's order. */
    private record Header(String dtype, List<Long> shape, List<Long> dataOffsets) {}

    /**
     * Writes a file, aside first and renamed when it is whole.
     *
     * @param shapes of all tensors, by name
     * @param type of all tensors; values are rounded to it, to the nearest, ties to even
     * @param values asked once for each tensor
     * @throws Failure (usage) if the file cannot be written
     */
    public static void write(Path file, Map<String, List<Long>> shapes, FloatType type, Values values) throws IOException {
        SortedMap<String, List<Long>> sorted = new TreeMap<>(shapes);
        Path aside = file.resolveSibling(file.getFileName() + ".partial");
        FileChannel out = open(aside);
        try {
            try (out) {
                put(out, aside, header(sorted, type));
                for (Map.Entry<String, List<Long>> tensor : sorted.entrySet()) {
                    write(out, aside, tensor, type, values.of(tensor.getKey()));
                }
                out.force(true);
            }
            rename(aside, file);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static FileChannel open(Path aside) {
        try {
            return FileChannel.open(
                    aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw cannotBeWritten(aside, e);
        }
    }

    private static ByteBuffer header(SortedMap<String, List<Long>> shapes, FloatType type) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put(SafetensorsHeader.METADATA, METADATA);
        long at = 0;
        for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
            long end = at + type.element().bytes(elements(tensor));
            if (header.put(tensor.getKey(),
                    new Header(type.element().name(), tensor.getValue(), List.of(at, end))) != null) {
                throw new IllegalArgumentException("a tensor may not be called " + tensor.getKey());
            }
            at = end;
        }
        byte[] json = Json.writeLine(header).getBytes(StandardCharsets.UTF_8);
        int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer bytes = ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }

    private static void write(FileChannel out, Path aside, Map.Entry<String, List<Long>> tensor, FloatType type, float[] values) {
        if (values.length != elements(tensor)) {
            throw new IllegalArgumentException(
                    tensor.getKey() + " has " + values.length + " values for shape " + tensor.getValue());
        }
        ByteBuffer chunk = ByteBuffer.allocate(StoredTensors.CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            type.narrow(value, chunk);
            if (!chunk.hasRemaining()) {
                put(out, aside, chunk.flip());
                chunk.clear();
            }
        }
        put(out, aside, chunk.flip());
    }

    private static void put(FileChannel out, Path aside, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw cannotBeWritten(aside, e);
        }
    }

    private static void rename(Path aside, Path file) {
        try {
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw cannotBeWritten(file, e);
        }
    }

    private static long elements(Map.Entry<String, List<Long>> tensor) {
        return tensor.getValue().stream().reduce(1L, Math::multiplyExact);
    }

    private static Failure cannotBeWritten(Path file, IOException e) {
        return Failure.usage("%s: cannot be written: %s; choose a place that may be written, or make room",
                file, Directories.reason(e), e);
    }
}
