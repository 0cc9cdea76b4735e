package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BasicWordsTest {

    /** Expected words are separated by a vertical bar. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "Hello WORLD, hello|world|,",
        "don't, don|'|t",
        "a$b^c_d~, a|$|b|^|c|_|d|~",
        "\u00C9t\u00E9 A\u0301, ete|a",
        "\u4F60\u597Dx\u4E16, \u4F60|\u597D|x|\u4E16",
        "\uD55C\uAE00, \u1112\u1161\u11AB\u1100\u1173\u11AF",
        "\u0130I\u0131, ii\u0131",
        "\u03A3\u039F\u03A3, \u03C3\u03BF\u03C3",
        "a\u2260b, a|=|b",
        "x\u037Ey, x|;|y",
        "soft\u00ADhy\u200Dphen, softhyphen",
        "a\u00A0b\u2028c\u3000d, a|b|c|d",
        "a\uD800b\uFFFD\uE000c, abc",
        "\u2E55x\u2E56, \u2E55x\u2E56",
        "\u166Dx\uD804\uDDC9, \u166D|x|\uD804\uDDC9",
        "a\u1885\u1734b, a\u1885b",
        "\uF900\u0301z, \u8C48|z",
    })
    void lowerCasesAndStripsAccents(String text, String expected) {
        assertEquals(List.of(expected.split("\\|")), words(text, WordPieceOptions.uncased()));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "Hello WORLD, Hello|WORLD",
        "\u00C9t\u00E9 A\u0301, \u00C9t\u00E9|A\u0301",
        "\uD55C\uAE00, \uD55C\uAE00",
        "a\u2260b, a\u2260b",
    })
    void casedKeepsCaseAndAccents(String text, String expected) {
        assertEquals(List.of(expected.split("\\|")), words(text, WordPieceOptions.cased()));
    }

    @Test
    void controlCharactersVanishAndLineEndsSeparate() {
        assertEquals(List.of("ab", "c", "d"), words("a\u0000\u0085b\tc\r\nd", WordPieceOptions.uncased()));
        assertEquals(List.of(), words("\u0301\u200B \u0000", WordPieceOptions.uncased()));
    }

    @Test
    void lowerCaseWithoutStrippingGivesTheDottedIItsTwoLetters() {
        assertEquals(List.of("i\u0307"), words("\u0130", new WordPieceOptions(true, false, true, 100)));
    }

    @Test
    void spacingMarksAreReorderedAsNfdDemands() {
        // U+1D16D has combining class 226 and U+1D166 has 216: NFD swaps them; U+0E31 is a starter and divides the run.
        String low = "\uD834\uDD66";
        String high = "\uD834\uDD6D";
        assertEquals(List.of("a" + low + high), words("a" + high + low, WordPieceOptions.uncased()));
        assertEquals(List.of("a" + high + low), words("a" + high + "\u0E31" + low, WordPieceOptions.uncased()));
        assertEquals(List.of("a" + high + low), words("a" + high + low, WordPieceOptions.cased()));
        // A letter ends the run, be it the fast path's or not.
        assertEquals(List.of("a" + low + high + "bc" + low + high),
                words("A" + high + low + "Bc" + high + low, WordPieceOptions.uncased()));
        assertEquals(List.of("a" + low + high + "\u0431" + low),
                words("a" + high + low + "\u0411" + low, WordPieceOptions.uncased()));
    }

    @Test
    void chineseIsLeftWholeIfToldSo() {
        assertEquals(List.of("\u4F60\u597D"), words("\u4F60\u597D", new WordPieceOptions(true, true, false, 100)));
    }

    static List<String> words(String text, WordPieceOptions options) {
        List<String> words = new ArrayList<>();
        for (BasicWords cursor = new BasicWords(options).over(text); cursor.next(); ) {
            words.add(cursor.word());
        }
        return words;
    }
}
