package org.graphbert.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackedTextTest {

    private static final HexFormat HEX = HexFormat.of();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Pack.class)
    void whateverTheNameAndTheNumberOfParts(Pack pack) throws IOException {
        String text = "one\n" + "long line ".repeat(30_000) + "\nlast";
        byte[] whole = pack.pack(text.getBytes(UTF_8));
        assertEquals(text.lines().toList(), read("whole.txt", whole));
        byte[] parts = Pack.concat(
                pack.pack("a\nhal".getBytes(UTF_8)), pack.pack(new byte[0]), pack.pack("f\nb\n".getBytes(UTF_8)), whole);
        List<String> expected = new ArrayList<>(List.of("a", "half", "b"));
        expected.addAll(text.lines().toList());
        assertEquals(expected, read("parts.gz", parts));
        assertEquals(List.of(), read("empty.zst", pack.pack(new byte[0])));
        assertEquals(List.of("\u00E4"), read("mark.bz2", pack.pack("\uFEFF\u00E4".getBytes(UTF_8))));
    }

    @ParameterizedTest
    @EnumSource(Pack.class)
    void bytesReadAreThoseOfTheFile(Pack pack) throws IOException {
        byte[] packed = pack.pack("some text\n".repeat(50_000).getBytes(UTF_8));
        try (TextLines lines = TextLines.open(Files.write(directory.resolve("file"), packed))) {
            assertEquals(50_000, lines.lines().count());
            assertEquals(packed.length, lines.bytesRead());
        }
    }

    /** Cut anywhere, the text read is complete (an end between two parts) or the failure says what is wrong. */
    @ParameterizedTest
    @EnumSource(value = Pack.class, mode = EnumSource.Mode.EXCLUDE, names = "PLAIN")
    void cutAnywhere(Pack pack) throws IOException {
        byte[] one = pack.pack("some text that is packed\n".getBytes(UTF_8));
        byte[] two = Pack.concat(one, pack.pack("and more\n".getBytes(UTF_8)));
        for (int length = Packing.MAGIC_BYTES; length < two.length; length++) {
            byte[] cut = Arrays.copyOf(two, length);
            if (length == one.length) {
                assertEquals(List.of("some text that is packed"), read("cut", cut));
            } else {
                String expected = String.format(
                        "%s: damaged %s file: behind byte %d of its text it is cut off; fetch or pack it again",
                        directory.resolve("cut"), pack.name().toLowerCase(), length < one.length ? 0 : 25);
                String message = failure("cut", cut);
                // What was unpacked before the cut may or may not have been handed out.
                assertEquals(expected.replaceAll("byte \\d+", "byte N"), message.replaceAll("byte \\d+", "byte N"),
                        "cut to " + length + " of " + two.length);
            }
        }
    }

    /** One bit wrong anywhere: never another text, never an error that is no Failure. */
    @ParameterizedTest
    @EnumSource(value = Pack.class, mode = EnumSource.Mode.EXCLUDE, names = "PLAIN")
    void oneBitWrong(Pack pack) throws IOException {
        String text = "some text that is packed, and packed text again\n";
        byte[] packed = Pack.concat(pack.pack(text.getBytes(UTF_8)), pack.pack(text.getBytes(UTF_8)));
        Path file = directory.resolve("flipped");
        int refused = 0;
        for (int bit = 8 * Packing.MAGIC_BYTES; bit < 8 * packed.length; bit++) {
            byte[] flipped = packed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertEquals((text + text).lines().toList(), read("flipped", flipped), "bit " + bit);
            } catch (Failure e) {
                refused++;
                assertTrue(e.getMessage().startsWith(file + ": damaged " + pack.name().toLowerCase() + " file: behind byte "),
                        e.getMessage());
                assertEquals(3, e.exitCode());
            }
        }
        assertTrue(refused > 4 * packed.length, refused + " of " + 8 * packed.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BZh", "BZh9", "BZh91AY is a name\n", "BZh0", "P*M", "PK", "(\u00B5/", "\u001F"})
    void textThatBeginsAlmostLikeAnArchive(String text) throws IOException {
        assertEquals(text.lines().toList(), read("text", text.getBytes(UTF_8)));
    }

    @Test
    void gzipHeadersWithEveryField() throws IOException {
        byte[] header = HEX.parseHex("1f8b081e" + "00000000" + "02ff" // FEXTRA, FNAME, FCOMMENT, FHCRC
                + "0300" + "010203" + "6e616d6500" + "636f6d6d656e7400" + "abcd");
        assertEquals(List.of("text"), read("x", Pack.concat(header, body("text"))));
        byte[] reserved = HEX.parseHex("1f8b0820" + "00000000" + "02ff");
        assertTrue(failure("y", Pack.concat(reserved, body("text"))).contains("a header has unknown flags (0x20)"));
    }

    @Test
    void whatFollowsAGzipMember() throws IOException {
        byte[] packed = Pack.GZIP.pack("text\n".getBytes(UTF_8));
        assertEquals(List.of("text"), read("padded", Pack.concat(packed, new byte[512])));
        assertEquals(
                directory.resolve("more") + ": damaged gzip file: behind byte 5 of its text it cannot be unpacked:"
                        + " something else follows a member; fetch or pack it again",
                failure("more", Pack.concat(packed, "more".getBytes(UTF_8))));
    }

    @Test
    void skippableFramesOfZstdAreSkipped() throws IOException {
        byte[] skippable = HEX.parseHex("5e2a4d18" + "05000000" + "0102030405");
        byte[] frame = Pack.ZSTD.pack("text\n".getBytes(UTF_8));
        assertEquals(List.of("text", "text"), read("x", Pack.concat(skippable, frame, skippable, frame, skippable)));
    }

    @Test
    void archivesOfOtherKindsAreNamed() throws IOException {
        String rest = ", expected text, plain or packed with gzip, bzip2 or zstd; unpack it first";
        assertEquals(directory.resolve("x") + ": is packed with xz" + rest, failure("x", HEX.parseHex("fd377a585a000004e6d6")));
        assertEquals(directory.resolve("y") + ": is packed with zip" + rest, failure("y", HEX.parseHex("504b03041400000008")));
    }

    @Test
    void aDirectoryIsNoFile() {
        Failure failure = assertThrows(Failure.class, () -> TextLines.open(directory).readLine());
        assertTrue(failure.getMessage().startsWith(directory + ": cannot be read: "), failure.getMessage());
    }

    private static byte[] body(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed, new Deflater(9, true))) {
            out.write(text.getBytes(UTF_8));
        }
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(UTF_8));
        String trailer = String.format("%08x%08x", Integer.reverseBytes((int) crc.getValue()), Integer.reverseBytes(text.length()));
        return Pack.concat(packed.toByteArray(), HEX.parseHex(trailer));
    }

    private String failure(String name, byte[] bytes) throws IOException {
        Failure failure = assertThrows(Failure.class, () -> read(name, bytes));
        assertEquals(3, failure.exitCode());
        return failure.getMessage();
    }

    private List<String> read(String name, byte[] bytes) throws IOException {
        try (TextLines lines = TextLines.open(Files.write(directory.resolve(name), bytes))) {
            return lines.lines().toList();
        }
    }
}
