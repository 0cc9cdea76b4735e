package org.graphbert.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;

/**
 * The offsets file beside a shard, so that any record is found in constant time. It is read a page at a time and not mapped into
 * memory: a mapped file that another process cuts short ends the JVM, or a thread of it, at the next look. Safe to share between
 * threads. All numbers little-endian:
 *
 * <pre>
 * byte[8] magic "GBOFFSET"   int32 version 2   int32 0
 * n times:                   int64 where the record's frame begins, int32 the number of its tokens
 * at the end:                int64 length of the shard, int32 0
 * </pre>
 */
final class OffsetIndex implements AutoCloseable {

    static final int ENTRY = Long.BYTES + Integer.BYTES;

    static final int UNKNOWN = -1;
    static final int HEADER = 16;
    private static final byte[] MAGIC = "GBOFFSET".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 2;
    /** Entries that are read at once: enough for who goes through them, not too many for who wants one. */
    private static final int PAGE = 64;

    /** Null for an index that is in memory: its entries are the only page. */
    private final Path file;
    private final FileChannel channel;
    private final int records;
    /** The one that was read last. */
    private volatile Page page;

    /** Entries from one on; never written to once it is shared. */
    private record Page(int first, ByteBuffer entries) {

        boolean holds(int entry) {
            return entry >= first && entry - first < entries.limit() / ENTRY;
        }

        long offset(int entry) {
            return entries.getLong((entry - first) * ENTRY);
        }

        int tokens(int entry) {
            return entries.getInt((entry - first) * ENTRY + Long.BYTES);
        }
    }

    private OffsetIndex(Path file, FileChannel channel, int records, Page page) {
        this.file = file;
        this.channel = channel;
        this.records = records;
        this.page = page;
    }

    /** The index of a shard that has none, without the records' lengths. */
    static OffsetIndex of(long[] offsets) {
        ByteBuffer entries = ByteBuffer.allocate(Math.multiplyExact(ENTRY, offsets.length));
        for (long offset : offsets) {
            entries.put(entry(offset, UNKNOWN));
        }
        return new OffsetIndex(null, null, offsets.length - 1, new Page(0, entries.flip().order(ByteOrder.LITTLE_ENDIAN)));
    }

    /** The number of records. */
    int records() {
        return records;
    }

    /**
     * Where a record's frame begins; of {@link #records}, the length of the shard.
     *
     * @throws Failure (data) if the file cannot be read any more
     */
    long offset(int record) {
        return page(record).offset(record);
    }

    /**
     * The number of a record's tokens, or {@link #UNKNOWN}.
     *
     * @throws Failure (data) if the file cannot be read any more
     */
    int tokens(int record) {
        return page(record).tokens(record);
    }

    /** The page with an entry. */
    private Page page(int entry) {
        Page last = page;
        if (!last.holds(Objects.checkIndex(entry, records + 1))) {
            last = read(entry - entry % PAGE);
            page = last;
        }
        return last;
    }

    private Page read(int first) {
        ByteBuffer entries = ByteBuffer.allocate(Math.min(PAGE, records + 1 - first) * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
        long at = HEADER + (long) first * ENTRY;
        try {
            TfRecordFile.read(channel, at, entries);
            if (entries.hasRemaining()) {
                throw Failure.data("%s: %,d bytes, and it had %,d when it was opened: it was cut meanwhile; delete it and the shard is"
                        + " scanned instead", file, channel.size(), HEADER + (records + 1L) * ENTRY);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return new Page(first, entries.flip());
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
     * Opens an index.
     *
     * @param shardBytes the length of the shard that the index belongs to
     * @throws Failure (data) if the file is no index, of another version, or of another shard
     */
    static OffsetIndex open(Path file, long shardBytes) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            OffsetIndex index = open(file, channel, shardBytes);
            channel = null;
            return index;
        } catch (IOException e) {
            throw unreadable(file, e);
        } finally {
            close(channel);
        }
    }

    private static OffsetIndex open(Path file, FileChannel channel, long shardBytes) throws IOException {
        long bytes = channel.size();
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        TfRecordFile.read(channel, 0, header);
        long entries = (bytes - HEADER) / ENTRY;
        if (header.hasRemaining() || entries < 1 || entries > Integer.MAX_VALUE || (bytes - HEADER) % ENTRY != 0
                || !header.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
            throw Failure.data("%s: not an offsets index; delete it and the shard is scanned instead", file);
        }
        int version = header.getInt(MAGIC.length);
        if (version != VERSION) {
            throw Failure.data("%s: version %d, expected %d; delete it and the shard is scanned instead",
                    file, version, VERSION);
        }
        OffsetIndex index = new OffsetIndex(file, channel, (int) entries - 1, new Page(0, ByteBuffer.allocate(0)));
        long last = index.offset(index.records());
        if (last != shardBytes) {
            throw Failure.data("%s: made for a shard of %,d bytes, but the shard has %,d; delete it and the shard is scanned"
                    + " instead",
                    file, last, shardBytes);
        }
        if (header.getInt(MAGIC.length + Integer.BYTES) != 0 || index.tokens(index.records()) != 0) {
            throw Failure.data("%s: damaged: a field that is always 0 isn't; delete it and the shard is scanned instead",
                    file);
        }
        return index;
    }

    private static Failure unreadable(Path file, IOException e) {
        return Failure.data("%s: cannot be read: %s", file, Directories.reason(e));
    }

    private static void close(FileChannel channelOrNull) {
        if (channelOrNull != null) {
            try {
                channelOrNull.close();
            } catch (IOException e) {
                // It was only read.
            }
        }
    }

    @Override
    public void close() {
        close(channel);
    }
}
