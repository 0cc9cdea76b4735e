package org.graphbert.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** What directories that are written aside and renamed need. */
public final class Directories {

    private Directories() {}

    /**
     * Creates a directory that results are to be written into, with those above it.
     *
     * @throws Failure (usage) if that cannot be done
     */
    public static Path create(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw Failure.usage(
                    "%s: cannot be made a directory (%s); choose another place for the output",
                    path, e.getMessage(), e);
        }
    }

    /** Deletes a file, or a directory with all that is in it; nothing happens where nothing is. */
    public static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path entry : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }

    /** Waits until a file's contents, or a directory's entries, are on the disk. */
    public static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
