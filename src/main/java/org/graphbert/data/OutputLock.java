package org.graphbert.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.graphbert.config.Failure;

/**
 * Keeps a second process off the output while one prepares it: a locked file {@code .NAME.lock} beside it.
 *
 * <p>POSIX drops a process' locks on a file as soon as the process closes any descriptor of that file. So within the
 * process a set says what is held, without a look at the file, and whatever channel a holder opens stays open with it.
 */
final class OutputLock implements AutoCloseable {

    /** A byte far behind the contents is locked: Windows would not let others read a locked one. */
    static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private static final int MOST_CONTENTS = 100;
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel locked;
    private final FileChannel named;

    private OutputLock(Path file, FileChannel locked, FileChannel named) {
        this.file = file;
        this.locked = locked;
        this.named = named;
    }

    /**
     * Takes the lock for an output directory.
     *
     * @throws Failure (usage) if another process has it
     */
    static OutputLock take(Path output) throws IOException {
        Path file = output.resolveSibling("." + output.getFileName() + ".lock");
        if (!HELD_HERE.add(file)) {
            throw held(output, String.valueOf(ProcessHandle.current().pid()));
        }
        try {
            OutputLock lock = null;
            while (lock == null) {
                lock = tryOnce(output, file);
            }
            return lock;
        } catch (IOException | RuntimeException e) {
            HELD_HERE.remove(file);
            throw e;
        }
    }

    /** Null if whoever held it before deleted the file meanwhile: then this lock is on a file without a name. */
    private static OutputLock tryOnce(Path output, Path file) throws IOException {
        FileChannel locked = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (locked.tryLock(LOCKED_BYTE, 1, false) == null) {
            String holder = contents(locked).replaceFirst(" .*", "");
            locked.close();
            throw held(output, holder);
        }
        String mine = ProcessHandle.current().pid() + " " + System.nanoTime();
        locked.truncate(0);
        locked.write(ByteBuffer.wrap(mine.getBytes(StandardCharsets.UTF_8)), 0);
        try {
            FileChannel named = FileChannel.open(file, StandardOpenOption.READ);
            if (contents(named).equals(mine)) {
                return new OutputLock(file, locked, named);
            }
            named.close();
        } catch (NoSuchFileException e) {
            // deleted, and not made again
        }
        locked.close();
        return null;
    }

    private static Failure held(Path output, String process) {
        // One that has the lock, but has not yet written who it is, has no name.
        return Failure.usage("%s is being prepared by another process%s; wait for it, or choose another --output",
                output, process.isBlank() ? "" : " (process " + process + ")");
    }

    private static String contents(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(MOST_CONTENTS);
        channel.read(buffer, 0);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        named.close();
        locked.close();
        HELD_HERE.remove(file);
    }
}
