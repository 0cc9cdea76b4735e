package org.graphbert.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The characters that a SentencePiece vocabulary must hold: the most frequent ones, until they make up the wanted share
 * of the text (sentencepiece's trainer_interface.cc, LoadSentences). They are numbered in the order of their code
 * points, so that comparing pieces number by number is comparing their UTF-8 bytes.
 */
final class CharacterCoverage {

    /** Counted as text but never a piece: sentencepiece keeps it to mark bounds. */
    private static final int TAB = '\t';

    private final int[] codePoints;
    private final long[] counts;

    /** The numbers, the most frequent first; of two as frequent the lower code point. */
    private final int[] byFrequency;

    /** By code point its number + 1, 0 where there is none. */
    private final int[] numbers;

    private CharacterCoverage(int[] codePoints, long[] counts) {
        this.codePoints = codePoints;
        this.counts = counts;
        byFrequency = IntStream.range(0, codePoints.length)
                .boxed()
                .sorted(Comparator.comparingLong((Integer number) -> -counts[number]))
                .mapToInt(Integer::intValue)
                .toArray();
        numbers = new int[codePoints.length == 0 ? 0 : codePoints[codePoints.length - 1] + 1];
        for (int number = 0; number < codePoints.length; number++) {
            numbers[codePoints[number]] = number + 1;
        }
    }

    /**
     * The characters of counted words.
     *
     * @param share 0 to 1; the character with which it is reached is the last
     */
    static CharacterCoverage of(WordCounts words, double share) {
        long[] counts = new long[Character.MAX_CODE_POINT + 1];
        long total = 0;
        for (int word = 0; word < words.size(); word++) {
            for (int i = words.start(word); i < words.end(word); i++) {
                if (isText(words.letters()[i])) {
                    counts[words.letters()[i]] += words.count(word);
                    total += words.count(word);
                }
            }
        }
        int[] seen = IntStream.range(0, counts.length).filter(c -> counts[c] > 0).toArray();
        int[] ranked = new CharacterCoverage(seen, IntStream.of(seen).mapToLong(c -> counts[c]).toArray()).byFrequency;
        int[] kept = new int[seen.length];
        int size = 0;
        long covered = 0;
        for (int i = 0; i < ranked.length && !reached(covered, total, share); i++) {
            int c = seen[ranked[i]];
            covered += counts[c];
            if (c != TAB) {
                kept[size++] = c;
            }
        }
        kept = Arrays.copyOf(kept, size);
        Arrays.sort(kept);
        return new CharacterCoverage(kept, IntStream.of(kept).mapToLong(c -> counts[c]).toArray());
    }

    /** In single precision, as the reference has it: the last character can hang on it. */
    private static boolean reached(long covered, long total, double share) {
        return (float) (1.0 * covered / total) >= (float) share;
    }

    /** NUL ends strings in the reference, a space is written '▁', and half a surrogate pair has no UTF-8. */
    private static boolean isText(int c) {
        return c != 0 && c != ' ' && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    }

    /** How many characters there are. */
    int size() {
        return codePoints.length;
    }

    int codePoint(int number) {
        return codePoints[number];
    }

    /** How often the character occurs. */
    long count(int number) {
        return counts[number];
    }

    /** The number of the character that is so frequent: 0 is the most frequent, and of ties the lower code point. */
    int ranked(int rank) {
        return byFrequency[rank];
    }

    /** A code point's number, or -1 if it is not covered. */
    int number(int codePoint) {
        return codePoint < numbers.length ? numbers[codePoint] - 1 : -1;
    }

    /** The text of a piece, given by the numbers of its characters. */
    String text(int[] numbers, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            text.appendCodePoint(codePoints[numbers[i]]);
        }
        return text.toString();
    }

    /** Whether the characters may be one piece, by their scripts. */
    boolean join(int[] numbers, int from, int to) {
        int[] piece = new int[to - from];
        for (int i = from; i < to; i++) {
            piece[i - from] = codePoints[numbers[i]];
        }
        return Scripts.join(piece, 0, piece.length);
    }
}
