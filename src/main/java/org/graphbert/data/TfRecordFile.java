package org.graphbert.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;

/** A TFRecord file, plain or compressed, read at any offset by any number of threads. */
final class TfRecordFile implements AutoCloseable {

    private static final int SCAN_BUFFER = 1 << 16;
    private static final double MB = 1e6;

    private final Path file;
    private final FileChannel channel;
    private final Compression compression;

    private TfRecordFile(Path file, FileChannel channel, Compression compression) {
        this.file = file;
        this.channel = channel;
        this.compression = compression;
    }

    /**
     * Opens a file; a compressed one is unpacked to a temporary file first, see {@link Compression#unpack}. Offsets are
     * those of the unpacked records.
     *
     * @throws Failure (data) if it cannot be read, or not unpacked
     */
    static TfRecordFile open(Path file) {
        Compression compression = Compression.of(file);
        return compression == Compression.NONE
                ? plain(file) : new TfRecordFile(file, compression.unpack(file), compression);
    }

    /** Opens a file that is known not to be compressed. */
    static TfRecordFile plain(Path file) {
        try {
            return new TfRecordFile(file, FileChannel.open(file, StandardOpenOption.READ), Compression.NONE);
        } catch (NoSuchFileException e) {
            throw Failure.data("%s: no such file", file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    Path file() {
        return file;
    }

    /** What a user should know of how it is read, if it had to be unpacked. */
    Optional<String> note() {
        return compression == Compression.NONE ? Optional.empty() : Optional.of(String.format(
                "%s: is %s-compressed, which gives no random access; unpacked to %.1f MB in %s until the end of this command",
                file, compression, bytes() / MB, System.getProperty("java.io.tmpdir")));
    }

    /** The length of the records, unpacked. */
    long bytes() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The frame that lies in [offset, end): {@link TfRecord#HEADER} bytes, the record's data, {@link TfRecord#FOOTER}
     * bytes; both checksums are checked.
     *
     * @throws Failure (data) that names the file and the offset
     */
    byte[] frame(long offset, long end) {
        byte[] frame = new byte[Math.toIntExact(end - offset)];
        if (read(offset, ByteBuffer.wrap(frame)) < frame.length) {
            throw damaged(offset, TfRecord.CUT_OFF);
        }
        try {
            int data = TfRecord.length(frame, 0);
            if (data != frame.length - TfRecord.HEADER - TfRecord.FOOTER) {
                throw new IllegalArgumentException("its length is " + data + ", but by the offsets index it has "
                        + (frame.length - TfRecord.HEADER - TfRecord.FOOTER));
            }
            TfRecord.check(frame, TfRecord.HEADER, data);
            return frame;
        } catch (IllegalArgumentException e) {
            throw damaged(offset, e.getMessage());
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
        byte[] buffer = new byte[SCAN_BUFFER];
        long at = 0;
        int filled = 0;
        while (offset < size) {
            if (offset + TfRecord.HEADER > at + filled) {
                at = offset;
                filled = read(at, ByteBuffer.wrap(buffer));
            }
            long next;
            try {
                next = TfRecord.end(buffer, (int) (offset - at), filled) + at;
            } catch (IllegalArgumentException e) {
                throw damaged(offset, e.getMessage());
            }
            if (next > size) {
                throw damaged(offset, TfRecord.CUT_OFF);
            }
            if (records + 2 > offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * offsets.length);
            }
            offsets[records++] = offset;
            offset = next;
        }
        offsets[records] = size;
        return Arrays.copyOf(offsets, records + 1);
    }

    /** Fills the buffer from that offset on, as far as the file goes; returns how many bytes there were. */
    int read(long offset, ByteBuffer buffer) {
        try {
            return read(channel, offset, buffer);
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read at byte %,d: %s", file, offset, Directories.reason(e));
        }
    }

    /** The same of any file. */
    static int read(FileChannel channel, long offset, ByteBuffer buffer) throws IOException {
        int from = buffer.position();
        while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position() - from) >= 0) {
            // a read may stop short
        }
        return buffer.position() - from;
    }

    /** The failure for a record at that offset. */
    Failure damaged(long offset, String what) {
        return Failure.data("%s: damaged TFRecord at byte %,d%s: %s; copy or prepare the file again",
                file, offset, compression == Compression.NONE ? "" : " of what is packed in it", what);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Failure.data("%s: cannot be closed: %s", file, Directories.reason(e));
        }
    }

    private static Failure unreadable(Path file, IOException e) {
        return Failure.data("%s: cannot be read: %s", file, Directories.reason(e));
    }
}
