package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

class TokenStreamsTest {

    private final Tokenizer tokenizer =
            WordPieceTokenizer.of(WordPieceTokenizerTest.ENTRIES, WordPieceOptions.uncased());

    @Test
    void aLineForALine() throws IOException {
        assertEquals("un ##aff ##able\n\na e\n[UNK] a\n", encode("unaffable\n\na\re\n\u4E00 a", false));
        assertEquals("5 6 7\n\n12 13\n", encode("unaffable\n\na\u2028e\u0085\n", true));
        assertEquals("", encode("", true));
        assertEquals("\n", encode("\n", true));
    }

    @Test
    void linesLongerThanTheBufferArriveWhole() throws IOException {
        String line = "a ".repeat(100_000) + "\uD83D\uDE00";
        String expected = "a ".repeat(100_000) + "\uD83D\uDE00\n";
        assertEquals(expected + expected, encode(line + "\n" + line, false));
    }

    @Test
    void theReplacementCharacterItselfIsText() throws IOException {
        assertEquals("a e\n", encode("a\uFFFD e\n", false));
    }

    @Test
    void bytesThatAreNotUtf8AreNamed() {
        byte[] bytes = "abc\n\u00E9x\n".getBytes(StandardCharsets.ISO_8859_1);
        Failure failure = assertThrows(Failure.class, () -> TokenStreams.encode(
                tokenizer, new ByteArrayInputStream(bytes), new ByteArrayOutputStream(), false));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(failure.getMessage().startsWith("stdin: byte 4 (0xE9) is not UTF-8"), failure.getMessage());
    }

    @Test
    void otherEncodingsAreReadThroughATranscoder() throws IOException {
        byte[] utf16 = "unaffable\na e".getBytes(StandardCharsets.UTF_16);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream utf8 = Transcoder.utf8(new ByteArrayInputStream(utf16), StandardCharsets.UTF_16, TokenStreams.SOURCE);
        TokenStreams.encode(tokenizer, utf8, out, false);
        assertEquals("un ##aff ##able\na e\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void encodingsAreFoundByTheirNames() {
        assertEquals(StandardCharsets.UTF_8, TextEncoding.named("utf8"));
        assertEquals("windows-1252", TextEncoding.named("cp1252").name());
        assertUnknown("utf_16 le", "did you mean UTF-16LE?");
        assertUnknown("win-1252", "expected a name such as UTF-8, UTF-16, windows-1252, ISO-8859-2, KOI8-R, Shift_JIS,"
                + " GB18030 or Big5");
        assertUnknown("", "expected a name such as UTF-8,");
    }

    private static void assertUnknown(String name, String hint) {
        Failure failure = assertThrows(Failure.class, () -> TextEncoding.named(name));
        assertEquals(2, failure.exitCode());
        String expected = "--encoding is '" + name + "', which Java does not know; " + hint;
        assertTrue(failure.getMessage().startsWith(expected), failure.getMessage());
    }

    @Test
    void decodesLinesOfIds() throws IOException {
        assertEquals("[CLS] unaffable [SEP]\n\na\n", decode("2 5  6 7\t3\n\n12"));
    }

    @Test
    void whatIsNoIdIsNamed() {
        for (String bad : new String[] {"x", "-1", "99", "5.0", "99999999999"}) {
            Failure failure = assertThrows(Failure.class, () -> decode("5\n5 " + bad + "\n"));
            assertTrue(
                    failure.getMessage().startsWith("stdin: line 2: '" + bad + "' is not a token id"),
                    failure.getMessage());
        }
    }

    private String encode(String text, boolean ids) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TokenStreams.encode(tokenizer, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), out, ids);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String decode(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TokenStreams.decode(tokenizer, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
