package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskedTextTest {

    private static final Tokenizer TOKENIZER =
            Tokenizers.load(Path.of("src/test/resources/golden/tokenizer/wordpiece-vocab.txt"), null);

    private static String asked(MaskedText text) {
        int[] ids = text.query(TOKENIZER.special()).inputIds();
        return String.join(" ", Arrays.stream(ids).mapToObj(TOKENIZER::token).toList());
    }

    @ParameterizedTest
    @CsvSource({
        // Six tokens and two special ones fit.
        "the of [MASK] of the ., 8, [CLS] the of [MASK] of the . [SEP], false",
        // Of longer texts as much is kept before the mask as behind it...
        "the the of [MASK] of the the, 7, [CLS] the of [MASK] of the [SEP], true",
        // ...or what the other side does not need.
        "the of time [MASK] ., 6, [CLS] of time [MASK] . [SEP], true",
        ". [MASK] the of time, 6, [CLS] . [MASK] the of [SEP], true",
        "[MASK] the of time, 5, [CLS] [MASK] the of [SEP], true",
        "the of [MASK] of [MASK] of the, 7, [CLS] of [MASK] of [MASK] of [SEP], true",
    })
    void aLongTextKeepsWhatIsNearItsMasks(String text, int longest, String expected, boolean cut) {
        MaskedText masked = MaskedText.of(TOKENIZER, text, longest, 1);
        assertEquals(expected, asked(masked));
        assertEquals(cut, masked.cut());
    }

    @Test
    void masksTooFarApartAreRefused() {
        Failure refused = assertThrows(Failure.class, () -> MaskedText.of(TOKENIZER, "[MASK] the of the of [MASK]", 7, 1));
        assertEquals("'[MASK] the of the of [MASK]' has 6 tokens; this model takes at most 5; shorten it", refused.getMessage());
        assertFalse(MaskedText.of(TOKENIZER, "[MASK] the of the of [MASK]", 8, 1).cut());
        assertThrows(Failure.class, () -> MaskedText.of(TOKENIZER, "[MASK] the of the of [MASK]", 8, 2));
    }

    @Test
    void fillingsOfSeveralPiecesTakeAsManyPlaces() {
        MaskedText masked = MaskedText.of(TOKENIZER, "the [MASK] of [MASK].", 32, 3);
        Scorer.Query query = masked.query(TOKENIZER.special(), List.of(new int[] {11, 12}, new int[] {13}));
        assertArrayEquals(new int[] {2, 3, 5}, query.maskedPositions());
        assertArrayEquals(new int[] {11, 12}, Arrays.copyOfRange(query.inputIds(), 2, 4));
        assertEquals(13, query.inputIds()[5]);
    }

    @Test
    void aMaskBehindALetterNeedNotBeginAWord() {
        MaskedText masked = MaskedText.of(TOKENIZER, "the[MASK] of ([MASK]) [MASK]", 32, 1);
        assertArrayEquals(new boolean[] {true, false, false}, masked.inWord());
        assertTrue(asked(masked).startsWith("[CLS] the [MASK] of ("));
    }
}
