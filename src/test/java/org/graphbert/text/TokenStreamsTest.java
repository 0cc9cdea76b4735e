package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
        assertTrue(failure.getMessage().startsWith("stdin: byte 0xE9 at offset 4"), failure.getMessage());
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
