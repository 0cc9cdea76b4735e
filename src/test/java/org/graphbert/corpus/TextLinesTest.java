package org.graphbert.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextLinesTest {

    @TempDir
    private Path directory;

    @Test
    void linesEndAtLfOnly() throws IOException {
        assertEquals(List.of("a", "b", "", "c\rd\u2028e\u0085f", "g"), read("a\nb\r\n\nc\rd\u2028e\u0085f\ng"));
        assertEquals(List.of("a"), read("a\n"));
        assertEquals(List.of(), read(""));
        assertEquals(List.of(""), read("\n"));
        assertEquals(List.of("ä", "\uFFFD is allowed when written"), read("\uFEFFä\n\uFFFD is allowed when written"));
    }

    @Test
    void linesLongerThanTheBuffer() throws IOException {
        String text = "é".repeat(200_000) + "\n" + "x".repeat(65_535) + "\n" + "y".repeat(65_536);
        assertEquals(Arrays.asList(text.split("\n")), read(text));
    }

    @Test
    void missingFile() {
        Path missing = directory.resolve("missing.txt");
        assertEquals(missing + ": no such file", assertThrows(Failure.class, () -> TextLines.open(missing)).getMessage());
    }

    private List<String> read(String text) throws IOException {
        return read(Files.writeString(directory.resolve("lines.txt"), text));
    }

    private static List<String> read(Path file) {
        List<String> lines = new ArrayList<>();
        try (TextLines in = TextLines.open(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        }
        return lines;
    }
}
