package org.graphbert.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A unigram language model in training: its pieces, where they occur, and how likely each is. Every character stays
 * possible, so that each text can be segmented; one that is no piece of the model (any more) is merely very unlikely.
 */
final class UnigramModel {

    /** How much less likely than the least likely piece a character is that is none (sentencepiece's kUnkPenalty). */
    private static final double UNKNOWN_PENALTY = 10;

    /**
     * What sets apart the scores of characters that training gave none: each is below the least likely piece, and below
     * those that are more frequent. (sentencepiece's kMinScorePenaltyDelta; there it is added, so the rarest come first.)
     */
    private static final double REQUIRED_STEP = 0.0001;

    private final CharacterCoverage characters;
    private final Lattices lattices;

    /** The logarithm of each piece's probability. */
    private double[] scores;

    /** Which characters are pieces. */
    private final boolean[] present;

    /** The seeds, likely by their count × length as in the reference, characters by their count. */
    UnigramModel(CharacterCoverage characters, Units units, SeedPieces seeds) {
        this.characters = characters;
        lattices = new Lattices(units, characters.size(), seeds);
        present = new boolean[characters.size()];
        Arrays.fill(present, true);
        scores = new double[lattices.size()];
        double sum = 0;
        for (int piece = 0; piece < scores.length; piece++) {
            int seed = piece - characters.size();
            scores[piece] = seed < 0 ? characters.count(piece) : seeds.score(seed);
            sum += scores[piece];
        }
        for (int piece = 0; piece < scores.length; piece++) {
            scores[piece] = Math.log(scores[piece] / sum);
        }
    }

    Lattices lattices() {
        return lattices;
    }

    /** The number of pieces, all characters included. */
    int size() {
        return scores.length;
    }

    /** How many of them, the first ones, are characters. */
    int characters() {
        return present.length;
    }

    /** The logarithm of each piece's probability. */
    double[] scores() {
        return scores;
    }

    boolean isPresent(int piece) {
        return piece >= present.length || present[piece];
    }

    double[] probabilities() {
        return Arrays.stream(scores).map(Math::exp).toArray();
    }

    /** Keeps the marked pieces with these scores; characters that are not marked become unknown ones. */
    void keep(boolean[] kept, double[] newScores) {
        int[] moved = lattices.keep(kept);
        scores = new double[lattices.size()];
        double least = 0;
        for (int piece = 0; piece < moved.length; piece++) {
            if (moved[piece] >= 0) {
                scores[moved[piece]] = newScores[piece];
                least = kept[piece] ? Math.min(least, newScores[piece]) : least;
            }
        }
        for (int piece = 0; piece < present.length; piece++) {
            present[piece] = kept[piece];
            scores[piece] = kept[piece] ? scores[piece] : least - UNKNOWN_PENALTY;
        }
    }

    /** All characters, and of the other pieces the likeliest: so many together, the best first, ties by code points. */
    List<ScoredPiece> best(int pieces) {
        double[] longer = scores.clone();
        Arrays.fill(longer, 0, present.length, Largest.NEVER);
        boolean[] kept = Largest.of(longer, pieces - present.length);
        double required = Double.POSITIVE_INFINITY;
        for (int piece = 0; piece < scores.length; piece++) {
            required = isPresent(piece) ? Math.min(required, scores[piece]) : required;
        }
        List<ScoredPiece> best = new ArrayList<>();
        for (int rank = 0; rank < present.length; rank++) {
            int character = characters.ranked(rank);
            double score = scores[character];
            if (!present[character]) {
                required -= REQUIRED_STEP;
                score = required;
            }
            best.add(new ScoredPiece(Character.toString(characters.codePoint(character)), (float) score));
        }
        for (int piece = present.length; piece < scores.length; piece++) {
            if (kept[piece]) {
                int place = lattices.place(piece);
                String text = characters.text(lattices.units.letters(), place, place + lattices.length(piece));
                best.add(new ScoredPiece(text, (float) scores[piece]));
            }
        }
        best.sort(Comparator.comparingDouble((ScoredPiece piece) -> -piece.score())
                .thenComparing((a, b) -> Arrays.compare(
                        a.piece().codePoints().toArray(), b.piece().codePoints().toArray())));
        return best;
    }
}
