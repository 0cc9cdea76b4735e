package org.graphbert.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.graphbert.config.Failure;

/** Keeps a second process off the output while one prepares it: a locked file {@code .NAME.lock} beside it. */
final class OutputLock implements AutoCloseable {

    /** A byte far behind the contents is locked: Windows would not let others read a locked one. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final Path file;
    private final FileChannel channel;

    private OutputLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock for an output directory.
     *
     * @throws Failure (usage) if another process has it
     */
    static OutputLock take(Path output) throws IOException {
        Path file = output.resolveSibling("." + output.getFileName() + ".lock");
        String mine = ProcessHandle.current().pid() + " " + System.nanoTime();
        while (true) {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock(LOCKED_BYTE, 1, false);
            } catch (OverlappingFileLockException e) { // held within this process
                lock = null;
            }
            if (lock == null) {
                channel.close();
                throw Failure.usage("%s is being prepared by another process%s; wait for it, or choose another --output",
                        output, holder(file));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(mine.getBytes(StandardCharsets.UTF_8)));
            // Whoever held it before deletes the file; then this lock is on a file without a name, and worthless.
            if (Files.exists(file) && Files.readString(file).equals(mine)) {
                return new OutputLock(file, channel);
            }
            channel.close();
        }
    }

    private static String holder(Path file) {
        try {
            return " (process " + Files.readString(file).replaceFirst(" .*", "") + ")";
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
    }
}
