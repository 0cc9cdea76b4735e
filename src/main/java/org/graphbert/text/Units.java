package org.graphbert.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;

/**
 * What SentencePiece trainers learn from: the different units that words fall into where no piece can reach across,
 * each with its count. Bounds are uncovered characters, the scripts' ({@link Scripts#separates}) and '▁'. Cutting there
 * changes no merge and no likelihood, and there are far fewer different units than words.
 *
 * <p>A unit is a run of character numbers ({@link CharacterCoverage#number}) in one array; behind each stands
 * {@link #END}.
 */
final class Units {

    /** Below every character's number: a unit sorts before what it begins. */
    static final int END = -1;

    /**
     * What is longer is cut here, however it reads: a merge visits whole units, and such text (a book without spaces or
     * punctuation) loses one bound in a thousand. The reference's BPE trainer fails on units above 65,535.
     */
    static final int LONGEST = 1024;

    private final int[] letters;
    private final int[] starts;
    private final long[] counts;

    private Units(int[] letters, int[] starts, long[] counts) {
        this.letters = letters;
        this.starts = starts;
        this.counts = counts;
    }

    /**
     * Cuts words into units.
     *
     * @param most of more different ones the most frequent are kept, and of ties the first in code point order
     */
    static Units of(WordCounts words, CharacterCoverage characters, int most) {
        WordCounts units = new WordCounts();
        int[] unit = new int[LONGEST];
        for (int word = 0; word < words.size(); word++) {
            int length = 0;
            int left = END;
            for (int i = words.start(word); i < words.end(word); i++) {
                int c = words.letters()[i];
                int number = characters.number(c);
                if (length > 0 && (number < 0 || length == LONGEST || Scripts.separates(left, c))) {
                    units.add(unit, length, words.count(word));
                    length = 0;
                }
                if (number >= 0) {
                    unit[length++] = number;
                    left = c;
                }
            }
            if (length > 0) {
                units.add(unit, length, words.count(word));
            }
        }
        return keep(units, chosen(units, most));
    }

    private static int[] chosen(WordCounts units, int most) {
        IntStream all = IntStream.range(0, units.size());
        if (units.size() <= most) {
            return all.toArray();
        }
        int[] letters = units.letters();
        return all.boxed()
                .sorted(Comparator.comparingLong((Integer unit) -> -units.count(unit))
                        .thenComparing((a, b) -> Arrays.compare(
                                letters, units.start(a), units.end(a), letters, units.start(b), units.end(b))))
                .limit(most)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static Units keep(WordCounts units, int[] chosen) {
        long length = chosen.length;
        for (int unit : chosen) {
            length += units.end(unit) - units.start(unit);
        }
        if (length > Integer.MAX_VALUE - Long.SIZE) {
            throw Failure.usage(
                    "--max-words keeps %,d different words of %,d characters together, which is more than one array"
                            + " holds; ask for fewer words",
                    chosen.length, length);
        }
        int[] letters = new int[(int) length];
        int[] starts = new int[chosen.length + 1];
        long[] counts = new long[chosen.length];
        int at = 0;
        for (int i = 0; i < chosen.length; i++) {
            int size = units.end(chosen[i]) - units.start(chosen[i]);
            System.arraycopy(units.letters(), units.start(chosen[i]), letters, at, size);
            letters[at + size] = END;
            at += size + 1;
            starts[i + 1] = at;
            counts[i] = units.count(chosen[i]);
        }
        return new Units(letters, starts, counts);
    }

    /** How many different units there are. */
    int size() {
        return counts.length;
    }

    /** The character numbers of all units, {@link #END} behind each. */
    int[] letters() {
        return letters;
    }

    /** Where a unit begins. */
    int start(int unit) {
        return starts[unit];
    }

    /** Where its {@link #END} stands. */
    int end(int unit) {
        return starts[unit + 1] - 1;
    }

    /** How often it occurs. */
    long count(int unit) {
        return counts[unit];
    }

    /** All units without the ends, as byte-pair merging takes them. */
    PairMerges merges(PairMerges.Ties ties) {
        int[] symbols = new int[letters.length - counts.length];
        int[] bounds = new int[starts.length];
        for (int unit = 0; unit < counts.length; unit++) {
            System.arraycopy(letters, starts[unit], symbols, bounds[unit], end(unit) - starts[unit]);
            bounds[unit + 1] = bounds[unit] + end(unit) - starts[unit];
        }
        return new PairMerges(symbols, bounds, counts, ties);
    }
}
