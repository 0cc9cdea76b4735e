package org.graphbert.evaluate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * A matrix in NumPy's file format, version 1.0 (numpy.lib.format), written row by row: how many there are is put into the
 * header at the end. Until then it lies beside its place, as NAME.writing.
 */
public final class NpyFile implements AutoCloseable {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    /** Of the header with all before it: the data are to be aligned by 64, and the number of rows has room to grow. */
    private static final int DATA_AT = 128;
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final Path aside;
    private final FileChannel channel;
    private final String type;
    private final int columns;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private long rows;

    private NpyFile(Path file, String type, int columns) throws IOException {
        this.file = file;
        this.type = type;
        this.columns = columns;
        aside = file.resolveSibling(file.getFileName() + ".writing");
        channel = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        channel.position(DATA_AT);
    }

    /** A matrix of float32 [rows, columns]. */
    public static NpyFile floats(Path file, int columns) throws IOException {
        return new NpyFile(file, "<f4", columns);
    }

    /** A vector of int64 [rows]. */
    public static NpyFile longs(Path file) throws IOException {
        return new NpyFile(file, "<i8", 0);
    }

    /** One more row. */
    public void add(float[] row) throws IOException {
        if (row.length != columns) {
            throw new IllegalArgumentException("a row of " + row.length + " numbers, expected " + columns);
        }
        for (float number : row) {
            room().putFloat(number);
        }
        rows++;
    }

    /** One more number of a vector. */
    public void add(long number) throws IOException {
        room().putLong(number);
        rows++;
    }

    private ByteBuffer room() throws IOException {
        if (buffer.remaining() < Long.BYTES) {
            drain();
        }
        return buffer;
    }

    private void drain() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** How many rows there are. */
    public long rows() {
        return rows;
    }

    /** Completes the file, which is in its place from then on. */
    public void complete() throws IOException {
        drain();
        String shape = columns == 0 ? rows + "," : rows + ", " + columns;
        String header = String.format(Locale.ROOT, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", type, shape);
        int length = DATA_AT - MAGIC.length - Short.BYTES;
        buffer.put(MAGIC).putShort((short) length);
        buffer.put((String.format("%-" + (length - 1) + "s", header) + "\n").getBytes(StandardCharsets.US_ASCII));
        channel.position(0);
        drain();
        channel.close();
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What was not completed is removed. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(aside);
    }
}
