package org.graphbert.evaluate;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** Masked tokens by a whole number that each has, such as its position, in bands that follow each other. */
public final class Bands {

    private static final int POSITION_BANDS = 8;
    private static final int FREQUENCY_BANDS = 7;
    private static final long BASE = 10;

    /** The least number of each band, ascending from 0. */
    private final long[] starts;
    /** The greatest number of the last band, or null where there is none. */
    private final Long last;
    private final TokenFigures.Sum[] sums;

    private Bands(Long last, long... starts) {
        this.last = last;
        this.starts = starts;
        sums = Arrays.stream(starts).mapToObj(start -> new TokenFigures.Sum()).toArray(TokenFigures.Sum[]::new);
    }

    /**
     * A band.
     *
     * @param from the least number in it
     * @param to the greatest, or null where there is none
     */
    public record Band(long from, Long to, @JsonUnwrapped TokenFigures figures) {

        /** As a table names it. */
        public String name() {
            return to == null
                    ? String.format(Locale.ROOT, "%,d and more", from)
                    : to == from ? Long.toString(from) : String.format(Locale.ROOT, "%,d to %,d", from, to);
        }
    }

    /** By position: eight bands of a sequence, of one width. */
    static Bands ofPositions(int length) {
        int width = Math.max(1, (length + POSITION_BANDS - 1) / POSITION_BANDS);
        return new Bands(length - 1L, LongStream.iterate(0, start -> start < length, start -> start + width).toArray());
    }

    /** By count: a band for each power of ten, up to a million and more; one for what never occurs, or is not counted. */
    static Bands ofCounts() {
        long[] starts = new long[1 + FREQUENCY_BANDS];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = i == 1 ? 1 : starts[i - 1] * BASE;
        }
        return new Bands(null, starts);
    }

    void add(long number, double negativeLog, double rank) {
        int found = Arrays.binarySearch(starts, number);
        sums[found >= 0 ? found : -found - 2].add(negativeLog, rank);
    }

    /** Those that hold a token. */
    List<Band> means() {
        List<Band> bands = new ArrayList<>();
        for (int i = 0; i < starts.length; i++) {
            TokenFigures figures = sums[i].means();
            if (figures.tokens() > 0) {
                bands.add(new Band(starts[i], i + 1 < starts.length ? (Long) (starts[i + 1] - 1) : last, figures));
            }
        }
        return bands;
    }
}
