package org.graphbert.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;

/**
 * The offsets file beside a shard, so that any record is found in constant time. All numbers little-endian:
 *
 * <pre>
 * byte[8] magic "GBOFFSET"   int32 version 2   int32 0
 * n times:                   int64 where the record's frame begins, int32 the number of its tokens
 * at the end:                int64 length of the shard, int32 0
 * </pre>
 */
final class OffsetIndex {

    static final int ENTRY = Long.BYTES + Integer.BYTES;

    static final int UNKNOWN = -1;
    static final int HEADER = 16;
    private static final byte[] MAGIC = "GBOFFSET".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 2;

    private final ByteBuffer entries;

    private OffsetIndex(ByteBuffer entries) {
        this.entries = entries;
    }

    /** The index of a shard that has none, without the records' lengths. */
    static OffsetIndex of(long[] offsets) {
        ByteBuffer entries = ByteBuffer.allocate(Math.multiplyExact(ENTRY, offsets.length));
        for (long offset : offsets) {
            entries.put(entry(offset, UNKNOWN));
        }
        return new OffsetIndex(entries.flip().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The number of records. */
    int records() {
        return entries.limit() / ENTRY - 1;
    }

    /** Where a record's frame begins; of {@link #records}, the length of the shard. */
    long offset(int record) {
        return entries.getLong(record * ENTRY);
    }

    /** The number of a record's tokens, or {@link #UNKNOWN}. */
    int tokens(int record) {
        return entries.getInt(record * ENTRY + Long.BYTES);
    }

    /** The bytes of an entry. */
    static byte[] entry(long offset, int tokens) {
        return ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN).putLong(offset).putInt(tokens).array();
    }

    /** The bytes before the entries. */
    static byte[] header() {
        return ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN).put(MAGIC).putInt(VERSION).putInt(0).array();
    }

    /**
     * Maps an index into memory.
     *
     * @param shardBytes the length of the shard that the index belongs to
     * @throws Failure (data) if the file is no index, of another version, or of another shard
     */
    static OffsetIndex map(Path file, long shardBytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            if (bytes.limit() < HEADER + ENTRY || (bytes.limit() - HEADER) % ENTRY != 0
                    || !bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
                throw Failure.data("%s: not an offsets index; delete it and the shard is scanned instead", file);
            }
            int version = bytes.getInt(MAGIC.length);
            if (version != VERSION) {
                throw Failure.data("%s: version %d, expected %d; delete it and the shard is scanned instead",
                        file, version, VERSION);
            }
            OffsetIndex index = new OffsetIndex(bytes.position(HEADER).slice().order(ByteOrder.LITTLE_ENDIAN));
            long last = index.offset(index.records());
            if (last != shardBytes) {
                throw Failure.data("%s: made for a shard of %,d bytes, but the shard has %,d; delete it and the shard is scanned"
                        + " instead",
                        file, last, shardBytes);
            }
            if (bytes.getInt(MAGIC.length + Integer.BYTES) != 0 || index.tokens(index.records()) != 0) {
                throw Failure.data("%s: damaged: a field that is always 0 isn't; delete it and the shard is scanned instead",
                        file);
            }
            return index;
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", file, Directories.reason(e));
        }
    }
}
