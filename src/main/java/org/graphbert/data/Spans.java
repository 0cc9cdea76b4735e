package org.graphbert.data;

import java.util.Arrays;

/**
 * Spans of one to three words, chosen at random (Lan et al. 2019, ALBERT, 4.1): n words with a probability proportional to
 * 1/n, within one text between [SEP], not overlapping, until the wanted number of tokens is reached.
 *
 * <p>Departures from google-research/albert's create_masked_lm_predictions: there a span's place is drawn first, then its
 * length, and a span that meets an earlier one is dropped, which makes long spans rarer than 1/n; here the length is drawn
 * first, then its place among all where it fits. There a span may go on behind [SEP]. A span for which no place is left, or
 * none within the wanted number of tokens, is a word shorter, as there; a single word that does not fit is passed over.
 */
final class Spans {

    static final int MOST_WORDS = 3;

    /** 1, 1/2 and 1/3, in sixths. */
    private static final int[] WEIGHTS = {6, 3, 2};
    private static final int ALL_WEIGHTS = 11;
    private static final int DRAWS = 8;

    private final Words words;
    private final boolean[] taken;
    private final int[] positions;
    private int chosen;
    private final int[] lengths;
    private int spans;

    private Spans(Words words, int wanted) {
        this.words = words;
        taken = new boolean[words.count()];
        positions = new int[wanted];
        lengths = new int[wanted];
    }

    /** Chooses spans with at most so many tokens, and with as many if the words allow it. */
    static Spans choose(Words words, int wanted, Rng rng) {
        Spans spans = new Spans(words, wanted);
        boolean more = true;
        while (more && spans.chosen < wanted) {
            more = spans.add(length(rng), rng);
        }
        return spans;
    }

    /** The chosen positions, ascending. */
    int[] positions() {
        int[] sorted = Arrays.copyOf(positions, chosen);
        Arrays.sort(sorted);
        return sorted;
    }

    /** The words of each span, in the order in which they were chosen. */
    int[] lengths() {
        return Arrays.copyOf(lengths, spans);
    }

    private static int length(Rng rng) {
        int draw = rng.below(ALL_WEIGHTS);
        int length = 1;
        while (draw >= WEIGHTS[length - 1]) {
            draw -= WEIGHTS[length - 1];
            length++;
        }
        return length;
    }

    /** Takes a span of so many words, or fewer; false if not even a word fits. */
    private boolean add(int wanted, Rng rng) {
        for (int length = Math.min(wanted, positions.length - chosen); length > 0; length--) {
            int first = place(length, rng);
            if (first >= 0) {
                take(first, length);
                return true;
            }
        }
        return false;
    }

    /** A span's first word, each that fits with the same probability; -1 if none does. */
    private int place(int length, Rng rng) {
        // Nearly all places fit while few words are taken: a few draws spare the search through all.
        for (int draw = 0; draw < DRAWS && words.count() > 0; draw++) {
            int first = rng.below(words.count());
            if (fits(first, length)) {
                return first;
            }
        }
        int places = 0;
        for (int w = 0; w < words.count(); w++) {
            places += fits(w, length) ? 1 : 0;
        }
        int left = places == 0 ? 0 : rng.below(places);
        for (int w = 0; w < words.count(); w++) {
            if (fits(w, length) && left-- == 0) {
                return w;
            }
        }
        return -1;
    }

    private boolean fits(int first, int length) {
        int last = first + length - 1;
        if (last >= words.count() || words.end(last) - words.start(first) > positions.length - chosen) {
            return false;
        }
        for (int w = first; w <= last; w++) {
            if (taken[w] || w < last && words.end(w) < words.start(w + 1)) { // [SEP] lies between
                return false;
            }
        }
        return true;
    }

    private void take(int first, int length) {
        Arrays.fill(taken, first, first + length, true);
        for (int p = words.start(first); p < words.end(first + length - 1); p++) {
            positions[chosen++] = p;
        }
        lengths[spans++] = length;
    }
}
