package org.graphbert.text;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a freshly trained vocabulary makes of the corpus it was trained on.
 *
 * @param entries of the vocabulary
 * @param words basic tokens of the corpus, repetitions counted
 * @param distinctWords without repetitions
 * @param pieces tokens that the words become, [UNK] counting as one
 * @param unknown words that become [UNK]
 * @param longest the longest pieces, longest first
 */
public record TrainingReport(
        int entries, long words, long distinctWords, long pieces, long unknown, List<String> longest) {

    private static final int LONGEST = 10;

    static TrainingReport of(WordPieceTokenizer tokenizer, WordCounts words) {
        long pieces = 0;
        long unknown = 0;
        for (int word = 0; word < words.size(); word++) {
            int n = tokenizer.pieces(words.letters(), words.start(word), words.end(word));
            pieces += words.count(word) * Math.max(1, n);
            unknown += n == 0 ? words.count(word) : 0;
        }
        List<String> longest = tokenizer.entries().stream()
                .skip(Vocabulary.SPECIAL.size())
                .sorted(Comparator.comparingInt(TrainingReport::letters).reversed())
                .limit(LONGEST)
                .toList();
        return new TrainingReport(tokenizer.size(), words.total(), words.size(), pieces, unknown, longest);
    }

    private static int letters(String piece) {
        boolean continues = piece.startsWith(WordPieceTokenizer.CONTINUATION);
        return piece.length() - (continues ? WordPieceTokenizer.CONTINUATION.length() : 0);
    }

    public double piecesPerWord() {
        return (double) pieces / words;
    }

    /** The share of words that become [UNK], between 0 and 1. */
    public double unknownRate() {
        return (double) unknown / words;
    }

    /** For a reader, in a few lines. */
    public String toText() {
        return String.format(
                Locale.ROOT,
                "%,d entries from %,d words (%,d different)%n%.3f pieces per word, %.4f%% of the words unknown%n"
                        + "longest pieces: %s",
                entries, words, distinctWords, piecesPerWord(), 100 * unknownRate(), String.join(" ", longest));
    }
}
