package org.graphbert.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** What directories that are written aside and renamed need. */
public final class Directories {

    private Directories() {}

    /**
     * Creates a directory for output, with those above it.
     *
     * @param option what the user calls it, e.g. --output
     * @throws Failure (usage) if it cannot be created, for instance because a file is in its place
     */
    public static void createOutput(String option, Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw Failure.usage("%s %s: %s is a file; choose another directory", option, directory, e.getFile());
        } catch (IOException e) {
            throw Failure.usage(
                    "%s %s: cannot be written: %s; choose a place that may be written", option, directory, reason(e));
        }
    }

    /** What fills a directory. */
    @FunctionalInterface
    public interface Filling {
        void fill(Path directory) throws IOException;
    }

    /**
     * Refuses an output that holds something already.
     *
     * @param option what the user calls it, e.g. --output
     * @throws Failure (usage) if it is a file, a link to nothing, or a directory with something in it
     */
    public static void requireEmpty(String option, Path directory) throws IOException {
        if (!Files.exists(directory)) {
            if (Files.isSymbolicLink(directory)) {
                throw Failure.usage("%s %s: is a link to what does not exist; remove it, or choose another directory", option, directory);
            }
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw Failure.usage("%s %s: is a file; choose another directory", option, directory);
        }
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw Failure.usage("%s %s: exists and is not empty; choose another directory, or remove it", option, directory);
            }
        }
    }

    /**
     * Writes a directory aside and renames it, so that it is complete or absent.
     *
     * @param option what the user calls it, e.g. --output
     * @param directory absent or empty
     * @throws Failure (usage) if it cannot be created, or holds something
     */
    public static void writeWhole(String option, Path directory, Filling filling) throws IOException {
        requireEmpty(option, directory);
        // A directory can take an empty one's place, not that of a link to one.
        Path target = Files.exists(directory) ? directory.toRealPath() : directory.toAbsolutePath().normalize();
        Path aside = target.resolveSibling("." + target.getFileName() + ".writing");
        try {
            delete(aside);
            createOutput(option, target.getParent());
            createOutput(option, aside);
            filling.fill(aside);
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            force(target.getParent());
        } finally {
            delete(aside);
        }
    }

    /** Writes a file aside, forces it to the disk and renames it: a process killed meanwhile leaves what was there. */
    public static void replaceFile(Path file, String text) throws IOException {
        Path aside = file.resolveSibling("." + file.getFileName() + ".writing");
        Files.writeString(aside, text);
        force(aside);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        force(file.toAbsolutePath().getParent());
    }

    /** What went wrong with a file, in words; the file's name is not among them. */
    public static String reason(IOException e) {
        if (!(e instanceof FileSystemException file)) {
            return e.getMessage();
        }
        if (file.getReason() != null) {
            return file.getReason();
        }
        return switch (e.getClass().getSimpleName()) {
            case "NoSuchFileException" -> "no such file or directory";
            case "AccessDeniedException" -> "permission denied";
            case "FileAlreadyExistsException" -> "exists already";
            case "NotDirectoryException" -> "is not a directory";
            case "DirectoryNotEmptyException" -> "the directory is not empty";
            default -> e.getClass().getSimpleName();
        };
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
