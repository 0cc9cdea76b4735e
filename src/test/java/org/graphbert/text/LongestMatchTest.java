package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongestMatchTest {

    /** Vocabularies that lead astray: what the greedy rule has taken is not given back. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // the paper's figure 1
        "a ##b ##c abcdx ##cdy ##dz   | abcdz  | a ##b ##c ##dz",
        "a ##b ##c abcdx ##cdy ##dz   | abcdx  | abcdx",
        "a ##b ##c abcdx ##cdy ##dz   | abcd   | -",
        "a ##b ##c abcdx ##cdy ##dz   | abcz   | -",
        // 'ab' is taken though only 'a ##bc' reaches the end
        "a ab ##bc                    | abc    | -",
        "ab ##a ##b ##abab abx        | ababab | ab ##abab",
        // no single characters
        "ab ##ab ##aba                | abababa | -",
        "ab ##ab ##aba                | ababa  | ab ##aba",
        // a piece of continuation alone begins no word
        "##a                          | a      | -",
        "a                            | aa     | -",
        "## # a ##a                   | aa     | a ##a",
        // one code point each
        "a ##\uD83D\uDE00             | a\uD83D\uDE00\uD83D\uDE00 | a ##\uD83D\uDE00 ##\uD83D\uDE00",
    })
    void cutsGreedily(String vocabulary, String word, String expected) {
        List<String> entries = List.of(vocabulary.trim().split(" "));
        List<String> pieces = expected == null ? null : List.of(expected.split(" "));
        assertEquals(pieces, naive(entries, word), "the test's own rule");
        assertEquals(pieces, cut(entries, word));
    }

    @Property(tries = 5000)
    void equalsThePlainRule(@ForAll("vocabularies") List<String> vocabulary, @ForAll("words") String word) {
        List<String> entries = vocabulary.stream().distinct().toList();
        assertEquals(naive(entries, word), cut(entries, word));
    }

    /**
     * With "aa…ab" in the vocabulary a matcher that starts anew behind each piece reads the rest of "aaaa" each time,
     * n²/2 steps; this one reads each letter once and follows no more links than there are letters.
     */
    @Test
    void takesLinearTime() {
        for (int length : new int[] {10, 1000, 4000}) {
            String run = "a".repeat(length);
            CountingTrie trie = new CountingTrie(List.of(
                    piece("a", 0, false), piece("a", 1, true), piece(run + "b", 2, false), piece(run + "b", 3, true)));
            LongestMatch match = LongestMatch.over(trie, new int[] {1, 1, length + 1, length + 1});
            trie.steps = 0;
            int[] ids = new int[length];
            assertEquals(length, match.cut(run.codePoints().toArray(), 0, length, ids));
            assertEquals(0, ids[0]);
            assertTrue(Arrays.stream(ids).skip(1).allMatch(id -> id == 1));
            assertTrue(trie.steps <= 2L * length, trie.steps + " steps for " + length + " letters");
        }
    }

    /** The pops of a piece's nodes share their beginnings, or a piece of 30,000 letters would need 450 million of them. */
    @Test
    void takesMemoryByTheLengthOfThePieces() {
        String run = "a".repeat(30_000);
        List<String> entries = List.of("a", "##a", run + "b", "##" + run + "b");
        assertEquals(30_000, cut(entries, run).size());
        assertEquals(List.of(run + "b", "##a"), cut(entries, run + "ba"));
    }

    /** Thousands of children of one node, and words that end anywhere in them. */
    @Test
    void manyLettersFindTheirPlaces() {
        List<String> entries = new ArrayList<>();
        for (int c = 0x4E00; c < 0x4E00 + 5000; c++) {
            entries.add(Character.toString(c));
            entries.add("##" + Character.toString(c) + Character.toString(c + c % 7));
        }
        LongestMatch match = LongestMatch.of(entries, "##");
        int[] ids = new int[4];
        for (int id = 0; id < entries.size(); id += 2) {
            int c = entries.get(id).codePointAt(0);
            assertEquals(2, match.cut(new int[] {c, c, c + c % 7}, 0, 3, ids));
            assertEquals(List.of(id, id + 1), List.of(ids[0], ids[1]));
            assertEquals(LongestMatch.UNKNOWN, match.cut(new int[] {c, c, c + c % 7 + 1}, 0, 3, ids));
            assertEquals(LongestMatch.UNKNOWN, match.cut(new int[] {c, 'x'}, 0, 2, ids));
        }
    }

    @Provide
    Arbitrary<List<String>> vocabularies() {
        Arbitrary<String> piece = Arbitraries.strings().withChars("abc").ofMinLength(1).ofMaxLength(6);
        Arbitrary<String> entry = Arbitraries.oneOf(piece, piece.map("##"::concat));
        return entry.list().ofMinSize(1).ofMaxSize(40);
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.strings().withChars("abc").ofMinLength(1).ofMaxLength(14);
    }

    /** The pieces by {@link LongestMatch}, null if the word is unknown. */
    private static List<String> cut(List<String> entries, String word) {
        LongestMatch match = LongestMatch.of(entries, "##");
        int[] codePoints = (">" + word + "<").codePoints().toArray();
        int[] ids = new int[codePoints.length - 2];
        int count = match.cut(codePoints, 1, codePoints.length - 1, ids);
        if (count == LongestMatch.UNKNOWN) {
            return null;
        }
        assertEquals(ids.length, Arrays.stream(ids).limit(count).map(match::length).sum(), "lengths of " + word);
        return IntStream.range(0, count).mapToObj(i -> entries.get(ids[i])).toList();
    }

    /** google-research/bert's rule (tokenization.py, WordpieceTokenizer) as it is told. */
    private static List<String> naive(List<String> entries, String word) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < word.length(); ) {
            String found = null;
            for (int to = word.length(); to > from && found == null; to--) {
                String piece = (from > 0 ? "##" : "") + word.substring(from, to);
                found = entries.contains(piece) ? piece : null;
            }
            if (found == null) {
                return null;
            }
            pieces.add(found);
            from += found.length() - (from > 0 ? 2 : 0);
        }
        return pieces;
    }

    private static PieceTrie.Piece piece(String text, int id, boolean continues) {
        return new PieceTrie.Piece(text, id, continues);
    }

    private static final class CountingTrie extends PieceTrie {

        private long steps;

        CountingTrie(List<Piece> pieces) {
            super(pieces);
        }

        @Override
        int child(int node, int codePoint) {
            steps++;
            return super.child(node, codePoint);
        }
    }
}
