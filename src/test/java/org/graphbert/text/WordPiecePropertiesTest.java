package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds for every text; jqwik prints the seed of a failure. */
class WordPiecePropertiesTest {

    private static final int[] HARD = {
        0, 9, 10, 13, 0x85, 0xA0, 0xAD, 0x130, 0x301, 0x2028, 0x2260, 0x4E00, 0xAC01, 0xD800, 0xDC00, 0xF900, 0xFFFD, 0xFFFF
    };

    private final WordPieceTokenizer tokenizer = letters(WordPieceOptions.uncased());

    @Property
    void piecesRejoinToTheBasicTokens(@ForAll("texts") String text) {
        Encoding encoding = tokenizer.encode(text);
        List<String> words = BasicWordsTest.words(text, tokenizer.options());
        List<String> joined = new ArrayList<>();
        int[] one = new int[1];
        for (int i = 0; i < encoding.length(); i++) {
            one[0] = encoding.ids()[i];
            String token = tokenizer.token(one[0]);
            if (encoding.wordStarts()[i]) {
                joined.add(token);
                assertTrue(tokenizer.startsWord(one[0]));
            } else {
                joined.set(joined.size() - 1, joined.get(joined.size() - 1) + token.substring(2));
            }
        }
        assertEquals(words.size(), joined.size());
        for (int i = 0; i < words.size(); i++) {
            // Whole or unknown, and unknown only if a character has no piece.
            assertEquals(isSpelled(words.get(i)) ? words.get(i) : SpecialTokens.UNK, joined.get(i));
        }
    }

    @Property
    void offsetsLieInTheTextInOrder(@ForAll("texts") String text) {
        Encoding encoding = tokenizer.encode(text);
        for (int i = 0; i < encoding.length(); i++) {
            assertTrue(0 <= encoding.starts()[i] && encoding.starts()[i] < encoding.ends()[i]);
            assertTrue(encoding.ends()[i] <= text.length());
            assertTrue(i == 0 || encoding.starts()[i - 1] <= encoding.starts()[i]);
        }
    }

    @Property
    void offsetsSliceThePiecesOutOfTheText(@ForAll("texts") String text) {
        Encoding encoding = tokenizer.encode(text);
        for (int i = 0; i < encoding.length(); i++) {
            String token = tokenizer.token(encoding.ids()[i]);
            if (!token.equals(SpecialTokens.UNK)) {
                String slice = text.substring(encoding.starts()[i], encoding.ends()[i]);
                String letters = encoding.wordStarts()[i] ? token : token.substring(2);
                assertEquals(List.of(letters), BasicWordsTest.words(slice, tokenizer.options()), "slice '" + slice + "'");
            }
        }
    }

    /** Ten million characters without a space: one unknown word, or as many words as there are Chinese characters. */
    @Test
    @Timeout(60)
    void longLinesWithoutSpaces() {
        String letters = "ab\u00E9".repeat(10_000_000 / 3);
        Encoding one = tokenizer.encode(letters);
        assertArrayEquals(new int[] {tokenizer.special().unk()}, one.ids());
        assertEquals(0, one.starts()[0]);
        assertEquals(letters.length(), one.ends()[0]);
        assertEquals(3_000_000, tokenizer.encode("\u4E00".repeat(3_000_000)).length());
        WordPieceTokenizer unlimited = letters(WordPieceOptions.uncased().withMaxWordLength(Integer.MAX_VALUE));
        // abe abe abe … with the piece "abe" first and "##abe" behind.
        assertEquals(letters.length() / 3, unlimited.encode(letters).length());
    }

    @Property
    void aWordsSliceEncodesToTheSameWord(@ForAll("plain") String text) {
        Encoding encoding = tokenizer.encode(text);
        for (int i = 0; i < encoding.length(); i++) {
            if (encoding.wordStarts()[i] && (i + 1 == encoding.length() || encoding.wordStarts()[i + 1])) {
                String slice = text.substring(encoding.starts()[i], encoding.ends()[i]);
                assertArrayEquals(new int[] {encoding.ids()[i]}, tokenizer.encode(slice).ids(), slice);
            }
        }
    }

    @Property
    void encodingWhatWasDecodedGivesTheIdsBack(@ForAll("plain") String text) {
        int[] ids = tokenizer.encode(text.replace("\u4E00", "")).ids();
        for (int id : ids) {
            if (id == tokenizer.special().unk()) {
                return;
            }
        }
        assertArrayEquals(ids, tokenizer.encode(tokenizer.decode(ids)).ids());
    }

    @Property
    void noTextCrashes(@ForAll("texts") String text) {
        letters(WordPieceOptions.cased()).encode(text);
        letters(new WordPieceOptions(true, false, false, 3)).encode(text);
        letters(new WordPieceOptions(false, true, true, 3)).encode(text);
        SentenceSplitter.english().split(text);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> any = Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .map(Character::toString);
        Arbitrary<String> hard = Arbitraries.of(Arrays.stream(HARD).boxed().toList())
                .map(Character::toString);
        Arbitrary<String> ascii = Arbitraries.chars().ascii().map(String::valueOf);
        return Arbitraries.oneOf(any, hard, ascii).list().ofMaxSize(40).map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> plain() {
        return Arbitraries.strings().withChars("abcXYZ ,.\u00E9\u0301\u4E00").ofMaxLength(40);
    }

    /** Whether each character has a piece: any ASCII one at the front, small letters behind. */
    private boolean isSpelled(String word) {
        return word.length() <= tokenizer.options().maxWordLength()
                && word.charAt(0) > ' '
                && word.charAt(0) <= '~'
                && word.chars().skip(1).allMatch(c -> c >= 'a' && c <= 'z');
    }

    /** A vocabulary of single letters and punctuation, their continuations, and a few longer pieces. */
    private static WordPieceTokenizer letters(WordPieceOptions options) {
        List<String> entries = new ArrayList<>(Vocabulary.SPECIAL);
        for (char c = '!'; c <= '~'; c++) {
            entries.add(String.valueOf(c));
        }
        for (char c = 'a'; c <= 'z'; c++) {
            entries.add("##" + c);
        }
        entries.addAll(List.of("abe", "##abe", "##ab", "yx", "##xyz"));
        return WordPieceTokenizer.of(entries, options);
    }
}
