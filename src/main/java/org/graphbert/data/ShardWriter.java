package org.graphbert.data;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

/** Writes one TFRecord file and the offsets index beside it. */
final class ShardWriter implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final FileOutputStream data;
    private final FileOutputStream index;
    private final OutputStream dataBuffer;
    private final OutputStream indexBuffer;
    private final MessageDigest digest = Sha256.digest();
    private long records;
    private long bytes;

    ShardWriter(Path directory, int shard, int shards) throws IOException {
        file = directory.resolve(name(shard, shards));
        data = new FileOutputStream(file.toFile());
        index = new FileOutputStream(indexOf(file).toFile());
        dataBuffer = new BufferedOutputStream(data, BUFFER);
        indexBuffer = new BufferedOutputStream(index, BUFFER);
        indexBuffer.write(OffsetIndex.header());
    }

    static String name(int shard, int shards) {
        return String.format(Locale.ROOT, "data-%05d-of-%05d.tfrecord", shard, shards);
    }

    /** The index that belongs to a shard. */
    static Path indexOf(Path shard) {
        return shard.resolveSibling(shard.getFileName().toString().replaceFirst("\\.tfrecord$", "") + ".index");
    }

    void write(Framed record) throws IOException {
        indexBuffer.write(OffsetIndex.entry(bytes, record.tokens()));
        dataBuffer.write(record.frame());
        digest.update(record.frame());
        records++;
        bytes += record.frame().length;
    }

    /** Completes both files on the disk, and says what they hold. */
    Manifest.Shard finish() throws IOException {
        indexBuffer.write(OffsetIndex.entry(bytes, 0));
        dataBuffer.flush();
        indexBuffer.flush();
        data.getFD().sync();
        index.getFD().sync();
        close();
        return new Manifest.Shard(
                file.getFileName().toString(), records, bytes, HexFormat.of().formatHex(digest.digest()));
    }

    @Override
    public void close() throws IOException {
        data.close();
        index.close();
    }
}
