package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

class WordPieceTokenizerTest {

    static final List<String> ENTRIES = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "##a", "runn", "##ing", ",", "a", "e",
            "wa", "##nt", "want", "##ed", "\uD83D\uDE00", "##\uD83D\uDE00");

    private final WordPieceTokenizer tokenizer = WordPieceTokenizer.of(ENTRIES, WordPieceOptions.uncased());

    /** The example of google-research/bert's tokenization_test.py. */
    @Test
    void cutsTheLongestPieces() {
        assertEquals(List.of("un", "##want", "##ed"), tokens(with("##want"), "UNwant\u00E9d"));
        assertEquals(List.of("un", "##aff", "##able"), tokens(tokenizer, "Unaffable"));
        assertEquals(List.of("want", "##ed", ",", "runn", "##ing"), tokens(tokenizer, "wanted,running"));
        assertEquals(List.of("a", "##\uD83D\uDE00"), tokens(tokenizer, "a\uD83D\uDE00"));
    }

    @Test
    void aWordThatCannotBeCutToItsEndIsUnknownAsAWhole() {
        Encoding encoding = tokenizer.encode("unaffx un");
        assertArrayEquals(new int[] {1, 5}, encoding.ids());
        assertArrayEquals(new int[] {0, 7}, encoding.starts());
        assertArrayEquals(new int[] {6, 9}, encoding.ends());
    }

    @Test
    void longWordsAreUnknownByCodePoints() {
        WordPieceTokenizer four = WordPieceTokenizer.of(ENTRIES, WordPieceOptions.uncased().withMaxWordLength(4));
        String face = "\uD83D\uDE00";
        assertEquals(List.of(face, "##" + face, "##" + face, "##" + face), tokens(four, face.repeat(4)));
        assertEquals(List.of("[UNK]"), tokens(four, face.repeat(5)));
        assertEquals(101, tokenizer.encode("a" + "a".repeat(99) + " a").length());
        assertEquals(List.of("[UNK]", "a"), tokens(tokenizer, "a".repeat(101) + " a"));
    }

    @Test
    void offsetsLeadBackToTheText() {
        String text = " WANT\u00E9d, e\u0301\u0301 A";
        Encoding encoding = tokenizer.encode(text);
        List<String> slices = new ArrayList<>();
        for (int i = 0; i < encoding.length(); i++) {
            slices.add(text.substring(encoding.starts()[i], encoding.ends()[i]));
        }
        assertEquals(List.of("WANT", "\u00E9d", ",", "e\u0301\u0301", "A"), slices);
        assertArrayEquals(new boolean[] {true, false, true, true, true}, encoding.wordStarts());
    }

    @Test
    void specialTokensInTheTextAreOrdinaryText() {
        assertEquals(List.of("[UNK]", "[UNK]", "[UNK]"), tokens(tokenizer, "[MASK]"));
    }

    @Test
    void decodingRejoinsPieces() {
        assertEquals("[CLS] unaffable , a [SEP]", tokenizer.decode(new int[] {2, 5, 6, 7, 11, 12, 3}));
        assertEquals("##aff un", tokenizer.decode(new int[] {6, 5}));
        assertEquals("", tokenizer.decode(new int[0]));
        assertThrows(Failure.class, () -> tokenizer.decode(new int[] {99}));
    }

    @Test
    void knowsItsVocabulary() {
        assertEquals(ENTRIES.size(), tokenizer.size());
        assertEquals(OptionalInt.of(6), tokenizer.id("##aff"));
        assertEquals(OptionalInt.empty(), tokenizer.id("nowhere"));
        assertEquals(new SpecialTokens(0, 1, 2, 3, 4), tokenizer.special());
        assertTrue(tokenizer.startsWord(2));
        assertTrue(tokenizer.startsWord(5));
        assertFalse(tokenizer.startsWord(6));
        assertEquals("wordpiece", tokenizer.type());
    }

    @Test
    void theChecksumCoversEntriesAndOptions() {
        assertEquals(tokenizer.checksum(), WordPieceTokenizer.of(ENTRIES, WordPieceOptions.uncased()).checksum());
        assertNotEquals(tokenizer.checksum(), WordPieceTokenizer.of(ENTRIES, WordPieceOptions.cased()).checksum());
        assertNotEquals(tokenizer.checksum(), with("x").checksum());
        assertEquals(64, tokenizer.checksum().length());
    }

    @Test
    void aVocabularyWithoutContinuationsStillEncodes() {
        WordPieceTokenizer bare = WordPieceTokenizer.of(ENTRIES.subList(0, 6), WordPieceOptions.uncased());
        assertEquals(List.of("un", "[UNK]"), tokens(bare, "un unun"));
    }

    private static WordPieceTokenizer with(String entry) {
        List<String> entries = new ArrayList<>(ENTRIES);
        entries.add(entry);
        return WordPieceTokenizer.of(entries, WordPieceOptions.uncased());
    }

    static List<String> tokens(Tokenizer tokenizer, String text) {
        return Arrays.stream(tokenizer.encode(text).ids()).mapToObj(tokenizer::token).toList();
    }
}
