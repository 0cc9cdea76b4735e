package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLinesTest {

    @TempDir
    private Path directory;

    @Test
    void oneFileAfterTheOtherToTheLastByte() throws IOException {
        Path a = Files.writeString(directory.resolve("a"), "x\n".repeat(3000));
        Path empty = Files.writeString(directory.resolve("b"), "");
        Path c = Files.writeString(directory.resolve("c"), "y\n".repeat(3000));
        try (FileLines lines = new FileLines(List.of(a, empty, c), StandardCharsets.UTF_8)) {
            assertEquals(11, lines.total());
            assertEquals("KiB", lines.unit());
            assertEquals(0, lines.done());
            for (int i = 0; i < 6000; i++) {
                assertEquals(i < 3000 ? "x" : "y", lines.next());
            }
            assertFalse(lines.hasNext());
            assertEquals(11, lines.done());
            assertThrows(NoSuchElementException.class, lines::next);
        }
    }
}
