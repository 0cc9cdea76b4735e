package org.graphbert.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.InflaterInputStream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.corpus.GzipStream;

/**
 * How a TFRecord file is compressed: the kinds that TensorFlow's writer knows (tensorflow/core/lib/io/record_writer.h).
 * There is no random access into either, so they are unpacked once.
 */
enum Compression {
    NONE,
    /** RFC 1952. */
    GZIP,
    /** RFC 1950. */
    ZLIB;

    private static final int BUFFER = 1 << 16;
    private static final int GZIP_MAGIC = 0x1F8B;
    /** RFC 1950, section 2.2: deflate with a window of 32 KiB, as TensorFlow has it; the first two bytes divide by 31. */
    private static final int ZLIB_DEFLATE = 0x78;
    private static final int ZLIB_CHECK = 31;

    /**
     * Tells by the first bytes, whatever the file's name: a header with the right checksum is that of a plain file.
     *
     * @throws Failure (data) if the file cannot be read
     */
    static Compression of(Path file) {
        byte[] first;
        try (InputStream in = Files.newInputStream(file)) {
            first = in.readNBytes(TfRecord.HEADER);
        } catch (NoSuchFileException e) {
            throw Failure.data("%s: no such file", file);
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", file, Directories.reason(e));
        }
        if (first.length < 2 || isHeader(first)) {
            return NONE;
        }
        int start = (first[0] & 0xFF) << 8 | first[1] & 0xFF;
        if (start == GZIP_MAGIC) {
            return GZIP;
        }
        return first[0] == ZLIB_DEFLATE && start % ZLIB_CHECK == 0 ? ZLIB : NONE;
    }

    /** Whether the first bytes of a file, unpacked, are the header of a record. */
    static boolean beginsWithRecord(Path file) {
        Compression compression = of(file);
        try (InputStream raw = Files.newInputStream(file); InputStream in = compression.open(raw)) {
            return isHeader(in.readNBytes(TfRecord.HEADER));
        } catch (IOException e) {
            return false; // something else, or cut off before its first record
        }
    }

    /**
     * Unpacks a file into a temporary one in java.io.tmpdir, which is deleted when it is closed or the process ends,
     * however it ends (where the system can: before that it has no name).
     *
     * @throws Failure (data) if the file is damaged or cut off, or there is no room
     */
    FileChannel unpack(Path file) {
        return unpack(file, Path.of(System.getProperty("java.io.tmpdir")));
    }

    FileChannel unpack(Path file, Path directory) {
        FileChannel out = create(file, directory);
        try {
            fill(out, file, directory);
            return out;
        } catch (RuntimeException e) {
            close(out);
            throw e;
        }
    }

    private void fill(FileChannel out, Path file, Path directory) {
        byte[] buffer = new byte[BUFFER];
        long done = 0;
        try (InputStream raw = Files.newInputStream(file); InputStream in = open(raw)) {
            for (int read = read(in, buffer, file, done); read >= 0; read = read(in, buffer, file, done)) {
                write(out, ByteBuffer.wrap(buffer, 0, read), file, directory, done);
                done += read;
            }
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", file, Directories.reason(e));
        }
    }

    private InputStream open(InputStream raw) {
        return switch (this) {
            case NONE -> raw;
            case GZIP -> new GzipStream(raw);
            case ZLIB -> new InflaterInputStream(raw);
        };
    }

    private int read(InputStream in, byte[] buffer, Path file, long done) {
        try {
            return in.read(buffer);
        } catch (EOFException e) {
            throw Failure.data("%s: damaged %s file: it is cut off behind byte %,d of what is packed in it; copy the file again",
                    file, this, done, e);
        } catch (IOException e) {
            throw Failure.data("%s: damaged %s file: it cannot be unpacked behind byte %,d of what is packed in it (%s);"
                    + " copy the file again", file, this, done, e.getMessage(), e);
        }
    }

    private void write(FileChannel out, ByteBuffer bytes, Path file, Path directory, long done) {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw noRoom(file, directory, String.format("after %,d bytes: %s", done, Directories.reason(e)), e);
        }
    }

    private FileChannel create(Path file, Path directory) {
        try {
            return FileChannel.open(Files.createTempFile(directory, "graphbert-", ".tfrecord"),
                    StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw noRoom(file, directory, Directories.reason(e), e);
        }
    }

    private Failure noRoom(Path file, Path directory, String what, IOException e) {
        return Failure.data("%s: is %s-compressed and cannot be unpacked into %s %s; unpack it first, or name a directory"
                + " with room: GRAPHBERT_JAVA_OPTIONS=-Djava.io.tmpdir=DIR", file, this, directory, what, e);
    }

    private static boolean isHeader(byte[] first) {
        try {
            return TfRecord.end(first, 0, first.length) > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // What it held is of no use any more.
        }
    }

    /** In the field's words. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
