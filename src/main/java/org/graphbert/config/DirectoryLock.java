package org.graphbert.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a second process off a directory while one writes it: a locked file that is gone when the work is done.
 *
 * <p>POSIX drops a process' locks on a file as soon as the process closes any descriptor of that file. So within the
 * process a set says what is held, without a look at the file, and whatever channel a holder opens stays open with it.
 */
public final class DirectoryLock implements AutoCloseable {

    /** A byte far behind the contents is locked: Windows would not let others read a locked one. */
    static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private static final int MOST_CONTENTS = 100;
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel locked;
    private final FileChannel named;
    /** The file's identity, where the file system has such a thing. */
    private final Object key;

    private DirectoryLock(Path file, FileChannel locked, FileChannel named, Object key) {
        this.file = file;
        this.locked = locked;
        this.named = named;
        this.key = key;
    }

    /**
     * Who is refused.
     *
     * @param directory what is locked
     * @param doing what its holder is doing with it, e.g. prepared
     * @param option what the user calls the directory, e.g. --output
     */
    private record Claim(Path directory, String doing, String option) {

        Failure held(String process) {
            // One that has the lock, but has not yet written who it is, has no name.
            return Failure.usage("%s is being %s by another process%s; wait for it, or choose another %s",
                    directory, doing, process.isBlank() ? "" : " (process " + process + ")", option);
        }
    }

    /**
     * Takes the lock for an output directory that does not exist yet: a file {@code .NAME.lock} beside it.
     *
     * @throws Failure (usage) if another process has it
     */
    public static DirectoryLock ofOutput(Path output) throws IOException {
        return take(output.resolveSibling("." + output.getFileName() + ".lock"), new Claim(output, "prepared", "--output"));
    }

    /**
     * Takes the lock of a run's directory: a file {@code .lock} in it, for its parent may be one that nobody may write.
     *
     * @throws Failure (usage) if another process has it
     */
    public static DirectoryLock ofRun(Path run) throws IOException {
        return take(run.resolve(".lock"), new Claim(run, "trained", "--run"));
    }

    private static DirectoryLock take(Path at, Claim claim) throws IOException {
        Path file = at.toAbsolutePath().normalize();
        if (!HELD_HERE.add(file)) {
            throw claim.held(String.valueOf(ProcessHandle.current().pid()));
        }
        try {
            DirectoryLock lock = null;
            while (lock == null) {
                lock = tryOnce(file, claim);
            }
            return lock;
        } catch (IOException | RuntimeException e) {
            HELD_HERE.remove(file);
            throw e;
        }
    }

    /** Null if whoever held it before deleted the file meanwhile: then this lock is on a file without a name. */
    private static DirectoryLock tryOnce(Path file, Claim claim) throws IOException {
        FileChannel locked = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (locked.tryLock(LOCKED_BYTE, 1, false) == null) {
            String holder = contents(locked).replaceFirst(" .*", "");
            locked.close();
            throw claim.held(holder);
        }
        String mine = ProcessHandle.current().pid() + " " + System.nanoTime();
        locked.truncate(0);
        locked.write(ByteBuffer.wrap(mine.getBytes(StandardCharsets.UTF_8)), 0);
        try {
            FileChannel named = FileChannel.open(file, StandardOpenOption.READ);
            if (contents(named).equals(mine)) {
                return new DirectoryLock(file, locked, named, key(file));
            }
            named.close();
        } catch (NoSuchFileException e) {
            // deleted, and not made again
        }
        locked.close();
        return null;
    }

    /** Whether the file is still there, and this one: who removes it lets others in. */
    public boolean held() throws IOException {
        try {
            return Objects.equals(key, key(file));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static String contents(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(MOST_CONTENTS);
        channel.read(buffer, 0);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        if (held()) {
            Files.delete(file);
        }
        named.close();
        locked.close();
        HELD_HERE.remove(file);
    }
}
