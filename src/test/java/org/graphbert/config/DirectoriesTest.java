package org.graphbert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {

    @TempDir
    private Path directory;

    private void write(Path output) throws IOException {
        Directories.writeWhole("--output", output, aside -> Files.writeString(aside.resolve("a"), "x"));
    }

    private void refused(String message, Path output) {
        Failure failure = assertThrows(Failure.class, () -> write(output));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void anEmptyDirectoryIsFilledThroughALinkToo() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        write(link);
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.exists(real.resolve("a")));
        assertEquals(List.of("link", "real"), names());
        refused("link: exists and is not empty", link);
    }

    @Test
    void whatCannotBeADirectoryIsRefused() throws IOException {
        refused("dangling: is a link to what does not exist",
                Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nothing")));
        Path file = Files.writeString(directory.resolve("file"), "x");
        refused("file: is a file", file);
        refused("file is a file", file.resolve("below"));
        assertEquals(List.of("dangling", "file"), names());
    }

    @Test
    void aFailureLeavesNothing() throws IOException {
        assertThrows(IOException.class, () -> Directories.writeWhole("--output", directory.resolve("new"), aside -> {
            Files.writeString(aside.resolve("half"), "x");
            throw new IOException("the disk is full");
        }));
        assertEquals(List.of(), names());
    }
}
