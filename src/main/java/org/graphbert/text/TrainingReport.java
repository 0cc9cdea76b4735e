package org.graphbert.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What a freshly trained vocabulary makes of the corpus it was trained on, whatever the kind of tokenizer.
 *
 * @param entries of the vocabulary
 * @param words of the corpus, repetitions counted
 * @param distinctUnits what the vocabulary was learned from, without repetitions: words, or parts of words
 * @param pieces tokens that the words become, [UNK] counting as one
 * @param unknown how many of the pieces are [UNK]
 * @param characters of the words; with SentencePiece a space in front of each is among them
 * @param covered how many of the characters are not in an [UNK]
 * @param longest the longest pieces, longest first
 * @param rarest the pieces of two characters or more that occur least often, rarest first; single characters are there
 *     to spell whatever comes and may be rare
 * @param neverUsed how many pieces of two characters or more do not occur at all: steps on the way to longer ones
 * @param droppedWords words that memory had no room for ({@code --max-words}), one that was dropped twice counted twice;
 *     they count nowhere else here
 * @param droppedOccurrences how often these had occurred
 */
public record TrainingReport(
        int entries,
        long words,
        long distinctUnits,
        long pieces,
        long unknown,
        long characters,
        long covered,
        List<Piece> longest,
        List<Piece> rarest,
        int neverUsed,
        long droppedWords,
        long droppedOccurrences) {

    private static final int LISTED = 10;

    /** A piece and how often it occurs in the encoded corpus. */
    public record Piece(String token, long count) {}

    /** Encodes everything on several threads; the sums do not depend on them. */
    static TrainingReport of(Tokenizer tokenizer, UnitPieces encoding, WordCounts counts, int threads) {
        int[] lengths = IntStream.range(0, tokenizer.size()).map(encoding::length).toArray();
        Tally sum = new Tally(lengths.length);
        try (Workers workers = new Workers(threads)) {
            workers.share(
                            counts.size(),
                            () -> new Tally(lengths.length),
                            (tally, unit) -> tally.add(unit, tokenizer.special().unk(), encoding, lengths, counts))
                    .forEach(sum::add);
        }
        long[] occurrences = sum.occurrences;
        Comparator<Integer> byCount = Comparator.comparingLong(id -> occurrences[id]);
        List<Integer> learned = IntStream.range(0, lengths.length)
                .filter(id -> lengths[id] > 1)
                .boxed()
                .toList();
        return new TrainingReport(
                tokenizer.size(),
                sum.words,
                counts.size(),
                LongStream.of(occurrences).sum(),
                occurrences[tokenizer.special().unk()],
                sum.characters,
                sum.covered,
                first(learned, Comparator.comparingInt((Integer id) -> -lengths[id]), tokenizer, occurrences),
                first(learned, byCount, tokenizer, occurrences),
                (int) learned.stream().filter(id -> occurrences[id] == 0).count(),
                counts.pruned().words(),
                counts.pruned().occurrences());
    }

    /** What a thread has counted. */
    private static final class Tally {
        private final long[] occurrences;
        private long words;
        private long characters;
        private long covered;

        Tally(int entries) {
            occurrences = new long[entries];
        }

        void add(int unit, int unk, UnitPieces encoding, int[] lengths, WordCounts counts) {
            int from = counts.start(unit);
            int to = counts.end(unit);
            long count = counts.count(unit);
            words += encoding.beginsWord(counts.letters(), from, to) ? count : 0;
            characters += count * (to - from);
            boolean unknown = false;
            int known = 0;
            for (int id : encoding.ids(counts.letters(), from, to)) {
                occurrences[id] += count;
                unknown |= id == unk;
                known += lengths[id];
            }
            // Without [UNK] everything is covered, even by pieces that stand for bytes.
            covered += count * (unknown ? Math.min(known, to - from) : to - from);
        }

        void add(Tally other) {
            Arrays.setAll(occurrences, id -> occurrences[id] + other.occurrences[id]);
            words += other.words;
            characters += other.characters;
            covered += other.covered;
        }
    }

    private static List<Piece> first(
            List<Integer> ids, Comparator<Integer> order, Tokenizer tokenizer, long[] occurrences) {
        return ids.stream()
                .sorted(order)
                .limit(LISTED)
                .map(id -> new Piece(tokenizer.token(id), occurrences[id]))
                .toList();
    }

    public double piecesPerWord() {
        return (double) pieces / words;
    }

    /** The share of the pieces that are [UNK], between 0 and 1. */
    public double unknownRate() {
        return (double) unknown / pieces;
    }

    /** The share of the characters that are not in an [UNK], between 0 and 1. */
    public double coverage() {
        return (double) covered / characters;
    }

    /** For a reader, in a few lines. */
    public String toText() {
        String dropped = droppedWords == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; %,d occurrences of rare words were dropped to bound memory",
                        droppedOccurrences);
        return String.format(
                Locale.ROOT,
                "%,d entries from %,d words (%,d different units)%s%n"
                        + "%.3f pieces per word; %.4f%% of the pieces are [UNK], %.4f%% of the characters covered%n"
                        + "longest pieces: %s%n"
                        + "rarest pieces: %s%s",
                entries, words, distinctUnits, dropped,
                piecesPerWord(), 100 * unknownRate(), 100 * coverage(),
                listed(longest),
                listed(rarest),
                neverUsed > rarest.size() ? " (%,d never occur)".formatted(neverUsed) : "");
    }

    private static String listed(List<Piece> pieces) {
        return pieces.isEmpty()
                ? "none"
                : pieces.stream().map(p -> p.token + " " + p.count).collect(Collectors.joining(", "));
    }
}
