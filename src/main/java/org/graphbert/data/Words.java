package org.graphbert.data;

import org.graphbert.text.Tokenizer;

/**
 * What of a record may be chosen for prediction together: its words, or its single pieces; neither [CLS] nor [SEP].
 *
 * <p>One departure from the reference: a word piece right behind [SEP], whose beginning was truncated away, counts as a
 * word of its own; the reference glues it to the word before [SEP].
 */
final class Words {

    private final int[] starts;
    private final int[] ends;
    private int count;

    private Words(int most) {
        starts = new int[most];
        ends = new int[most];
    }

    /** @param pieces whether each piece stands for itself */
    static Words of(int[] tokens, Tokenizer tokenizer, boolean pieces) {
        Words words = new Words(tokens.length);
        int cls = tokenizer.special().cls();
        int sep = tokenizer.special().sep();
        boolean insideWord = false;
        for (int p = 0; p < tokens.length; p++) {
            if (tokens[p] == cls || tokens[p] == sep) {
                insideWord = false;
            } else if (!pieces && insideWord && !tokenizer.startsWordBehind(tokens[p - 1], tokens[p])) {
                words.ends[words.count - 1] = p + 1;
            } else {
                words.starts[words.count] = p;
                words.ends[words.count++] = p + 1;
                insideWord = true;
            }
        }
        return words;
    }

    int count() {
        return count;
    }

    /** A word's first position. */
    int start(int word) {
        return starts[word];
    }

    /** The position behind a word. */
    int end(int word) {
        return ends[word];
    }

    /** Moves the word to another's place in the list: the beginning of a shuffle. */
    void exchange(int word, int other) {
        int start = starts[word];
        int end = ends[word];
        starts[word] = starts[other];
        ends[word] = ends[other];
        starts[other] = start;
        ends[other] = end;
    }
}
