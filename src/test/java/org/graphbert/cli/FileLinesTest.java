package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.graphbert.config.Failure;
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
        try (FileLines lines = new FileLines(List.of(a, empty, c), null, StandardCharsets.UTF_8)) {
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

    @Test
    void documentsOfJsonLinesLineByLine() throws IOException {
        String json = "{\"id\": 1, \"text\": \"one\\ntwo\"}\n{\"text\": \"\"}\n{\"text\": \"three\"}\n";
        Path file = Files.writeString(directory.resolve("a.jsonl"), json);
        try (FileLines lines = new FileLines(List.of(file, file), "text", StandardCharsets.UTF_8)) {
            List<String> found = new ArrayList<>();
            lines.forEachRemaining(found::add);
            assertEquals(List.of("one", "two", "three", "one", "two", "three"), found);
        }
        try (FileLines lines = new FileLines(List.of(file), null, StandardCharsets.UTF_8)) {
            Failure failure = assertThrows(Failure.class, lines::hasNext);
            assertEquals(file + ": looks like JSON lines (the first has the fields id, text), expected text; name the field that "
                    + "holds the text, such as --text-field text", failure.getMessage());
        }
    }
}
