package org.graphbert.data;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Writes one TFRecord file and the offsets index beside it, from the start or from where another process came to. */
final class ShardWriter implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final FileChannel data;
    private final FileChannel index;
    private final OutputStream dataBuffer;
    private final OutputStream indexBuffer;
    private final MessageDigest digest;
    private long records;
    private long bytes;
    private SavedState.Shard saved;

    /**
     * @param from how far the shard is, or null to begin it
     * @param channel what is put before the files; a test has its way here
     * @throws org.graphbert.config.Failure (data) if the file has not what it should have up to there
     */
    ShardWriter(Path directory, int shard, int shards, SavedState.Shard from, UnaryOperator<OutputStream> channel)
            throws IOException {
        file = directory.resolve(name(shard, shards));
        digest = from == null ? Sha256.digest() : digest(from);
        data = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        index = FileChannel.open(indexOf(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        dataBuffer = new BufferedOutputStream(channel.apply(Channels.newOutputStream(data)), BUFFER);
        indexBuffer = new BufferedOutputStream(channel.apply(Channels.newOutputStream(index)), BUFFER);
        if (from == null) {
            indexBuffer.write(OffsetIndex.header());
        } else {
            records = from.records();
            bytes = from.bytes();
            data.truncate(bytes).position(bytes);
            long entries = OffsetIndex.HEADER + records * OffsetIndex.ENTRY;
            if (index.size() < entries) {
                throw SavedState.damaged(indexOf(file), "it has " + index.size() + " bytes, expected at least " + entries);
            }
            index.truncate(entries).position(entries);
            saved = from;
        }
    }

    static String name(int shard, int shards) {
        return String.format(Locale.ROOT, "data-%05d-of-%05d.tfrecord", shard, shards);
    }

    /** The index that belongs to a shard. */
    static Path indexOf(Path shard) {
        return shard.resolveSibling(shard.getFileName().toString().replaceFirst("\\.tfrecord$", "") + ".index");
    }

    Path index() {
        return indexOf(file);
    }

    void write(Framed record) throws IOException {
        indexBuffer.write(OffsetIndex.entry(bytes, record.tokens()));
        dataBuffer.write(record.frame());
        digest.update(record.frame());
        records++;
        bytes += record.frame().length;
    }

    /** Brings all that was written to the disk, and says how much that is. */
    SavedState.Shard save() throws IOException {
        if (saved == null || saved.bytes() != bytes) {
            dataBuffer.flush();
            indexBuffer.flush();
            data.force(true);
            index.force(true);
            saved = new SavedState.Shard(records, bytes, hex());
        }
        return saved;
    }

    /** Completes both files on the disk, and says what they hold. */
    SavedState.Shard finish() throws IOException {
        indexBuffer.write(OffsetIndex.entry(bytes, 0));
        dataBuffer.flush();
        indexBuffer.flush();
        data.force(true);
        index.force(true);
        close();
        return new SavedState.Shard(records, bytes, hex());
    }

    /** What is in the buffers is given up. */
    @Override
    public void close() throws IOException {
        data.close();
        index.close();
    }

    private String hex() {
        return hex(digest);
    }

    /** Of what it was given so far; it goes on. */
    private static String hex(MessageDigest digest) {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the SHA-256 of every Java platform can be cloned", e);
        }
    }

    private MessageDigest digest(SavedState.Shard from) throws IOException {
        if (!Files.exists(file)) {
            throw SavedState.damaged(file, "it is missing");
        }
        MessageDigest sum = Sha256.digest();
        long left = from.bytes();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            int read = 0;
            while (left > 0 && (read = in.read(buffer, 0, (int) Math.min(left, buffer.length))) > 0) {
                sum.update(buffer, 0, read);
                left -= read;
            }
        }
        if (left > 0) {
            throw SavedState.damaged(file, String.format("it has %,d bytes, expected at least %,d", from.bytes() - left,
                    from.bytes()));
        }
        if (!hex(sum).equals(from.sha256())) {
            throw SavedState.damaged(file, String.format("the checksum of its first %,d bytes does not match", from.bytes()));
        }
        return sum;
    }
}
