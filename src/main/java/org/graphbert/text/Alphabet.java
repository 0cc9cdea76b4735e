package org.graphbert.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The characters that a vocabulary begins with: those that begin a word or stand alone as they are, those within words
 * as "##x". Each kept character is there in its plain form, and in its "##" form if it occurs within words.
 */
final class Alphabet {

    private final List<String> symbols = new ArrayList<>();

    /** By code point, the index of its symbol. */
    private final Map<Integer, Integer> plain = new HashMap<>();

    private final Map<Integer, Integer> continuing = new HashMap<>();

    /** How often a character occurs, and whether it does within words. */
    private static final class Occurrence {
        final int codePoint;
        long count;
        boolean withinWords;

        Occurrence(int codePoint) {
            this.codePoint = codePoint;
        }
    }

    /** The most frequent characters of the words; of two as frequent, the lower code point. */
    static Alphabet of(WordCounts words, int limit) {
        Map<Integer, Occurrence> seen = new HashMap<>();
        for (int word = 0; word < words.size(); word++) {
            for (int i = words.start(word); i < words.end(word); i++) {
                Occurrence occurrence = seen.computeIfAbsent(words.letters()[i], Occurrence::new);
                occurrence.count += words.count(word);
                occurrence.withinWords |= i > words.start(word);
            }
        }
        List<Occurrence> kept = seen.values().stream()
                .sorted(Comparator.comparingLong((Occurrence o) -> -o.count).thenComparingInt(o -> o.codePoint))
                .limit(limit)
                .sorted(Comparator.comparingInt(o -> o.codePoint))
                .toList();
        return new Alphabet(kept);
    }

    private Alphabet(List<Occurrence> kept) {
        for (Occurrence occurrence : kept) {
            plain.put(occurrence.codePoint, symbols.size());
            symbols.add(Character.toString(occurrence.codePoint));
        }
        for (Occurrence occurrence : kept) {
            if (occurrence.withinWords) {
                continuing.put(occurrence.codePoint, symbols.size());
                symbols.add(WordPieceTokenizer.CONTINUATION + Character.toString(occurrence.codePoint));
            }
        }
    }

    /** The plain characters in the order of their code points, then the "##" forms in that order. */
    List<String> symbols() {
        return symbols;
    }

    /** How many characters were kept. */
    int characters() {
        return plain.size();
    }

    /**
     * Spells the words as sequences of symbols, ready to be merged; characters that were not kept are skipped, as
     * Hugging Face's trainer does.
     *
     * @param firstId the id of the first symbol; the others follow
     */
    PairMerges spell(WordCounts words, int firstId) {
        int[] spelled = new int[words.size() == 0 ? 0 : words.end(words.size() - 1)];
        int[] starts = new int[words.size() + 1];
        long[] counts = new long[words.size()];
        int length = 0;
        for (int word = 0; word < words.size(); word++) {
            for (int i = words.start(word); i < words.end(word); i++) {
                Integer symbol = (i == words.start(word) ? plain : continuing).get(words.letters()[i]);
                if (symbol != null) {
                    spelled[length++] = firstId + symbol;
                }
            }
            starts[word + 1] = length;
            counts[word] = words.count(word);
        }
        return new PairMerges(Arrays.copyOf(spelled, length), starts, counts);
    }
}
