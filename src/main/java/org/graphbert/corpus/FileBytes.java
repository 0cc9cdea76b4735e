package org.graphbert.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.graphbert.config.Failure;

/**
 * The bytes of a file as they lie there, buffered and counted. What goes wrong with the file itself is a {@link Failure}
 * at once, so that whoever unpacks the bytes may take any {@link IOException} for damage to the archive.
 */
final class FileBytes extends InputStream {

    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int next;
    private int end;
    private volatile long count;

    /**
     * Opens a file.
     *
     * @throws Failure (data) if it does not exist or cannot be opened
     */
    FileBytes(Path file) {
        this.file = file;
        try {
            in = Files.newInputStream(file);
        } catch (NoSuchFileException e) {
            throw Failure.data("%s: no such file", file);
        } catch (AccessDeniedException e) {
            throw Failure.data("%s: cannot be read: permission denied", file);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The first bytes, not taken: fewer than asked for if the file is shorter. */
    byte[] peek(int bytes) {
        while (end < bytes && fill(end)) {
            // until there are enough
        }
        byte[] first = new byte[Math.min(bytes, end)];
        System.arraycopy(buffer, 0, first, 0, first.length);
        return first;
    }

    /** How many bytes have been read from the file. */
    long count() {
        return count;
    }

    @Override
    public int read() {
        if (next == end && !refill()) {
            return -1;
        }
        return buffer[next++] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) {
        if (next == end && length >= buffer.length) {
            return some(bytes, from, length); // no need to copy
        }
        if (next == end && !refill()) {
            return -1;
        }
        int some = Math.min(length, end - next);
        System.arraycopy(buffer, next, bytes, from, some);
        next += some;
        return some;
    }

    /** At least 1 unless the file is at its end: unpackers ask before they look for another stream behind the first. */
    @Override
    public int available() {
        return next < end || refill() ? end - next : 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean refill() {
        next = 0;
        end = 0;
        return fill(0);
    }

    private boolean fill(int from) {
        int read = some(buffer, from, buffer.length - from);
        end = from + Math.max(0, read);
        return read > 0;
    }

    private int some(byte[] bytes, int from, int length) {
        try {
            int read = in.read(bytes, from, length);
            count += Math.max(0, read);
            return read;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Failure unreadable(IOException e) {
        return Failure.data("%s: cannot be read: %s", file, e.getMessage(), e);
    }
}
