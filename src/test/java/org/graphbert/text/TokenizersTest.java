package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizersTest {

    private static final String SPECIAL = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    private static final String JSON =
            """
            {"added_tokens": [{"id": 1, "content": "[UNK]", "special": true}],
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                            "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                       "max_input_chars_per_word": 100,
                       "vocab": {"[UNK]": 1, "[PAD]": 0, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5, "##b": 6}}}
            """;

    @TempDir
    private Path directory;

    @Test
    void whatIsSavedLoadsAsTheSame() {
        for (WordPieceOptions options : List.of(
                WordPieceOptions.uncased(),
                WordPieceOptions.cased(),
                new WordPieceOptions(true, false, false, 7),
                new WordPieceOptions(false, true, true, 200))) {
            WordPieceTokenizer saved = WordPieceTokenizer.of(WordPieceTokenizerTest.ENTRIES, options);
            saved.save(directory.resolve("new/dir"));
            assertEquals(saved.checksum(), Tokenizers.load(directory.resolve("new/dir"), null).checksum());
            Path json = directory.resolve("new/dir/tokenizer.json");
            assertEquals(saved.checksum(), Tokenizers.load(json, null).checksum());
        }
    }

    @Test
    void savingLeavesThreeFilesAndNoScraps() throws IOException {
        WordPieceTokenizer.of(WordPieceTokenizerTest.ENTRIES, WordPieceOptions.cased()).save(directory);
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of("tokenizer.json", "tokenizer_config.json", "vocab.txt"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aVocabularyAloneLowerCasesUnlessCased() throws IOException {
        Path file = write("vocab.txt", SPECIAL + "a\nA\n");
        assertEquals(List.of("a"), WordPieceTokenizerTest.tokens(Tokenizers.load(file, null), "\u00C1"));
        assertEquals(List.of("a"), WordPieceTokenizerTest.tokens(Tokenizers.load(directory, false), "A"));
        assertEquals(List.of("A"), WordPieceTokenizerTest.tokens(Tokenizers.load(file, true), "A"));
        assertEquals(List.of("A"), WordPieceTokenizerTest.tokens(Tokenizers.load(directory, true), "A"));
    }

    @Test
    void linesMayEndInCarriageReturnsAndTheLastNeedsNoEnd() throws IOException {
        Tokenizer tokenizer = Tokenizers.load(write("v", SPECIAL.replace("\n", "\r\n") + "a\u2028b\r\nlast"), null);
        assertEquals(7, tokenizer.size());
        assertEquals("a\u2028b", tokenizer.token(5));
        assertEquals("last", tokenizer.token(6));
    }

    @Test
    void readsAHuggingFaceTokenizer() throws IOException {
        Tokenizer tokenizer = Tokenizers.load(write("tokenizer.json", JSON), null);
        assertArrayEquals(new int[] {5, 6}, tokenizer.encode("\u00C1b").ids());
        assertArrayEquals(new int[] {5, 6}, Tokenizers.load(directory, false).encode("ab").ids());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "\"BertNormalizer\"; \"NFC\"; normalizer.type is NFC, expected BertNormalizer",
        "\"BertPreTokenizer\"; \"Whitespace\"; pre_tokenizer.type is Whitespace",
        "\"WordPiece\"; \"Unigram\"; model.type is Unigram",
        "\"unk_token\": \"[UNK]\"; \"unk_token\": \"<unk>\"; model.unk_token is <unk>",
        "\"continuing_subword_prefix\": \"##\"; \"continuing_subword_prefix\": \"_\"; continuing_subword_prefix is _",
        "\"clean_text\": true; \"clean_text\": false; clean_text is false",
        "\"lowercase\": true; \"lowercase\": 1; lowercase is 1",
        "\"##b\": 6; \"##b\": 7; token '##b' has id 7, expected 0 to 6",
        "\"##b\": 6; \"##b\": 5; both have id 5",
        "\"##b\": 6; \"a\": 6; Duplicate field 'a'",
        "\"[MASK]\"; \"[mask]\"; no [MASK] among the 7 entries",
        "\"content\": \"[UNK]\"; \"content\": \"<x>\"; added token '<x>' (id 1) is not in model.vocab",
        "\"max_input_chars_per_word\": 100; \"max_input_chars_per_word\": 0; max_input_chars_per_word is 0",
        "{\"added_tokens\"; {added; is not JSON",
    })
    void refusesATokenizerJsonThatEncodesOtherwise(String find, String replace, String message) throws IOException {
        assertTrue(JSON.contains(find), find);
        Path file = write("tokenizer.json", JSON.replace(find, replace));
        assertFails(Failure.Kind.DATA, file, null, message);
    }

    @Test
    void badVocabulariesSayWhere() throws IOException {
        assertFails(Failure.Kind.DATA, directory.resolve("nowhere"), null, "nowhere: no such file or directory");
        assertFails(Failure.Kind.DATA, directory, null, "holds neither vocab.txt nor tokenizer.json");
        assertFails(Failure.Kind.DATA, write("v", SPECIAL + "a\nb\na\n"), null, "(lines 6 and 8) are both 'a'");
        assertFails(Failure.Kind.DATA, write("v", SPECIAL + "a\n\nb\n"), null, "(line 7) is empty");
        assertFails(Failure.Kind.DATA, write("v", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"), null, "no [MASK] among the 4");
        assertFails(Failure.Kind.DATA, write("v", ""), null, "no [PAD] among the 0");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("[PAD]\n\u00E9".getBytes(StandardCharsets.UTF_8));
        bytes.write(0xE9);
        Path latin = directory.resolve("latin");
        Files.write(latin, bytes.toByteArray());
        assertFails(Failure.Kind.DATA, latin, null, "latin: byte 0xE9 at offset 8 is not UTF-8");
    }

    @Test
    void aConfigOfAnotherKindIsRefused() throws IOException {
        write("vocab.txt", SPECIAL);
        write("tokenizer_config.json", "{\"tokenizer_class\": \"BertJapaneseTokenizer\"}");
        assertFails(Failure.Kind.DATA, directory, null, "tokenizer_class is 'BertJapaneseTokenizer'");
        write("tokenizer_config.json", "[]");
        assertFails(Failure.Kind.DATA, directory, null, "is not a JSON object");
        write("tokenizer_config.json", "{\"do_lower_case\": false, \"strip_accents\": null}");
        assertEquals(
                WordPieceOptions.cased(), ((WordPieceTokenizer) Tokenizers.load(directory, null)).options());
        assertFails(Failure.Kind.USAGE, directory, false, "is cased, but lower-casing was asked for");
    }

    @Test
    void anotherTokenizerIsNeverOverwritten() throws IOException {
        WordPieceTokenizer one = WordPieceTokenizer.of(WordPieceTokenizerTest.ENTRIES, WordPieceOptions.uncased());
        WordPieceTokenizer two = WordPieceTokenizer.of(WordPieceTokenizerTest.ENTRIES, WordPieceOptions.cased());
        assertTrue(Tokenizers.saveNew(one, directory));
        assertFalse(Tokenizers.saveNew(one, directory));
        Failure failure = assertThrows(Failure.class, () -> Tokenizers.saveNew(two, directory));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertEquals(one.checksum(), Tokenizers.load(directory, null).checksum());
        Path file = write("file", "");
        assertThrows(Failure.class, () -> Tokenizers.saveNew(two, file));
    }

    private static void assertFails(Failure.Kind kind, Path path, Boolean cased, String message) {
        Failure failure = assertThrows(Failure.class, () -> Tokenizers.load(path, cased));
        assertEquals(kind, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}
