package org.graphbert.text;

import java.util.Arrays;

/** The code points of a vocabulary, numbered from 1 with the most frequent first, so that tables over them are dense. */
final class Symbols {

    /** The number of every code point that no piece holds. */
    static final int UNKNOWN = 0;

    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int[] NO_SYMBOLS = new int[PAGE];

    private final int[][] pages = new int[(Character.MAX_CODE_POINT + 1) >> PAGE_BITS][];
    private final int size;

    private Symbols(int[] codePoints) {
        size = codePoints.length;
        Arrays.fill(pages, NO_SYMBOLS);
        for (int i = 0; i < size; i++) {
            int page = codePoints[i] >> PAGE_BITS;
            if (pages[page] == NO_SYMBOLS) {
                pages[page] = new int[PAGE];
            }
            pages[page][codePoints[i] & PAGE - 1] = i + 1;
        }
    }

    /** Numbers the code points of these texts; of two as frequent, the lower comes first. */
    static Symbols of(Iterable<String> texts) {
        int[] counts = new int[Character.MAX_CODE_POINT + 1];
        for (String text : texts) {
            for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
                counts[text.codePointAt(i)]++;
            }
        }
        // The count, complemented, above the code point: sorted, the most frequent come first.
        long[] order = new long[counts.length];
        int seen = 0;
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) {
                order[seen++] = (long) ~counts[c] << Integer.SIZE | c;
            }
        }
        Arrays.sort(order, 0, seen);
        return new Symbols(Arrays.stream(order, 0, seen).mapToInt(key -> (int) key).toArray());
    }

    /** The number of a code point, from 1 to {@link #size}, or {@link #UNKNOWN}. */
    int number(int codePoint) {
        return pages[codePoint >> PAGE_BITS][codePoint & PAGE - 1];
    }

    /** How many different code points there are. */
    int size() {
        return size;
    }
}
