package org.graphbert.corpus;

import com.ibm.icu.text.Normalizer2;
import java.util.List;
import org.graphbert.config.Failure;

/**
 * Which documents have been seen, by 128 bits each of their text: of its letters, digits and symbols after Unicode's
 * NFKC normalisation and case folding, so that neither case nor white space nor punctuation tells two apart. Among a
 * thousand million documents, two different ones have the same bits with a probability of 10^-21.
 *
 * <p>Two arrays with open addressing, 16 bytes a place, 1/2 to 3/4 of them taken (24 bytes a document on average).
 */
final class Fingerprints {

    /** The 128 bits of a text. */
    record Fingerprint(long high, long low) {}

    private static final int INITIAL_PLACES = 1 << 12;
    private static final int MOST_PLACES = 1 << 30;
    private static final int BYTES_A_PLACE = 16;
    private static final int CHARS_A_WORD = 4;
    /** Odd numbers of no pattern: the fractions of the golden ratio and of two square roots. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final long SQRT_2 = 0x6A09E667F3BCC909L;
    private static final long SQRT_3 = 0xBB67AE8584CAA73BL;
    private static final Normalizer2 NFKC_CASEFOLD = Normalizer2.getNFKCCasefoldInstance();
    /** Unicode categories that do not count: separators, punctuation, control and format characters. */
    private static final int IGNORED = 1 << Character.SPACE_SEPARATOR | 1 << Character.LINE_SEPARATOR
            | 1 << Character.PARAGRAPH_SEPARATOR | 1 << Character.DASH_PUNCTUATION | 1 << Character.START_PUNCTUATION
            | 1 << Character.END_PUNCTUATION | 1 << Character.CONNECTOR_PUNCTUATION | 1 << Character.OTHER_PUNCTUATION
            | 1 << Character.INITIAL_QUOTE_PUNCTUATION | 1 << Character.FINAL_QUOTE_PUNCTUATION | 1 << Character.CONTROL
            | 1 << Character.FORMAT;
    /** ASCII by its character: what it counts as, 0 if it does not. */
    private static final char[] ASCII = new char[128];

    static {
        for (char c = 0; c < ASCII.length; c++) {
            ASCII[c] = counts(c) ? Character.toLowerCase(c) : 0;
        }
    }

    private long[] high = new long[INITIAL_PLACES];
    private long[] low = new long[INITIAL_PLACES];
    private int size;

    /** The fingerprint of a document's lines; where a line ends makes no difference. */
    static Fingerprint of(List<String> lines) {
        Mixer mixer = new Mixer();
        lines.forEach(mixer::add);
        if (mixer.length == 0) {
            lines.forEach(line -> line.chars().forEach(c -> mixer.add((char) c))); // only punctuation: as it is
        }
        return mixer.finish();
    }

    /** Adds one; false if it was there. */
    boolean add(Fingerprint print) {
        if (size >= high.length / 4 * 3) {
            grow();
        }
        int place = place(print.high, print.low);
        if (low[place] != 0) {
            return false;
        }
        high[place] = print.high;
        low[place] = print.low;
        size++;
        return true;
    }

    /** Bytes taken. */
    long memory() {
        return (long) BYTES_A_PLACE * high.length;
    }

    /** Where it is, or the free place where it belongs; {@code low} is never 0 but in a free one. */
    private int place(long high, long low) {
        int mask = this.high.length - 1;
        int place = (int) high & mask;
        while (this.low[place] != 0 && (this.low[place] != low || this.high[place] != high)) {
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        if (high.length == MOST_PLACES) {
            throw Failure.data("--deduplicate can tell %,d documents apart, and there are more; deduplicate in parts", size);
        }
        long[] oldHigh = high;
        long[] oldLow = low;
        high = new long[2 * oldHigh.length];
        low = new long[2 * oldLow.length];
        for (int i = 0; i < oldHigh.length; i++) {
            if (oldLow[i] != 0) {
                int place = place(oldHigh[i], oldLow[i]);
                high[place] = oldHigh[i];
                low[place] = oldLow[i];
            }
        }
    }

    private static boolean counts(int codePoint) {
        return (1 << Character.getType(codePoint) & IGNORED) == 0;
    }

    /** Takes characters in fours into two sums that are mixed by different odd numbers. */
    private static final class Mixer {

        private long first = SQRT_2;
        private long second = SQRT_3;
        private long word;
        private long length;

        void add(String line) {
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if (c >= ASCII.length) {
                    addNormalized(line.substring(Math.max(0, i - 1))); // with the letter that a mark may belong to
                    return;
                }
                if (ASCII[c] != 0 && (i + 1 == line.length() || line.charAt(i + 1) < ASCII.length)) {
                    add(ASCII[c]);
                }
            }
        }

        private void addNormalized(String rest) {
            String normal = NFKC_CASEFOLD.normalize(rest);
            normal.codePoints().filter(Fingerprints::counts).forEach(c -> {
                if (Character.isBmpCodePoint(c)) {
                    add((char) c);
                } else {
                    add(Character.highSurrogate(c));
                    add(Character.lowSurrogate(c));
                }
            });
        }

        void add(char c) {
            word = word << 16 | c;
            if (++length % CHARS_A_WORD == 0) {
                mix();
            }
        }

        Fingerprint finish() {
            mix();
            word = length;
            mix();
            long low = avalanche(second ^ Long.rotateLeft(first, 32));
            return new Fingerprint(avalanche(first), low == 0 ? 1 : low);
        }

        private void mix() {
            first = Long.rotateLeft((first ^ word) * GOLDEN, 29) + second;
            second = Long.rotateLeft((second + word) * SQRT_3, 37) ^ first;
            word = 0;
        }

        /** The finaliser of SplitMix64: each bit of the result depends on each of the argument. */
        private static long avalanche(long value) {
            long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            return z ^ z >>> 31;
        }
    }
}
