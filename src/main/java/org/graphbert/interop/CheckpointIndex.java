package org.graphbert.interop;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.graphbert.config.Failure;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * What a TensorFlow V2 checkpoint holds, read from PREFIX.index: a LevelDB table (tensorflow/core/lib/io/format.h, without
 * compression) that maps each variable's name to its type, shape and place in the data files.
 */
public final class CheckpointIndex {

    private static final int FOOTER_BYTES = 48;
    /** A variable takes about a hundred bytes. */
    private static final long MAX_BYTES = 1 << 27;
    private static final long MAGIC = 0xdb4775248b80fb57L;
    /** Behind each block: its compression, and a checksum of both. */
    private static final int BLOCK_TRAILER_BYTES = 5;
    /** tensorflow/core/lib/hash/crc32c.h: a checksum stored beside its data is rotated and moved. */
    private static final int MASK_DELTA = 0xA282EAD8;

    private final String prefix;
    private final SortedMap<String, Entry> entries = new TreeMap<>();
    private int shards;

    private CheckpointIndex(String prefix) {
        this.prefix = prefix;
    }

    /**
     * A variable of the checkpoint.
     *
     * @param type TensorFlow's name, e.g. DT_FLOAT
     * @param offset of its first byte in its data file
     * @param checksum of its bytes, masked
     * @param partitioned whether its values are kept in slices, as partitioned variables are; no bytes of its own then
     */
    public record Entry(
            String name, String type, List<Long> shape, int shard, long offset, long bytes, int checksum, boolean partitioned) {

        /** What its type and shape need must be what it has; other types than these have no fixed size here. */
        public Entry {
            if (shape.stream().anyMatch(size -> size < 0) || offset < 0 || bytes < 0 || shard < 0) {
                throw new IllegalArgumentException(name + " has a negative size or place");
            }
            long elements = shape.stream().reduce(1L, Math::multiplyExact);
            int size = TypeNames.bytes(type);
            if (size > 0 && !partitioned && bytes != Math.multiplyExact(elements, (long) size)) {
                throw new IllegalArgumentException(name + ", " + type + " " + shape + ", has " + bytes + " bytes");
            }
            Math.addExact(offset, bytes);
        }

        public long elements() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /**
     * Reads the index of a checkpoint.
     *
     * @throws Failure (usage) if there is no such checkpoint, (data) if the index is damaged
     */
    public static CheckpointIndex read(String prefix) throws IOException {
        Path file = Path.of(prefix + ".index");
        if (!Files.isRegularFile(file)) {
            throw Failure.usage(
                    "%s: no such file; expected a TensorFlow checkpoint's prefix, e.g. DIR/bert_model.ckpt", file);
        }
        if (Files.size(file) > MAX_BYTES) {
            throw Failure.data("%s: is %,d bytes; expected at most %,d: no checkpoint's index", file, Files.size(file), MAX_BYTES);
        }
        CheckpointIndex index = new CheckpointIndex(prefix);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            index.parse(bytes);
        } catch (IndexOutOfBoundsException | BufferUnderflowException | IllegalArgumentException | ArithmeticException
                | InvalidProtocolBufferException e) {
            throw Failure.data("%s: damaged checkpoint index: %s", file, e.getMessage(), e);
        }
        return index;
    }

    /** The prefix that it was read from. */
    String prefix() {
        return prefix;
    }

    /** Whether a checkpoint of that prefix exists. */
    public static boolean exists(String prefix) {
        return Files.isRegularFile(Path.of(prefix + ".index"));
    }

    /** The variables by name. */
    public SortedMap<String, Entry> entries() {
        return entries;
    }

    /** The file that holds an entry's values. */
    public Path dataFile(Entry entry) {
        return dataFile(entry.shard());
    }

    /** The files that hold values, in order. */
    public List<Path> dataFiles() {
        return entries.values().stream().map(Entry::shard).distinct().sorted().map(this::dataFile).toList();
    }

    private Path dataFile(int shard) {
        return Path.of(String.format("%s.data-%05d-of-%05d", prefix, shard, shards));
    }

