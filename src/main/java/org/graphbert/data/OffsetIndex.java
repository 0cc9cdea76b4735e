package org.graphbert.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.graphbert.config.Failure;

/**
 * The offsets file beside a shard, so that any record is found in constant time. All numbers little-endian:
 *
 * <pre>
 * byte[8] magic "GBOFFSET"   int32 version 1   int32 0
 * int64[n + 1]               where each of the n records' frames begins, and behind them the length of the shard
 * </pre>
 */
final class OffsetIndex {

    static final int HEADER = 16;
    private static final byte[] MAGIC = "GBOFFSET".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;

    private OffsetIndex() {}

    /** The bytes before the offsets. */
    static byte[] header() {
        return ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN).put(MAGIC).putInt(VERSION).putInt(0).array();
    }

    /**
     * Maps the offsets into memory.
     *
     * @param shardBytes the length of the shard that the index belongs to
     * @throws Failure (data) if the file is no index, of another version, or of another shard
     */
    static LongBuffer map(Path file, long shardBytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            if (bytes.limit() < HEADER + Long.BYTES || bytes.limit() % Long.BYTES != 0
                    || !bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
                throw Failure.data("%s: not an offsets index; delete it and the shard is scanned instead", file);
            }
            int version = bytes.getInt(MAGIC.length);
            if (version != VERSION) {
                throw Failure.data("%s: version %d, expected %d; delete it and the shard is scanned instead",
                        file, version, VERSION);
            }
            LongBuffer offsets = bytes.position(HEADER).slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
            long last = offsets.get(offsets.limit() - 1);
            if (last != shardBytes) {
                throw Failure.data("%s: made for a shard of %,d bytes, but the shard has %,d; prepare the data again",
                        file, last, shardBytes);
            }
            return offsets;
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", file, e.getMessage());
        }
    }
}
