package org.graphbert.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;

/** Files that are there complete or not at all: written aside, then renamed. */
final class WholeFile {

    private WholeFile() {}

    static void createDirectories(Path directory) {
        Directories.createOutput("--output", directory);
    }

    /** Writes the text in UTF-8, in place of a file that may be there. */
    static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes the bytes, in place of a file that may be there.
     *
     * @throws Failure (usage) if that cannot be done there
     */
    static void write(Path file, byte[] bytes) {
        Path aside = file.resolveSibling(file.getFileName() + ".partial");
        try {
            Files.write(aside, bytes);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failure.usage("--output %s: %s cannot be written: %s; choose a place that may be written",
                    file.getParent(), file.getFileName(), Directories.reason(e), e);
        }
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
