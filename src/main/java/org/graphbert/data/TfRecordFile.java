package org.graphbert.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.graphbert.config.Failure;

/** A TFRecord file, read at any offset by any number of threads. */
final class TfRecordFile implements AutoCloseable {

    private static final int SCAN_BUFFER = 1 << 16;

    private final Path file;
    private final FileChannel channel;

    private TfRecordFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static TfRecordFile open(Path file) {
        try {
            return new TfRecordFile(file, FileChannel.open(file, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw Failure.data("%s: no such file", file);
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", file, e.getMessage());
        }
    }

    Path file() {
        return file;
    }

    long bytes() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", file, e.getMessage());
        }
    }

    /**
     * The data of the record whose frame lies in [offset, end); both checksums are checked.
     *
     * @throws Failure (data) that names the file and the offset
     */
    byte[] read(long offset, long end) {
        long frame = end - offset;
        if (frame < TfRecord.HEADER + TfRecord.FOOTER || frame > TfRecord.LONGEST) {
            throw damaged(offset, "the index gives its frame " + frame + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) frame).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, offset + buffer.position()) < 0) {
                    throw damaged(offset, "the file ends in the middle of the record");
                }
            }
            byte[] bytes = buffer.array();
            int length = TfRecord.length(Arrays.copyOf(bytes, TfRecord.HEADER));
            if (length != frame - TfRecord.HEADER - TfRecord.FOOTER) {
                throw new IllegalArgumentException("its length is " + length + ", but the index gives its frame "
                        + frame + " bytes");
            }
            byte[] data = Arrays.copyOfRange(bytes, TfRecord.HEADER, TfRecord.HEADER + length);
            TfRecord.check(data, length, buffer.getInt(TfRecord.HEADER + length));
            return data;
        } catch (IllegalArgumentException e) {
            throw damaged(offset, e.getMessage());
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read at byte %,d: %s", file, offset, e.getMessage());
        }
    }

    /**
     * Where each record's frame begins, and behind them the length of the file; found by walking over the lengths,
     * without a look at the data.
     */
    long[] scan() {
        long[] offsets = new long[1024];
        int records = 0;
        long offset = 0;
        long size = bytes();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), SCAN_BUFFER)) {
            while (offset < size) {
                byte[] header = in.readNBytes(TfRecord.HEADER);
                if (header.length < TfRecord.HEADER) {
                    throw new IllegalArgumentException("the file ends in the middle of the record");
                }
                long next = offset + TfRecord.HEADER + TfRecord.length(header) + TfRecord.FOOTER;
                if (next > size) {
                    throw new IllegalArgumentException("the file ends in the middle of the record");
                }
                in.skipNBytes(next - offset - TfRecord.HEADER);
                if (records + 2 > offsets.length) {
                    offsets = Arrays.copyOf(offsets, 2 * offsets.length);
                }
                offsets[records++] = offset;
                offset = next;
            }
        } catch (IllegalArgumentException e) {
            throw damaged(offset, e.getMessage());
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read at byte %,d: %s", file, offset, e.getMessage());
        }
        offsets[records] = size;
        return Arrays.copyOf(offsets, records + 1);
    }

    /** The failure for a record at that offset. */
    Failure damaged(long offset, String what) {
        return Failure.data("%s: damaged TFRecord at byte %,d: %s; copy or prepare the file again", file, offset, what);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Failure.data("%s: cannot be closed: %s", file, e.getMessage());
        }
    }
}
