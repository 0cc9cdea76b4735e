package org.graphbert.interop;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.graphbert.config.Failure;

/** Tensors whose values lie in files as they do in memory: little-endian, row-major. */
public interface StoredTensors extends TensorFile {

    /** Of every type's size a multiple. */
    int CHUNK_BYTES = 1 << 20;

    /** What takes a tensor's bytes, little-endian, chunk by chunk; each chunk but the last is a multiple of 8 bytes. */
    @FunctionalInterface
    interface Chunks {
        void accept(ByteBuffer chunk);
    }

    /**
     * Passes a tensor's bytes on, in order, a chunk at a time: memory is bounded however large the tensor.
     *
     * @throws Failure (data) if the bytes are not there, or damaged, which may turn out after the last chunk
     */
    void read(String name, Chunks chunks) throws IOException;

    /** Whether {@link #read} can read a tensor: it cannot where its type is stored in a way of its own, as texts are. */
    default boolean readable(String name) {
        return true;
    }

    @Override
    default float[] floats(String name) throws IOException {
        Entry entry = entries().get(name);
        FloatType type = FloatType.of(entry.type()).orElseThrow(() -> Failure.data(
                "%s: %s is %s; expected float32, float16 or bfloat16", where(), name, entry.type()));
        float[] values = new float[arrayLength(name, entry.elements())];
        int[] at = {0};
        read(name, chunk -> at[0] += type.widen(chunk, values, at[0]));
        return values;
    }

    /**
     * A tensor's bytes as they are stored.
     *
     * @throws Failure (data) if they are damaged, or more than an array can hold
     */
    default byte[] bytes(String name) throws IOException {
        byte[] bytes = new byte[arrayLength(name, byteSize(name))];
        ByteBuffer all = ByteBuffer.wrap(bytes);
        read(name, all::put);
        return bytes;
    }

    /** How many bytes a tensor takes. */
    long byteSize(String name);

    private int arrayLength(String name, long length) {
        // The largest array that Java virtual machines allocate.
        if (length > Integer.MAX_VALUE - 8) {
            throw Failure.data("%s: %s is too large to be read at once: found %,d elements or bytes, expected at most %,d",
                    where(), name, length, Integer.MAX_VALUE - 8);
        }
        return (int) length;
    }

    /** Passes on part of a file; for implementations. */
    static void readRange(FileChannel channel, long begin, long bytes, Chunks chunks) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, bytes)).order(ByteOrder.LITTLE_ENDIAN);
        for (long done = 0; done < bytes; ) {
            buffer.clear().limit((int) Math.min(CHUNK_BYTES, bytes - done));
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, begin + done + buffer.position()) < 0) {
                    throw new EOFException();
                }
            }
            done += buffer.flip().limit();
            chunks.accept(buffer);
        }
    }
}
