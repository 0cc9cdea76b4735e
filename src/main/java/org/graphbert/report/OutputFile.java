package org.graphbert.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;

/** A file that is written aside and renamed: what was there stays, or all of the new is there. */
final class OutputFile {

    private OutputFile() {}

    @FunctionalInterface
    interface Writing {
        void to(Path file) throws IOException;
    }

    /**
     * Writes it, with the directories above it.
     *
     * @throws Failure (usage) if it cannot be written
     */
    static void write(Path output, Writing writing) throws IOException {
        Path target = output.toAbsolutePath().normalize();
        Directories.createOutput("--output", target.getParent());
        Path aside = target.resolveSibling("." + target.getFileName() + ".writing");
        try {
            writing.to(aside);
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failure.usage(
                    "--output %s: cannot be written: %s; choose a place that may be written", output, Directories.reason(e));
        } finally {
            Directories.delete(aside); // which is content where such a file cannot be
        }
    }
}
