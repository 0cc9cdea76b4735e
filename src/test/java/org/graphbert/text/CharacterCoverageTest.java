package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CharacterCoverageTest {

    /** a 50, c 30, b 20 of 100. */
    private final WordCounts words = counted("ac 30 a 20 b 20");

    @Test
    void theCharacterThatReachesTheShareIsTheLast() {
        assertEquals("a", kept(words, 0.5));
        assertEquals("ac", kept(words, 0.51));
        assertEquals("ac", kept(words, 0.8));
        assertEquals("acb", kept(words, 0.801));
        assertEquals("acb", kept(words, 1));
    }

    @Test
    void ofTwoAsFrequentTheLowerCodePointStays() {
        assertEquals("a\u6f22", kept(counted("\uD83D\uDE00 5 \u6f22 5 a 6"), 0.6));
        assertEquals("a\u6f22\uD83D\uDE00", kept(counted("\uD83D\uDE00 5 \u6f22 5 a 6"), 0.7));
    }

    @Test
    void numbersAreInTheOrderOfCodePoints() {
        CharacterCoverage characters = CharacterCoverage.of(counted("\u2581cb 9 a 1"), 1);
        assertEquals(4, characters.size());
        assertEquals(0, characters.number('a'));
        assertEquals(1, characters.number('b'));
        assertEquals(3, characters.number('\u2581'));
        assertEquals(-1, characters.number('d'));
        assertEquals(-1, characters.number(0x10FFFF));
        assertEquals(9, characters.count(1));
        assertEquals('b', characters.codePoint(characters.ranked(0)));
        assertEquals("a\u2581b", characters.text(new int[] {2, 0, 3, 1}, 1, 4));
    }

    /** Of 100: a tab takes its place in the ranking, though not in the result; others are no text at all. */
    @Test
    void aTabCountsButIsNoPiece() {
        WordCounts tabbed = counted("a 50 b 20");
        tabbed.add(new int[] {'\t'}, 1, 30);
        tabbed.add(new int[] {' ', 0, 0xD800}, 3, 1000);
        assertEquals("a", kept(tabbed, 0.8));
        assertEquals("ab", kept(tabbed, 0.81));
    }

    private static String kept(WordCounts words, double share) {
        CharacterCoverage characters = CharacterCoverage.of(words, share);
        StringBuilder text = new StringBuilder();
        for (int rank = 0; rank < characters.size(); rank++) {
            text.appendCodePoint(characters.codePoint(characters.ranked(rank)));
        }
        return text.toString();
    }

    /** Words and counts, separated by spaces. */
    static WordCounts counted(String text) {
        WordCounts words = new WordCounts();
        String[] parts = text.split(" ");
        for (int i = 0; i < parts.length; i += 2) {
            int[] word = parts[i].codePoints().toArray();
            words.add(word, word.length, Long.parseLong(parts[i + 1]));
        }
        return words;
    }
}