    private void parse(ByteBuffer file) throws InvalidProtocolBufferException {
        int size = file.limit();
        if (size < FOOTER_BYTES || file.getLong(size - Long.BYTES) != MAGIC) {
            throw new IllegalArgumentException("no table footer at its end; the file is cut short or no index");
        }
        file.position(size - FOOTER_BYTES);
        varint(file); // where the meta index begins
        varint(file); // and how long it is
        for (byte[] handle : block(file, Math.toIntExact(varint(file)), Math.toIntExact(varint(file))).values()) {
            ByteBuffer place = ByteBuffer.wrap(handle);
            int offset = Math.toIntExact(varint(place));
            for (var entry : block(file, offset, Math.toIntExact(varint(place))).entrySet()) {
                add(entry.getKey(), entry.getValue());
            }
        }
    }

    /** The header stands under the empty key, before all others. */
    private void add(String key, byte[] value) throws InvalidProtocolBufferException {
        if (key.isEmpty()) {
            BundleHeaderProto header = BundleHeaderProto.parseFrom(value);
            if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
                throw new IllegalArgumentException("its values are big-endian; expected little-endian");
            }
            shards = header.getNumShards();
            return;
        }
        if (key.charAt(0) == 0) {
            return; // A slice of a partitioned variable, which has an entry for all of it too.
        }
        BundleEntryProto proto = BundleEntryProto.parseFrom(value);
        List<Long> shape =
                proto.getShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
        if (proto.getShardId() >= shards) {
            throw new IllegalArgumentException(key + " lies in file " + proto.getShardId() + " of " + shards);
        }
        entries.put(key, new Entry(
                key, proto.getDtype().name(), shape, proto.getShardId(), proto.getOffset(), proto.getSize(),
                proto.getCrc32C(), proto.getSlicesCount() > 0));
    }

    /** Keys share a prefix with the one before; the restart points at the end are for searching only. */
    private static SortedMap<String, byte[]> block(ByteBuffer file, int offset, int size) {
        if (offset < 0 || size < Integer.BYTES || (long) offset + size + BLOCK_TRAILER_BYTES > file.limit()) {
            throw new IllegalArgumentException("a block of " + size + " bytes at offset " + offset);
        }
        if (file.get(offset + size) != 0) {
            throw new IllegalArgumentException("a compressed block at offset " + offset);
        }
        CRC32C crc = new CRC32C();
        crc.update(file.array(), offset, size + 1);
        if (file.getInt(offset + size + 1) != masked(crc)) {
            throw new IllegalArgumentException("the checksum of the block at offset " + offset + " does not match");
        }
        ByteBuffer block = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int restarts = file.getInt(offset + size - Integer.BYTES);
        block.limit(offset + size - Integer.BYTES * (restarts + 1)).position(offset);
        SortedMap<String, byte[]> entries = new TreeMap<>();
        byte[] key = new byte[0];
        while (block.hasRemaining()) {
            int shared = length(block, key.length);
            int own = length(block, block.remaining());
            byte[] value = new byte[length(block, block.remaining())];
            byte[] next = Arrays.copyOf(key, shared + own);
            block.get(next, shared, own);
            block.get(value);
            key = next;
            entries.put(new String(key, StandardCharsets.UTF_8), value);
        }
        return entries;
    }

    /** A checksum as it is stored. */
    static int masked(CRC32C checksum) {
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
    }

    /** A length, before anything of that length is allocated. */
    private static int length(ByteBuffer from, int most) {
        long length = varint(from);
        if (length < 0 || length > most) {
            throw new IllegalArgumentException("a length of " + length + " where at most " + most + " is possible");
        }
        return (int) length;
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte b = from.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number without end");
    }

    /** Names of the model's variables and their shapes against the checkpoint; empty if all fit. */
    public List<String> problems(Map<String, List<Long>> expected) {
        List<String> problems = new ArrayList<>();
        expected.forEach((name, shape) -> {
            Entry entry = entries.get(name);
            if (entry == null) {
                problems.add(name + " is missing");
            } else if (!entry.shape().equals(shape)) {
                problems.add(name + " has shape " + entry.shape() + ", the model's is " + shape);
            } else if (!entry.type().equals("DT_FLOAT")) {
                problems.add(name + " is " + entry.type() + ", expected DT_FLOAT");
            }
        });
        return problems;
    }
}
