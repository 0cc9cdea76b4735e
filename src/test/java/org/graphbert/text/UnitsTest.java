package org.graphbert.text;

import static org.graphbert.text.CharacterCoverageTest.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UnitsTest {

    @Test
    void cutsWhereNoPieceReachesAcross() {
        WordCounts words = counted("\u2581word, 3 \u2581word. 2 \u25813.14 5 \u2581covid19 1 a\u2581b 4 \u6f22\u5b57abc 1");
        assertEquals(
                Map.of("\u2581word", 5L, ",", 3L, ".", 2L, "\u25813.14", 5L, "\u2581covid", 1L, "19", 1L, "a", 4L,
                        "\u2581b", 4L, "\u6f22\u5b57", 1L, "abc", 1L),
                cut(words, 1, 100));
    }

    @Test
    void cutsAtUncoveredCharacters() {
        // x and y are 2 of 42 letters
        assertEquals(Map.of("ab", 21L), cut(counted("ab 19 abxab 1 y 1"), 0.95, 100));
        assertEquals(Map.of("ab", 19L, "abxab", 1L, "y", 1L), cut(counted("ab 19 abxab 1 y 1"), 1, 100));
    }

    @Test
    void keepsTheMostFrequentAndOfTiesTheFirst() {
        WordCounts words = counted("d 2 c 2 b 2 a 1 e 9");
        assertEquals(Map.of("e", 9L, "b", 2L), cut(words, 1, 2));
        assertEquals(Map.of("e", 9L, "b", 2L, "c", 2L, "d", 2L), cut(words, 1, 4));
    }

    @Test
    void cutsWhatIsTooLong() {
        assertEquals(
                Map.of("a".repeat(1024), 4L, "a".repeat(10), 2L),
                cut(counted("a".repeat(2058) + " 2"), 1, 100));
        assertEquals(Map.of("a".repeat(1024), 2L), cut(counted("a".repeat(1024) + " 2"), 1, 100));
    }

    private static Map<String, Long> cut(WordCounts words, double coverage, int most) {
        CharacterCoverage characters = CharacterCoverage.of(words, coverage);
        Units units = Units.of(words, characters, most);
        Map<String, Long> cut = new TreeMap<>();
        for (int unit = 0; unit < units.size(); unit++) {
            assertEquals(Units.END, units.letters()[units.end(unit)]);
            String text = characters.text(units.letters(), units.start(unit), units.end(unit));
            assertEquals(null, cut.put(text, units.count(unit)));
        }
        return cut;
    }
}
