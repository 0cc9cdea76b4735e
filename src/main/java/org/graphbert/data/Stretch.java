package org.graphbert.data;

import java.util.Arrays;

/** Tokens in a row, which may be dropped from either end. */
final class Stretch {

    private final int[] joined;
    private int from;
    private int to;

    private Stretch(int[] joined, int from, int to) {
        this.joined = joined;
        this.from = from;
        this.to = to;
    }

    /** The sentences [start, end) of a document, joined. */
    static Stretch of(Documents documents, int document, int start, int end) {
        int length = 0;
        for (int s = start; s < end; s++) {
            length += documents.length(document, s);
        }
        int[] joined = new int[length];
        int at = 0;
        for (int s = start; s < end; s++) {
            documents.copy(document, s, joined, at);
            at += documents.length(document, s);
        }
        return new Stretch(joined, 0, length);
    }

    int length() {
        return to - from;
    }

    int[] tokens() {
        return Arrays.copyOfRange(joined, from, to);
    }

    /** What is before the place, and what is behind it. */
    Stretch[] cut(int place) {
        return new Stretch[] {new Stretch(joined, from, from + place), new Stretch(joined, from + place, to)};
    }

    /** The place nearest the middle, both sides not empty, where a word begins; the middle if there is none. */
    int middle(Pairs.WordStarts words) {
        int middle = length() / 2;
        for (int away = 0; away < length(); away++) {
            for (int place : new int[] {middle - away, middle + away}) {
                if (place > 0 && place < length() && words.startsWordBehind(joined[from + place - 1], joined[from + place])) {
                    return place;
                }
            }
        }
        return middle;
    }

    /**
     * Drops a token from the front or the back, at random, of the longer (b if level) until both fit: truncate_seq_pair of
     * the reference.
     *
     * @return whether any was dropped
     */
    static boolean truncate(Stretch a, Stretch b, int most, Rng rng) {
        boolean truncated = false;
        while (a.length() + b.length() > most) {
            Stretch longer = a.length() > b.length() ? a : b;
            if (rng.uniform() < 0.5) {
                longer.from++;
            } else {
                longer.to--;
            }
            truncated = true;
        }
        return truncated;
    }
}
