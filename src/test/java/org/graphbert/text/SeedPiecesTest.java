package org.graphbert.text;

import static org.graphbert.text.CharacterCoverageTest.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SeedPiecesTest {

    /**
     * By hand: "ab" begins both; alone it ends once, so it is a piece, as is "abc" with its suffix "bc". "b" is followed
     * by c or by the end, but is one character.
     */
    @Test
    void findsWhatIsNotAlwaysFollowedByTheSame() {
        assertEquals(Map.of("ab", 3L, "abc", 2L, "bc", 2L), found(counted("abc 2 ab 1"), 100, 1));
    }

    @Test
    void whatOccursOnceIsNone() {
        assertEquals(Map.of(), found(counted("abcd 1"), 100, 1));
        assertEquals(Map.of("ab", 2L), found(counted("abcab 1"), 100, 1));
    }

    @Test
    void piecesAreNoLongerThanSixteenCharacters() {
        Map<String, Long> found = found(counted("abcdefghijklmnopq 2 x 1"), 100, 1);
        assertEquals(15, found.size());
        assertTrue(found.containsKey("bcdefghijklmnopq"), found.toString());
    }

    /** A mark carries the script before it: a + mark + Han is one unit, but no piece. */
    @Test
    void aPieceIsOfOneScript() {
        assertEquals(
                Map.of("\u0301\u6f22", 2L), found(counted("a\u0301\u6f22 2"), 100, 1));
    }

    /** abcd covers 12; bcd and fgh tie with 9 before cd and gh with 6 (efgh occurs once, fgh so 3 times). */
    @Test
    void takesTheBestByCountTimesLength() {
        WordCounts words = counted("abcd 3 efgh 1 fgh 2");
        assertEquals(Map.of("abcd", 3L), found(words, 1, 1));
        assertEquals(Map.of("abcd", 3L, "bcd", 3L), found(words, 2, 1));
        assertEquals(Map.of("abcd", 3L, "bcd", 3L, "fgh", 3L), found(words, 3, 1));
        assertEquals(Map.of("abcd", 3L, "bcd", 3L, "fgh", 3L, "cd", 3L), found(words, 4, 1));
    }

    /** Every substring, counted one by one, and what follows it. */
    @Property(tries = 300)
    void agreesWithCountingAllSubstrings(
            @ForAll @Size(min = 1, max = 12) List<@StringLength(min = 1, max = 24) @CharRange(from = 'a', to = 'c') String>
                    texts,
            @ForAll @IntRange(min = 1, max = 3) int threads) {
        WordCounts words = new WordCounts();
        Map<String, Long> counts = new HashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            words.add(texts.get(i).codePoints().toArray(), texts.get(i).length(), 1 + i % 2);
            counts.merge(texts.get(i), 1L + i % 2, Long::sum);
        }
        Map<String, Long> frequencies = new HashMap<>();
        Map<String, Set<Character>> followers = new HashMap<>();
        Set<String> ending = new HashSet<>();
        counts.forEach((text, count) -> {
            for (int from = 0; from < text.length(); from++) {
                for (int to = from + 2; to <= text.length() && to <= from + 16; to++) {
                    String part = text.substring(from, to);
                    frequencies.merge(part, count, Long::sum);
                    if (to == text.length()) {
                        ending.add(part);
                    } else {
                        followers.computeIfAbsent(part, p -> new HashSet<>()).add(text.charAt(to));
                    }
                }
            }
        });
        Map<String, Long> expected = new TreeMap<>();
        frequencies.forEach((part, frequency) -> {
            boolean branches = ending.contains(part) || followers.get(part).size() > 1;
            if (frequency >= 2 && branches) {
                expected.put(part, frequency);
            }
        });
        assertEquals(expected, found(words, Integer.MAX_VALUE, threads));
    }

    private static Map<String, Long> found(WordCounts words, int limit, int threads) {
        CharacterCoverage characters = CharacterCoverage.of(words, 1);
        Units units = Units.of(words, characters, Integer.MAX_VALUE);
        Map<String, Long> found = new TreeMap<>();
        try (Workers workers = new Workers(threads)) {
            SeedPieces seeds = SeedPieces.find(units, characters, limit, workers);
            String before = "";
            for (int seed = 0; seed < seeds.size(); seed++) {
                String text = null;
                for (int i = 0; i < seeds.places(seed); i++) {
                    int place = seeds.place(seed, i);
                    String there = characters.text(units.letters(), place, place + seeds.length(seed));
                    assertTrue(text == null || text.equals(there), there);
                    text = there;
                }
                assertTrue(before.compareTo(text) < 0, before + " before " + text);
                before = text;
                found.put(text, seeds.frequency(seed));
                assertEquals(seeds.frequency(seed) * text.length(), seeds.score(seed));
            }
        }
        return found;
    }
}
