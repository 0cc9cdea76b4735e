package org.graphbert.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
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
    void gzipOfSeveralMembers() throws IOException {
        byte[] packed = concat(gzip("one\ntw"), gzip("o\nthree"));
        assertEquals(List.of("one", "two", "three"), read(Files.write(directory.resolve("x.gz"), packed)));
    }

    @Test
    void malformedUtf8IsNamedWithItsOffset() throws IOException {
        byte[] start = ("ok\n" + "é".repeat(50_000) + "\nbad ").getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(directory.resolve("x.txt"), concat(start, new byte[] {(byte) 0xC3, '(', '\n'}));
        Failure failure = assertThrows(Failure.class, () -> read(file));
        assertEquals(
                String.format("%s: byte %,d (0xC3) is not UTF-8; convert the file, for example with iconv", file, start.length),
                failure.getMessage());
        assertEquals(3, failure.exitCode());
        Path cut = Files.write(directory.resolve("cut.txt"), new byte[] {'a', (byte) 0xE2, (byte) 0x82});
        assertTrue(assertThrows(Failure.class, () -> read(cut)).getMessage().contains("byte 1 (0xE2)"));
    }

    @Test
    void damagedGzipIsNamed() throws IOException {
        byte[] packed = gzip("some text that is long enough to be cut");
        Path cut = Files.write(directory.resolve("cut.gz"), Arrays.copyOf(packed, packed.length - 12));
        assertTrue(assertThrows(Failure.class, () -> read(cut)).getMessage().startsWith(cut + ": damaged gzip file"));
        packed[packed.length - 6] ^= 1;
        Path flipped = Files.write(directory.resolve("flipped.gz"), packed);
        assertTrue(assertThrows(Failure.class, () -> read(flipped)).getMessage().startsWith(flipped + ": damaged gzip"));
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

    static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
