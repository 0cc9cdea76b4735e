package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import org.graphbert.text.Encoding;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole words are masked, words being what the text shows: letters and digits side by side. */
class WholeWordTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/tokenizer");
    private static final String ENGLISH = "\"Incomprehensibilities\" (h) of well-known Zanzibarians, 1867a: don't \"undo\".";
    private static final int DRAWS = 400;

    @ParameterizedTest
    @CsvSource({"wordpiece-vocab.txt", "unigram.model", "bpe.model"})
    void lettersSideBySideAreMaskedTogether(String file) {
        Tokenizer tokenizer = Tokenizers.load(GOLDEN.resolve(file), null);
        Encoding text = tokenizer.encode(ENGLISH);
        int wordsOfSeveral = 0;
        int[] together = new int[text.length()]; // how often a token was masked with the one before it
        int[] masked = new int[text.length()];
        for (int draw = 0; draw < DRAWS; draw++) {
            boolean[] chosen = masked(tokenizer, text, draw);
            for (int i = 0; i < chosen.length; i++) {
                masked[i] += chosen[i] ? 1 : 0;
                together[i] += i > 0 && chosen[i] && chosen[i - 1] ? 1 : 0;
            }
        }
        for (int i = 1; i < text.length(); i++) {
            if (inOneWord(text, i)) {
                wordsOfSeveral++;
                assertEquals(masked[i], together[i], tokenizer.token(text.ids()[i]) + " without what is before it");
                assertEquals(masked[i - 1], together[i], tokenizer.token(text.ids()[i]) + " left out");
            } else {
                assertTrue(together[i] < masked[i], tokenizer.token(text.ids()[i]) + " glued to what is before it");
            }
        }
        assertTrue(wordsOfSeveral > 8, wordsOfSeveral + " pieces that go on with a word");
    }

    /** Scripts without spaces: each piece is a word; a whole sentence would never be masked. */
    @ParameterizedTest
    @CsvSource({"世界人权宣言第一条", "すべての人間は、生まれながらにして自由", "มนุษย์ทั้งหลายเกิดมามีอิสระ"})
    void aPieceOfAScriptWithoutSpacesIsAWord(String text) {
        Path model = GOLDEN.resolve("unigram.model");
        Tokenizer tokenizer = Tokenizers.load(model, null);
        Encoding encoding = tokenizer.encode(text);
        for (int i = 1; i < encoding.length(); i++) {
            assertTrue(tokenizer.startsWordBehind(encoding.ids()[i - 1], encoding.ids()[i]), text);
        }
    }

    private static boolean[] masked(Tokenizer tokenizer, Encoding text, int draw) {
        SpecialTokens special = tokenizer.special();
        int[] tokens = new int[text.length() + 4];
        tokens[0] = special.cls();
        System.arraycopy(text.ids(), 0, tokens, 1, text.length());
        tokens[text.length() + 1] = special.sep();
        tokens[text.length() + 2] = text.ids()[0];
        tokens[text.length() + 3] = special.sep();
        Masked masked = Masking.of(MaskOptions.of(0.4, 40, MaskUnit.WHOLE_WORD), tokenizer).mask(tokens, Rng.keyed(draw));
        boolean[] chosen = new boolean[text.length()];
        Arrays.stream(masked.positions()).filter(p -> p <= text.length()).forEach(p -> chosen[p - 1] = true);
        return chosen;
    }

    /** Whether a token goes on with the word of the one before it, seen from the text alone. */
    private static boolean inOneWord(Encoding text, int token) {
        return text.ends()[token - 1] == text.starts()[token]
                && text.starts()[token - 1] < text.ends()[token - 1]
                && Character.isLetterOrDigit(ENGLISH.charAt(text.ends()[token - 1] - 1))
                && Character.isLetterOrDigit(ENGLISH.charAt(text.starts()[token]));
    }
}
