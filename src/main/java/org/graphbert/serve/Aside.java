package org.graphbert.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.DirectoryLock;
import org.graphbert.config.Failure;

/**
 * Where a version is written before it has its number: NAME/.writing-ID, which a server that polls passes over, with a lock
 * beside it for as long as its writer lives. What a killed writer left has no holder, and the next export removes it.
 */
final class Aside implements AutoCloseable {

    private static final String PREFIX = ".writing-";
    /** Such a directory, or the lock of one. */
    private static final Pattern ENTRY = Pattern.compile("(" + Pattern.quote(PREFIX) + ".+)|\\.(" + Pattern.quote(PREFIX) + ".+)\\.lock");

    private final Path directory;
    private final DirectoryLock lock;

    private Aside(Path directory, DirectoryLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** Creates one, empty. */
    static Aside create(Path output) throws IOException {
        while (true) {
            Path directory = output.resolve(PREFIX + UUID.randomUUID());
            // First the lock: a directory without one would be taken for what a killed writer left.
            DirectoryLock lock;
            try {
                lock = DirectoryLock.ofOutput(directory);
            } catch (Failure held) {
                // By an export that clears up, and has found the lock's file before it was locked.
                continue;
            }
            try {
                return new Aside(Files.createDirectory(directory), lock);
            } catch (IOException e) {
                lock.close();
                throw e;
            }
        }
    }

    /** Removes what writers that are gone have left; what cannot be removed stays, for it is in nobody's way. */
    static void removeAbandoned(Path output) throws IOException {
        List<Path> found;
        try (Stream<Path> entries = Files.list(output)) {
            found = entries.map(entry -> ENTRY.matcher(entry.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> output.resolve(name.group(1) == null ? name.group(2) : name.group(1)))
                    .distinct()
                    .toList();
        }
        for (Path directory : found) {
            try (DirectoryLock lock = DirectoryLock.ofOutput(directory)) {
                Directories.delete(directory);
            } catch (Failure | IOException inUse) {
                // Its writer lives, or it is somebody else's.
                continue;
            }
        }
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        try {
            Directories.delete(directory);
        } finally {
            lock.close();
        }
    }
}
