package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptsTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "ab", "3.14", "9,", "\u2581a", "\u25819", "\u2581\u6f22", "\u30AB\u3089", "\u30AB\u30FC", "\u6f22\u30FC",
        "a\u0301", "\u0301a", "\u0301\u6f22", "\u0430\u0301", "\u0939\u0953", "\u2581\u0301", ",\u0589", "1\uFF11"
    })
    void mayBeNeighbours(String pair) {
        int[] c = pair.codePoints().toArray();
        for (int i = 0; i + 1 < c.length; i++) {
            assertFalse(Scripts.separates(c[i], c[i + 1]), pair);
        }
        assertTrue(Scripts.join(c, 0, c.length), pair);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a1", "1a", "a.", "a\u0431", "\u0431a", "\u6f22a", "\u3042.", "a\u2581", "\u2581\u2581", "1\u2581", "\uAC00\u3042",
        "\u03B1b", "\u0531\u0589", "\u0628\u061C", "a\u0953", "\uFF411"
    })
    void mayNot(String pair) {
        int[] c = pair.codePoints().toArray();
        assertTrue(Scripts.separates(c[0], c[1]), pair);
        assertFalse(Scripts.join(c, 0, 2), pair);
    }

    /** U+08A0 is of Unicode 6.1 (Arabic), U+10D00 of 11 (Hanifi Rohingya), U+0378 of none. */
    @Test
    void whatCameAfterUnicodeNineIsCommon() {
        assertFalse(Scripts.separates(0x628, 0x8A0));
        assertFalse(Scripts.separates('.', 0x10D00));
        assertFalse(Scripts.separates('.', 0x378));
        assertTrue(Scripts.separates('a', 0x10D00));
    }

    @Test
    void aMarkCarriesTheScriptBeforeIt() {
        int[] c = "a\u0301\u6f22".codePoints().toArray();
        assertFalse(Scripts.separates(c[0], c[1]));
        assertFalse(Scripts.separates(c[1], c[2]));
        assertFalse(Scripts.join(c, 0, 3));
        assertTrue(Scripts.join(c, 1, 3));
        assertTrue(Scripts.join(c, 0, 2));
    }

    /** The two ways to ask agree where no mark stands between. */
    @Property
    void aPieceIsOneOfWhichNoNeighboursAreSeparated(
            @ForAll @StringLength(max = 6) @Chars({'\u2581', '1', '.', '\u6f22', '\u30AB', '\u30FC', '\u0431'})
                    @CharRange(from = 'a', to = 'c') String text) {
        int[] c = text.codePoints().toArray();
        boolean expected = true;
        for (int i = 0; i + 1 < c.length; i++) {
            expected &= !Scripts.separates(c[i], c[i + 1]);
        }
        assertEquals(expected, Scripts.join(c, 0, c.length), text);
    }

    /**
     * Every code point's answers next to a letter of a few scripts, as one number. It was taken when each code point's
     * script was compared with sentencepiece's unicode_script_map.h and none differed; newer data in ICU must not change it.
     */
    @Test
    void newerDataDoesNotChangeTheScripts() {
        int[] samples = {'a', '.', 0x431, 0x3B1, 0x6f22, 0x628, 0x939, 0x531, 0xE01, 0xAC00, 0x5D0, 0x10D0};
        long hash = 0;
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            for (int sample : samples) {
                hash = 31 * hash + (Scripts.separates(sample, c) ? 1 : 0);
            }
        }
        assertEquals(-3718858360431335288L, hash);
    }
}
