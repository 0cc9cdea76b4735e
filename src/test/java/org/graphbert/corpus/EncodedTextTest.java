package org.graphbert.corpus;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodedTextTest {

    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    @TempDir
    private Path directory;

    /** Text, encoded, packed, in one part or two: the same lines come out. */
    @Property(tries = 300)
    void linesSurviveEncodingAndPacking(
            @ForAll("lines") List<String> lines, @ForAll("encodings") String encoding, @ForAll Pack pack, @ForAll int cut) {
        Charset charset = Charset.forName(encoding);
        String text = String.join("\n", lines) + "\n";
        byte[] bytes = text.getBytes(charset);
        int middle = Math.floorMod(cut, bytes.length);
        byte[] packed = Pack.concat(
                pack.pack(Arrays.copyOf(bytes, middle)), pack.pack(Arrays.copyOfRange(bytes, middle, bytes.length)));
        // What the encoding lacks is a question mark in what went in.
        List<String> expected = List.of(new String(bytes, charset).split("\n", -1));
        assertEquals(expected.subList(0, expected.size() - 1), read(packed, charset));
    }

    @Provide
    Arbitrary<List<String>> lines() {
        Arbitrary<Character> characters = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.chars().range(' ', '~')),
                Tuple.of(2, Arbitraries.chars().range('\u00A1', '\u00FF')),
                Tuple.of(2, Arbitraries.of('\u20AC', '\u4E2D', '\u6587', '\u3042', '\u30A2', '\u0431', '\u2028', '\uFFFD')));
        Arbitrary<String> words = Arbitraries.oneOf(
                characters.list().ofMaxSize(40).map(list -> list.stream().map(String::valueOf).reduce("", String::concat)),
                Arbitraries.of("\uD83D\uDE00", "\uD840\uDC00 x", "x".repeat(70_000)));
        return words.list().ofMinSize(1).ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> encodings() {
        return Arbitraries.of("UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "windows-1252", "ISO-8859-1", "KOI8-R",
                "Shift_JIS", "EUC-JP", "ISO-2022-JP", "GB18030", "Big5", "US-ASCII");
    }

    @Test
    void utf16WithItsMark() throws IOException {
        String text = "\uFEFFz\u00E4hlt\r\n\uD83D\uDE00\n";
        List<String> expected = List.of("z\u00E4hlt", "\uD83D\uDE00");
        Charset utf16 = Charset.forName("UTF-16");
        assertEquals(expected, read(text.getBytes(UTF_16LE), utf16));
        assertEquals(expected, read(text.getBytes(UTF_16BE), utf16));
        assertEquals(expected, read(text.getBytes(UTF_16LE), UTF_16LE));
        assertEquals(expected, read(text.substring(1).getBytes(UTF_16BE), utf16));
    }

    @Test
    void utf16ReadAsUtf8IsRecognised() throws IOException {
        String hint = ", not UTF-8 (it begins with %s); read it with --encoding %s";
        assertEquals("looks like UTF-16" + hint.formatted("FF FE", "UTF-16"), failure("\uFEFFa\n".getBytes(UTF_16LE), UTF_8));
        assertEquals("looks like UTF-16" + hint.formatted("FE FF", "UTF-16"), failure("\uFEFFa\n".getBytes(UTF_16BE), UTF_8));
        byte[] utf32 = "\uFEFFa\n".getBytes(Charset.forName("UTF-32LE"));
        assertEquals("looks like UTF-32" + hint.formatted("FF FE 00 00", "UTF-32"), failure(utf32, UTF_8));
    }

    @Test
    void malformedUtf8IsNamedWithItsOffset() throws IOException {
        byte[] start = ("ok\n" + "\u00E9".repeat(50_000) + "\nbad ").getBytes(UTF_8);
        byte[] bad = Pack.concat(start, new byte[] {(byte) 0xC3, '(', '\n'});
        String hint = " is not UTF-8; name the encoding with --encoding (such as windows-1252), or convert the text";
        assertEquals(String.format("byte %,d (0xC3)%s", start.length, hint), failure(bad, UTF_8));
        assertEquals(String.format("byte %,d (0xC3)%s", start.length, hint), failure(Pack.BZIP2.pack(bad), UTF_8));
        assertEquals("byte 1 (0xE2)" + hint, failure(new byte[] {'a', (byte) 0xE2, (byte) 0x82}, UTF_8));
    }

    @Test
    void whatIsNotInTheEncodingIsNamedWithTheOffsetInTheSource() throws IOException {
        // Before, on and behind the boundaries of the buffers; every character before has another length in UTF-8.
        for (int before : new int[] {0, 1, 32_766, 32_767, 32_768, 32_769, 65_535, 65_536, 100_000}) {
            byte[] euros = new byte[before];
            Arrays.fill(euros, (byte) 0x80);
            assertMalformed(euros, "81", WINDOWS_1252, "windows-1252");
            byte[] odd = Arrays.copyOf("a".getBytes(UTF_8), before % 2);
            byte[] pairs = Pack.concat(odd, "\u3042".repeat(before / 2).getBytes(Charset.forName("Shift_JIS")));
            assertMalformed(pairs, "82", " ", Charset.forName("Shift_JIS"), "Shift_JIS");
            byte[] big5 = Pack.concat(odd, "\u4E2D".repeat(before / 2).getBytes(Charset.forName("Big5")));
            assertMalformed(big5, "FF", Charset.forName("Big5"), "Big5");
        }
        assertMalformed("a".getBytes(UTF_8), "E4", Charset.forName("US-ASCII"), "US-ASCII");
        assertMalformed("\u4E2D".getBytes(Charset.forName("Big5")), "A4", Charset.forName("Big5"), "Big5");
        assertMalformed("ab".getBytes(UTF_16LE), "00", UTF_16LE, "UTF-16LE");
        assertMalformed("ab".getBytes(UTF_16BE), "DC 00", UTF_16BE, "UTF-16BE");
    }

    @Test
    void linesBeforeTheWrongByteAreReadFirst() throws IOException {
        byte[] bytes = {'a', '\n', (byte) 0xE4, '\n', 'b', (byte) 0x81, '\n'};
        try (TextLines lines = TextLines.open(Files.write(directory.resolve("x"), bytes), WINDOWS_1252)) {
            assertEquals("a", lines.readLine());
            assertEquals("\u00E4", lines.readLine());
            assertThrows(Failure.class, lines::readLine);
        }
    }

    @Test
    void aLoneSurrogateInUtf32() throws IOException {
        byte[] bytes = {0, 0, 0, 'a', 0, 0, (byte) 0xD8, 0, 0, 0, 0, 'b'};
        assertEquals("a lone surrogate (U+D800) stands before byte 12; mend the text", failure(bytes, Charset.forName("UTF-32BE")));
    }

    /** Wrong bytes in hexadecimal behind good ones: they are named, in a plain and in a packed file. */
    private void assertMalformed(byte[] before, String bad, Charset charset, String name) throws IOException {
        assertMalformed(before, bad, "", charset, name);
    }

    private void assertMalformed(byte[] before, String bad, String behind, Charset charset, String name)
            throws IOException {
        byte[] bytes = Pack.concat(before, HexFormat.ofDelimiter(" ").parseHex(bad), behind.getBytes(charset));
        String message = failure(bytes, charset);
        String expected = String.format("byte %,d (%s) is not %s; name another --encoding, or mend the text", before.length,
                "0x" + bad.replace(" ", " 0x"), name);
        assertEquals(expected, message);
        assertEquals(expected, failure(Pack.ZSTD.pack(bytes), charset));
    }

    /** Without the file's name, which it begins with. */
    private String failure(byte[] bytes, Charset charset) throws IOException {
        Path file = directory.resolve("x");
        Failure failure = assertThrows(Failure.class, () -> read(Files.write(file, bytes), charset));
        assertEquals(3, failure.exitCode());
        assertEquals(file + ": ", failure.getMessage().substring(0, file.toString().length() + 2));
        return failure.getMessage().substring(file.toString().length() + 2);
    }

    private static List<String> read(byte[] bytes, Charset charset) {
        try {
            Path file = Files.createTempFile("encoded", "");
            try {
                return read(Files.write(file, bytes), charset);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> read(Path file, Charset charset) {
        try (TextLines lines = TextLines.open(file, charset)) {
            List<String> all = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                all.add(line);
            }
            return all;
        }
    }
}
