package org.graphbert.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.graphbert.config.Failure;

/** The bytes of a file, unpacked if it is packed (see {@link Packing}). */
public final class UnpackedFile extends InputStream {

    private final Path file;
    private final FileBytes raw;
    private final Packing packing;
    private final InputStream in;
    private long count;

    /** Opens a file, to be unpacked on all cores; see {@link #UnpackedFile(Path, int)}. */
    public UnpackedFile(Path file) {
        this(file, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Opens a file.
     *
     * @param threads how many may unpack it; the bytes are the same
     * @throws Failure (data) if it does not exist, cannot be read, or is an archive of another kind
     */
    UnpackedFile(Path file, int threads) {
        this.file = file;
        raw = new FileBytes(file);
        try {
            packing = Packing.of(raw.peek(Packing.MAGIC_BYTES));
            if (!packing.isRead()) {
                throw Failure.data("%s: is packed with %s, expected text, plain or packed with gzip, bzip2 or zstd;"
                        + " unpack it first", file, packing);
            }
            in = opened(threads);
        } catch (Failure e) {
            close(raw);
            throw e;
        }
    }

    /** How many bytes of the file itself, packed or not, have been read. */
    long fileBytesRead() {
        return raw.count();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * @throws Failure (data) if the archive is damaged or cut off, with the file, the kind and how far it could be read
     */
    @Override
    public int read(byte[] bytes, int from, int length) {
        try {
            int read = in.read(bytes, from, length);
            count += Math.max(0, read);
            return read;
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    @Override
    public void close() {
        close(in);
    }

    private InputStream opened(int threads) {
        try {
            return packing.unpack(raw, threads);
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    private Failure damaged(IOException e) {
        return Failure.data("%s: damaged %s file: behind byte %,d of its text %s; fetch or pack it again",
                file, packing, count, reason(e), e);
    }

    private String reason(IOException e) {
        return packing.isCutOff(e) ? "it is cut off" : "it cannot be unpacked: " + e.getMessage();
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // It was only read; there is nothing to lose.
        }
    }
}
